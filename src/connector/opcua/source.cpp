#include "connector/opcua/source.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <mutex>
#include <set>
#include <thread>
#include <utility>

#include "base/log.h"
#include "base/random.h"
#include "connector/opcua/link.h"
#include "connector/opcua/wire.h"
#include "pipeline/unit_agreement.h"
#include "pipeline/write_queue.h"
#include "unit/units.h"

namespace millrace::opcua {
namespace {

using base::ErrorCode;
using base::Result;
using model::Quality;
using pipeline::LinkState;
using pipeline::Reading;
using pipeline::Said;
using pipeline::TagStatus;
namespace log = base::log;

constexpr base::Duration kTurn = std::chrono::milliseconds(50);
constexpr base::Duration kFullWait = std::chrono::milliseconds(5);
constexpr std::size_t kKeptMax = 20000;
constexpr std::size_t kTagLinesMax = 20;
constexpr base::Duration kHearOutMost = std::chrono::seconds(1);
constexpr base::Duration kQueueTime = std::chrono::seconds(1);
constexpr std::uint32_t kBadNoCommunication = 0x80310000U;

class OpcUaSource final : public pipeline::Source {
 public:
  OpcUaSource(ClientOptions options, std::vector<std::string> addresses, pipeline::SourceDeps deps)
      : options_(std::move(options)),
        addresses_(std::move(addresses)),
        read_(addresses_.size() - deps.written_only),
        units_(std::move(deps.units)),
        unit_problems_(read_),
        clock_(deps.clock),
        folder_(deps.folder),
        application_(std::move(deps.reader)),
        session_(
            {2 * options_.timeout, std::chrono::milliseconds(500), options_.reconnect_delay_max},
            base::Random::from_system()) {
    units_.resize(read_);
    is_heard_.resize(read_);
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

  base::Duration overlap() const override { return 2 * options_.publishing_interval; }

  void ask(std::uint32_t tag) override {
    const std::lock_guard lock(mutex_);
    if (tag < read_) asked_.insert(tag);
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
      read_asked();
      if (session_.is_down()) {
        writes_.rest(kTurn);
      } else {
        link_->iterate(kept_.empty() ? kTurn : kFullWait);
      }
    }
    hear_out();
    drain();
    link_->close();
  }

  /// What the server has queued for its next publishing comes before the line is closed.
  void hear_out() {
    const auto until = clock_.monotonic() + std::min(options_.publishing_interval, kHearOutMost);
    while (!down_since_ && clock_.monotonic() < until) link_->iterate(kTurn);
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
    is_first_.assign(read_, true);
    learn_units();
    if (auto subscribed = link_->subscribe(); !subscribed) return failed(subscribed.error());
    next_retry_ = clock_.monotonic() + options_.tag_retry;
    is_subscription_new_ = true;
    take_tag_problems();
    const std::size_t bad = link_->items().failed();
    log::info("opcua {}: reads {} tags of {}{}", options_.name, read_ - bad, options_.url,
              bad ? std::format(", {} cannot be read", bad) : "");
  }

  /// Before the first value: whether the server has the units that bindings say it has. A server
  /// that cannot be asked is not checked.
  void learn_units() {
    std::vector<std::uint32_t> tags;
    for (std::uint32_t tag = 0; tag < read_; ++tag) {
      if (!units_[tag].empty()) tags.push_back(tag);
    }
    if (tags.empty()) return;
    const auto units = unit::Units::create();
    const auto said = units ? link_->read_units(tags, *units)
                            : Result<std::vector<std::string>>(std::unexpected(units.error()));
    if (!said) {
      return log::warning("opcua {}: units are not checked: {}", options_.name,
                          base::describe(said.error()));
    }
    pipeline::UnitAgreement agreement(pipeline::compare_units(*units));
    for (std::size_t i = 0; i < tags.size(); ++i) {
      const std::string &now = (*said)[i], &stated = units_[tags[i]];
      unit_problems_[tags[i]] =
          agreement.holds(now, stated)
              ? std::string()
              : std::format("the server says {}, the binding says {}: write unit: {}", now, stated,
                            one_of(units->readings(now)));
    }
  }

  static std::string one_of(const std::vector<std::string>& units) {
    std::string all;
    for (const std::string& one : units) all += (all.empty() ? "" : " or ") + one;
    return all;
  }

  void failed(const base::Error& error) {
    session_.failed(clock_.monotonic());
    set_failed(error);
  }

  void set_failed(const base::Error& error) {
    if (!down_since_) down_since_ = clock_.monotonic();
    is_subscription_new_ = false;
    is_heard_.assign(read_, false);
    const std::string problem = base::describe(error);
    const std::lock_guard lock(mutex_);
    if (status_.state != LinkState::kFailed || status_.problem != problem) {
      log::warning("opcua {}: {}", options_.name, problem);
    }
    status_.state = LinkState::kFailed;
    status_.problem = problem;
    for (TagStatus& tag : status_.tags) tag.is_readable = false;
  }

  /// The session is up and subscribed again, whether resumed or new. A new subscription begins with
  /// how each tag stands; a resumed one is silent of what did not change, so that is asked for,
  /// once what the server has queued had time to come; of what has come then, nothing is asked: the
  /// answer would overtake what is still queued.
  void set_connected() {
    down_since_.reset();
    is_loss_reported_ = false;
    const std::lock_guard lock(mutex_);
    asked_.clear();
    must_ask_unheard_ = !is_subscription_new_;
    if (must_ask_unheard_) {
      next_read_ = clock_.monotonic() + kQueueTime + 2 * options_.publishing_interval;
    }
    status_.state = LinkState::kConnected;
    status_.problem.clear();
    ++status_.connects;
    const auto& problems = link_->items().problems();
    for (std::size_t i = 0; i < read_; ++i) {
      status_.tags[i].is_readable = problems[i].empty();
    }
  }

