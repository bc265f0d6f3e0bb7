#include "connector/opcua/source.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <mutex>
#include <thread>

#include "base/log.h"
#include "base/random.h"
#include "connector/opcua/link.h"
#include "connector/opcua/wire.h"
#include "pipeline/write_queue.h"

namespace millrace::opcua {
namespace {

using base::ErrorCode;
using base::Result;
using model::Quality;
using pipeline::LinkState;
using pipeline::Reading;
using pipeline::TagStatus;
namespace log = base::log;

constexpr base::Duration kTurn = std::chrono::milliseconds(50);
constexpr base::Duration kFullWait = std::chrono::milliseconds(5);
constexpr std::size_t kKeptMax = 20000;
constexpr std::size_t kTagLinesMax = 20;
constexpr std::uint32_t kBadNoCommunication = 0x80310000U;

class OpcUaSource final : public pipeline::Source {
 public:
  OpcUaSource(ClientOptions options, std::vector<std::string> addresses, pipeline::SourceDeps deps)
      : options_(std::move(options)),
        addresses_(std::move(addresses)),
        read_(addresses_.size() - deps.written_only),
        clock_(deps.clock),
        folder_(deps.folder),
        application_(std::move(deps.reader)),
        session_(
            {2 * options_.timeout, std::chrono::milliseconds(500), options_.reconnect_delay_max},
            base::Random::from_system()) {
    for (std::size_t i = 0; i < read_; ++i) {
      status_.tags.push_back({addresses_[i], false, "not yet connected", 0, {}});
    }
  }
  ~OpcUaSource() override { stop(); }

  Result<void> start(pipeline::ReadingSink& sink) override {
    MILLRACE_CHECK(!thread_.joinable());
    const std::string uri = "urn:millrace:edge:" + application_;
    MILLRACE_LET(Identity identity, folder_.identity(uri, "Millrace edge " + application_));
    link_ = std::make_unique<Link>(
        options_, folder_, std::move(identity), addresses_,
        [this](std::size_t tag, const UA_DataValue& value) { take(tag, value); },
        addresses_.size() - read_);
    sink_ = &sink;
    is_stopping_ = false;
    writes_.open();
    down_since_ = clock_.monotonic();
    thread_ = std::thread([this] { run(); });
    return {};
  }

  void stop() override {
    is_stopping_ = true;
    writes_.close();
    if (thread_.joinable()) thread_.join();
  }

  pipeline::SourceStatus status() const override {
    const std::lock_guard lock(mutex_);
    return status_;
  }

  Result<void> write(std::uint32_t tag, const model::Value& value) override {
    MILLRACE_CHECK(tag < addresses_.size());
    return writes_.write(tag, value, 3 * options_.timeout);  // its type, its value, and a turn
  }

 private:
  void run() {
    while (!is_stopping_) {
      drain();
      writes_.serve([this](std::uint32_t tag, const model::Value& value) {
        return link_->write(tag, value);
      });
      if (kept_.size() >= kKeptMax) {
        std::this_thread::sleep_for(kFullWait);
        continue;
      }
      act(session_.next(clock_.monotonic(), link_->view()));
      notice_connection();
      report_loss();
      retry_tags();
      if (session_.is_down()) {
        writes_.rest(kTurn);
      } else {
        link_->iterate(kept_.empty() ? kTurn : kFullWait);
      }
    }
    drain();
    link_->close();
  }

  void act(SessionAction action) {
    switch (action) {
      case SessionAction::kNone:
        break;
      case SessionAction::kConnect:
        if (auto connected = link_->connect(); !connected) failed(connected.error());
        break;
      case SessionAction::kAbandon:
        set_failed(link_->error());
        link_->abandon();
        break;
      case SessionAction::kSubscribe:
        subscribe();
        break;
    }
  }

  void subscribe() {
    if (auto subscribed = link_->subscribe(); !subscribed) return failed(subscribed.error());
    next_retry_ = clock_.monotonic() + options_.tag_retry;
    take_tag_problems();
    const std::size_t bad = link_->items().failed();
    log::info("opcua {}: reads {} tags of {}{}", options_.name, read_ - bad, options_.url,
              bad ? std::format(", {} cannot be read", bad) : "");
  }

  void failed(const base::Error& error) {
    session_.failed(clock_.monotonic());
    set_failed(error);
  }

  void set_failed(const base::Error& error) {
    if (!down_since_) down_since_ = clock_.monotonic();
    const std::string problem = base::describe(error);
    const std::lock_guard lock(mutex_);
    if (status_.state != LinkState::kFailed || status_.problem != problem) {
      log::warning("opcua {}: {}", options_.name, problem);
    }
    status_.state = LinkState::kFailed;
    status_.problem = problem;
    for (TagStatus& tag : status_.tags) tag.is_readable = false;
  }