  /// A tag in another unit is read, and has a problem.
  void take_tag_problems() {
    const auto& problems = link_->items().problems();
    std::size_t lines = 0;
    for (std::size_t i = 0; i < read_; ++i) {
      const bool is_readable = problems[i].empty();
      const std::string& problem = is_readable ? unit_problems_[i] : problems[i];
      const bool is_new = set_tag_problem(i, problem, is_readable);
      if (!is_new || problem.empty()) continue;
      if (!is_readable) keep_loss(i);
      if (++lines > kTagLinesMax) continue;
      log::warning("opcua {}: {} {}: {}", options_.name, addresses_[i],
                   is_readable ? "is in another unit" : "cannot be read", problem);
    }
    if (lines > kTagLinesMax) {
      log::warning("opcua {}: {} more tags have a problem", options_.name, lines - kTagLinesMax);
    }
  }

  bool set_tag_problem(std::size_t tag, const std::string& problem, bool is_readable) {
    const std::lock_guard lock(mutex_);
    TagStatus& status = status_.tags[tag];
    const bool is_new = status.problem != problem;
    status.is_readable = is_readable;
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
    learn_units();
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
    for (std::size_t i = 0; i < read_; ++i) keep_loss(i);
  }

  void keep_loss(std::size_t tag) {
    const Quality quality =
        Quality::from_opcua(kBadNoCommunication).marked(model::Reason::kNotReadable);
    keep(tag, {clock_.now(), {}, quality}, Said::kLoss);
  }

  /// The first of an item is how the tag stands, perhaps since long and said before.
  void take(std::size_t tag, const UA_DataValue& value) {
    const Said said = is_first_[tag] ? Said::kOnRequest : Said::kNews;
    is_first_[tag] = false;
    is_heard_[tag] = true;
    take(tag, value, said);
  }

  void take(std::size_t tag, const UA_DataValue& value, Said said) {
    model::Sample sample = to_sample(value, clock_.now());
    if (!unit_problems_[tag].empty()) {
      sample.quality = sample.quality.marked(model::Reason::kWrongUnit);
    }
    count(tag, sample, has_overflow(value));
    keep(tag, std::move(sample), said);
  }

  void read_asked() {
    if (down_since_ || clock_.monotonic() < next_read_) return;
    std::vector<std::uint32_t> tags;
    {
      const std::lock_guard lock(mutex_);
      const bool asks_unheard = std::exchange(must_ask_unheard_, false);
      for (std::uint32_t tag = 0; asks_unheard && tag < read_; ++tag) {
        if (!is_heard_[tag]) asked_.insert(tag);
      }
      std::ranges::copy_if(std::exchange(asked_, {}), std::back_inserter(tags),
                           [&](std::uint32_t tag) { return status_.tags[tag].is_readable; });
    }
    if (tags.empty()) return;
    const auto read = link_->read(tags, [this](std::size_t tag, const UA_DataValue& value) {
      take(tag, value, Said::kOnRequest);
    });
    if (read) return;
    log::warning("opcua {}: {}", options_.name, base::describe(read.error()));
    next_read_ = clock_.monotonic() + kQueueTime;
    for (const std::uint32_t tag : tags) ask(tag);
  }

  void count(std::size_t tag, const model::Sample& sample, bool has_lost) {
    const std::lock_guard lock(mutex_);
    TagStatus& status = status_.tags[tag];
    ++status.readings;
    status.overflows += has_lost;
    const bool is_unsupported = sample.quality.has(model::Reason::kUnsupportedType);
    status.unsupported += is_unsupported;
    if (is_unsupported && status.unsupported == 1) {
      log::warning("opcua {}: {} is an array or a structure, which are not read: no value comes",
                   options_.name, addresses_[tag]);
    }
  }

  void keep(std::size_t tag, model::Sample sample, Said said) {
    kept_.push_back({static_cast<std::uint32_t>(tag), std::move(sample), said});
  }

  void drain() {
    if (kept_.empty()) return;
    const std::lock_guard lock(mutex_);
    while (!kept_.empty() && sink_->offer(kept_.front())) {
      const Reading& taken = kept_.front();
      if (taken.said != Said::kLoss) status_.tags[taken.tag].last = taken.sample.time;
      kept_.pop_front();
    }
    status_.refused += kept_.empty() ? 0U : 1U;
  }

  const ClientOptions options_;
  const std::vector<std::string> addresses_;
  const std::size_t read_;                  // so many of them, the first
  std::vector<std::string> units_;          // that bindings say, by tag
  std::vector<std::string> unit_problems_;  // by tag: the server has another unit
  const base::Clock& clock_;
  const CertificateFolder folder_;
  const std::string application_;
  Session session_;
  std::unique_ptr<Link> link_;
  pipeline::ReadingSink* sink_ = nullptr;
  std::deque<Reading> kept_;  // read and not yet taken by the sink
  std::optional<base::MonotonicTime> down_since_;
  bool is_loss_reported_ = false;
  bool is_subscription_new_ = false;  // since the line was down
  std::vector<bool> is_first_;        // by tag: nothing came of its item yet
  std::vector<bool> is_heard_;        // by tag: something came since the line was down
  bool must_ask_unheard_ = false;     // the line came back, the subscription with it
  base::MonotonicTime next_retry_{};
  base::MonotonicTime next_read_{};
  pipeline::WriteQueue writes_;
  std::thread thread_;
  std::atomic<bool> is_stopping_ = false;
  mutable std::mutex mutex_;  // of the rest
  pipeline::SourceStatus status_;
  std::set<std::uint32_t> asked_;  // tags to be read
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