  /// The session is up and subscribed again, whether resumed or new.
  void set_connected() {
    down_since_.reset();
    is_loss_reported_ = false;
    const std::lock_guard lock(mutex_);
    status_.state = LinkState::kConnected;
    status_.problem.clear();
    ++status_.connects;
    const auto& problems = link_->items().problems();
    for (std::size_t i = 0; i < read_; ++i) {
      status_.tags[i].is_readable = problems[i].empty();
    }
  }

  void take_tag_problems() {
    const auto& problems = link_->items().problems();
    std::size_t lines = 0;
    for (std::size_t i = 0; i < read_; ++i) {
      const bool is_new = set_tag_problem(i, problems[i]);
      if (!is_new || problems[i].empty()) continue;
      keep(i, without_value(Quality::from_opcua(kBadNoCommunication)));
      if (++lines > kTagLinesMax) continue;
      log::warning("opcua {}: {} cannot be read: {}", options_.name, addresses_[i], problems[i]);
    }
    if (lines > kTagLinesMax) {
      log::warning("opcua {}: {} more tags cannot be read", options_.name, lines - kTagLinesMax);
    }
  }

  bool set_tag_problem(std::size_t tag, const std::string& problem) {
    const std::lock_guard lock(mutex_);
    TagStatus& status = status_.tags[tag];
    const bool is_new = status.problem != problem;
    status.is_readable = problem.empty();
    status.problem = problem;
    return is_new;
  }

  void notice_connection() {
    const LinkView link = link_->view();
    if (down_since_ && link.is_active && link.is_subscribed) set_connected();
  }

  void retry_tags() {
    if (down_since_ || clock_.monotonic() < next_retry_ || link_->items().failed() == 0) return;
    next_retry_ = clock_.monotonic() + options_.tag_retry;
    link_->retry_failed_tags();
    take_tag_problems();
  }

  void report_loss() {
    if (!down_since_ || is_loss_reported_) return;
    if (clock_.monotonic() - *down_since_ < options_.loss_after) return;
    is_loss_reported_ = true;
    log::warning("opcua {}: no connection for {} s; its {} tags have no value", options_.name,
                 std::chrono::duration_cast<std::chrono::seconds>(options_.loss_after).count(),
                 read_);
    for (std::size_t i = 0; i < read_; ++i) {
      keep(i, without_value(Quality::from_opcua(kBadNoCommunication)));
    }
  }

  model::Sample without_value(Quality quality) const {
    return {clock_.now(), {}, quality.marked(model::Reason::kNotReadable)};
  }

  void take(std::size_t tag, const UA_DataValue& value) {
    model::Sample sample = to_sample(value, clock_.now());
    count(tag, sample, has_overflow(value));
    keep(tag, std::move(sample));
  }

  void count(std::size_t tag, const model::Sample& sample, bool has_lost) {
    const std::lock_guard lock(mutex_);
    TagStatus& status = status_.tags[tag];
    ++status.readings;
    status.last = sample.time;
    status.overflows += has_lost;
    const bool is_unsupported = sample.quality.has(model::Reason::kUnsupportedType);
    status.unsupported += is_unsupported;
    if (is_unsupported && status.unsupported == 1) {
      log::warning(
          "opcua {}: {} has a data type that is not supported (arrays and "
          "structures are not); its samples come without a value",
          options_.name, addresses_[tag]);
    }
  }

  void keep(std::size_t tag, model::Sample sample) {
    kept_.push_back({static_cast<std::uint32_t>(tag), std::move(sample)});
  }

  void drain() {
    while (!kept_.empty() && sink_->offer(kept_.front())) kept_.pop_front();
    if (kept_.empty()) return;
    const std::lock_guard lock(mutex_);
    ++status_.refused;
  }

  const ClientOptions options_;
  const std::vector<std::string> addresses_;
  const std::size_t read_;  // so many of them, the first
  const base::Clock& clock_;
  const CertificateFolder folder_;
  const std::string application_;
  Session session_;
  std::unique_ptr<Link> link_;
  pipeline::ReadingSink* sink_ = nullptr;
  std::deque<Reading> kept_;  // read and not yet taken by the sink
  std::optional<base::MonotonicTime> down_since_;
  bool is_loss_reported_ = false;
  base::MonotonicTime next_retry_{};
  pipeline::WriteQueue writes_;
  std::thread thread_;
  std::atomic<bool> is_stopping_ = false;
  mutable std::mutex mutex_;
  pipeline::SourceStatus status_;
};

}  // namespace

Result<std::unique_ptr<pipeline::Source>> make_source(ClientOptions options,
                                                      std::vector<std::string> addresses,
                                                      pipeline::SourceDeps deps) {
  MILLRACE_CHECK(deps.written_only <= addresses.size());
  if (addresses.empty()) {
    return base::fail(ErrorCode::kInvalid, options.name + ": there are no tags to read",
                      "Add tags to this server.");
  }
  return std::make_unique<OpcUaSource>(std::move(options), std::move(addresses), std::move(deps));
}

}  // namespace millrace::opcua
