#include "connector/modbus/source.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

#include "base/log.h"
#include "base/random.h"
#include "connector/modbus/link.h"
#include "connector/modbus/schedule.h"
#include "connector/modbus/session.h"
#include "connector/modbus/wire.h"
#include "pipeline/write_queue.h"

namespace millrace::modbus {
namespace {

using base::ErrorCode;
using base::Result;
using model::Quality;
using model::Reason;
using pipeline::LinkState;
using pipeline::Reading;
using pipeline::TagStatus;
namespace log = base::log;

constexpr base::Duration kTurn = std::chrono::milliseconds(50);
constexpr base::Duration kFullWait = std::chrono::milliseconds(5);
constexpr std::size_t kKeptMax = 20000;
constexpr std::size_t kTagLinesMax = 20;
constexpr std::uint32_t kBadNoCommunication = 0x80310000U;

Refusal refusal(const LinkFailure& failure) {
  switch (failure.exception) {
    case 2:
    case 3:
      return Refusal::kAddress;
    case 5:
    case 6:
      return Refusal::kBusy;
    default:
      return failure.kind == LinkFailure::Kind::kSilence ? Refusal::kSilence : Refusal::kFault;
  }
}

/// A value in the form in which the device gets it.
struct Write {
  std::size_t tag = 0;
  std::vector<std::uint16_t> registers;
};

Block block_at(const Address& address, std::size_t tag) {
  return {*address.unit, address.table, address.number, address.count(), {tag}};
}

class ModbusSource final : public pipeline::Source {
 public:
  /// The first of the addresses, as many as there are texts, are read.
  ModbusSource(ClientOptions options, std::vector<Address> addresses,
               std::span<const std::string> texts, const base::Clock& clock)
      : options_(std::move(options)),
        addresses_(std::move(addresses)),
        read_(texts.size()),
        clock_(clock),
        session_(
            {options_.poll_interval, std::chrono::milliseconds(500), options_.reconnect_delay_max},
            base::Random::from_system()),
        schedule_(
            {addresses_.begin(), addresses_.begin() + std::ssize(texts)},
            {{options_.block_registers_max, options_.block_bits_max, options_.gap_registers_max},
             options_.tag_retry}),
        link_(options_) {
    for (const auto& text : texts) status_.tags.push_back({text, false, "not yet connected"});
  }
  ~ModbusSource() override { stop(); }

  Result<void> start(pipeline::ReadingSink& sink) override {
    MILLRACE_CHECK(!thread_.joinable());
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
    const Address& address = addresses_[tag];
    if (!takes_writes(address)) {
      return base::fail(ErrorCode::kUnsupported,
                        std::format("{} cannot be written", to_text(address)),
                        "Only coils and up to 123 holding registers can.");
    }
    MILLRACE_TRY(to_registers(value, address));
    // Connect, write, connect, read back: each within the timeout.
    return writes_.write(tag, value, 5 * options_.timeout + options_.reconnect_delay_max);
  }

 private:
  void run() {
    while (!is_stopping_) {
      drain();
      writes_.serve([this](std::size_t tag, const model::Value& value) {
        return serve({tag, to_registers(value, addresses_[tag]).value()});
      });
      const base::MonotonicTime now = clock_.monotonic();
      report_loss(now);
      if (kept_.size() >= kKeptMax) {
        writes_.rest(kFullWait);
        continue;
      }
      switch (session_.next(now)) {
        case SessionAction::kConnect:
          connect();
          break;
        case SessionAction::kPoll:
          poll(now);
          break;
        case SessionAction::kWait:
          writes_.rest(std::min(kept_.empty() ? kTurn : kFullWait, session_.due() - now));
          break;
      }
    }
    drain();
    link_.close();
  }

  std::unexpected<base::Error> away(std::string_view why) const {
    return base::fail_for_now(
        ErrorCode::kUnavailable,
        std::format("modbus {} ({}:{}): {}", options_.name, options_.host, options_.port, why),
        "Check the connection.");
  }

  void connect() {
    if (auto connected = link_.connect(); !connected) {
      session_.refused(clock_.monotonic());
      was_away_ = true;
      return set_failed(base::describe(connected.error()));
    }
    session_.connected(clock_.monotonic());
    is_in_round_ = false;
    if (was_away_ || schedule_.is_all_silent()) schedule_.forgive();
  }

  void poll(base::MonotonicTime now) {
    if (!is_in_round_) {
      schedule_.begin_round(now);
      is_in_round_ = true;
    }
    if (const Block* block = schedule_.next()) return read(*block);
    is_in_round_ = false;
    session_.polled(now);
    take_tag_problems();
  }

  /// One block; between two of them others may write.
  void read(const Block& block) {
    const auto values = link_.read(block);
    if (values) {
      answered();
      take(block, *values);
      schedule_.answered();
      return;
    }
    const LinkFailure& failure = values.error();
    if (failure.kind == LinkFailure::Kind::kException) answered();
    if (failure.kind != LinkFailure::Kind::kLost) {
      schedule_.refused(refusal(failure), failure.what, clock_.monotonic());
    }
    if (failure.kind != LinkFailure::Kind::kException) lose(failure.what);
  }

  void answered() {
    session_.answered();
    was_away_ = false;
    if (!down_since_) return;
    down_since_.reset();
    is_loss_reported_ = false;
    log::info("modbus {}: reads {} addresses of {}:{}", options_.name, read_, options_.host,
              options_.port);
    const std::lock_guard lock(mutex_);
    status_.state = LinkState::kConnected;
    status_.problem.clear();
    ++status_.connects;
  }

  void lose(const std::string& why) {
    link_.close();
    session_.lost(clock_.monotonic());
    is_in_round_ = false;
    take_tag_problems();
    // One unit behind a gateway that is silent does not mean that the gateway is.
    if (why == "no answer" && !schedule_.is_all_silent()) return;
    set_failed(std::format("{}:{}: {}", options_.host, options_.port, why));
  }

  void set_failed(const std::string& problem) {
    if (!down_since_) down_since_ = clock_.monotonic();
    const std::lock_guard lock(mutex_);
    if (status_.state != LinkState::kFailed || status_.problem != problem) {
      log::warning("modbus {}: {}", options_.name, problem);
    }
    status_.state = LinkState::kFailed;
    status_.problem = problem;
    for (TagStatus& tag : status_.tags) tag.is_readable = false;
  }

  void take(const Block& block, std::span<const std::uint16_t> values) {
    const base::Time now = clock_.now();
    for (const std::size_t tag : block.tags) {
      const Address& address = addresses_[tag];
      model::Sample sample{now, {}, {}};
      auto value = to_value(values.subspan(address.number - block.first, address.count()), address);
      const bool is_lost = !value;
      if (value) sample.value = *std::move(value);
      if (is_lost) sample.quality = sample.quality.marked(Reason::kWrongType);
      count(tag, now, is_lost);
      kept_.push_back({static_cast<std::uint32_t>(tag), std::move(sample)});
    }
  }

  void count(std::size_t tag, base::Time time, bool is_lost) {
    const std::lock_guard lock(mutex_);
    TagStatus& status = status_.tags[tag];
    status.is_readable = true;
    status.problem.clear();
    ++status.readings;
    status.last = time;
    status.unsupported += is_lost;
    if (is_lost && status.unsupported == 1) {
      log::warning("modbus {}: {} is no text in UTF-8; its samples come without a value",
                   options_.name, status.address);
    }
  }

  /// What the device says of tags that it refuses: one sample and one line for each news.
  void take_tag_problems() {
    std::size_t lines = 0;
    for (std::size_t tag = 0; tag < read_; ++tag) {
      std::string problem = schedule_.problems()[tag];
      if (problem.starts_with("exception 2")) problem += map_number_hint(addresses_[tag]);
      if (problem.empty() || !set_tag_problem(tag, problem)) continue;
      keep_without_value(tag);
      if (++lines > kTagLinesMax) continue;
      log::warning("modbus {}: {} cannot be read: {}", options_.name, to_text(addresses_[tag]),
                   problem);
    }
    if (lines > kTagLinesMax) {
      log::warning("modbus {}: {} more addresses cannot be read", options_.name,
                   lines - kTagLinesMax);
    }
  }

  bool set_tag_problem(std::size_t tag, const std::string& problem) {
    const std::lock_guard lock(mutex_);
    TagStatus& status = status_.tags[tag];
    const bool is_new = status.problem != problem;
    status.is_readable = false;
    status.problem = problem;
    return is_new;
  }

  void report_loss(base::MonotonicTime now) {
    if (read_ == 0 || !down_since_ || is_loss_reported_ || now - *down_since_ < options_.loss_after)
      return;
    is_loss_reported_ = true;
    log::warning("modbus {}: no connection for {} s; its {} addresses have no value", options_.name,
                 std::chrono::duration_cast<std::chrono::seconds>(options_.loss_after).count(),
                 read_);
    for (std::size_t tag = 0; tag < read_; ++tag) keep_without_value(tag);
  }

  void keep_without_value(std::size_t tag) {
    const Quality quality = Quality::from_opcua(kBadNoCommunication).marked(Reason::kNotReadable);
    kept_.push_back({static_cast<std::uint32_t>(tag), {clock_.now(), {}, quality}});
  }

  void drain() {
    while (!kept_.empty() && sink_->offer(kept_.front())) kept_.pop_front();
    if (kept_.empty()) return;
    const std::lock_guard lock(mutex_);
    ++status_.refused;
  }

  Result<void> serve(const Write& write) {
    if (!session_.is_connected()) return away("not connected, not written");
    const Answer<void> sent = send(write);
    if (sent) return {};
    if (sent.error().kind == LinkFailure::Kind::kException) return refused(write, sent.error());
    lose(sent.error().what);
    return read_back(write, sent.error());
  }

  Answer<void> send(const Write& write) {
    const Address& address = addresses_[write.tag];
    const std::uint8_t unit = *address.unit;
    if (address.is_bits()) return link_.write_coil(unit, address.number, write.registers[0] != 0);
    if (!address.bit) return link_.write_registers(unit, address.number, write.registers);
    return link_.write_bits(unit, address.number, mask_of(address), write.registers[0]);
  }

  /// Which bits of the register are the value's, in the device's order.
  static std::uint16_t mask_of(const Address& address) {
    return to_registers(true, address).value()[0];
  }

  std::unexpected<base::Error> refused(const Write& write, const LinkFailure& failure) const {
    const Address& address = addresses_[write.tag];
    const std::string what = std::format("{}: {}", to_text(address), failure.what);
    if (failure.exception == 1) {
      return base::fail(ErrorCode::kUnsupported, what,
                        address.bit ? "The device cannot set a single bit of a register: bind the "
                                      "whole register, or a coil."
                                    : "The device has no function to write it.");
    }
    const bool is_passing = failure.exception == 5 || failure.exception == 6;
    if (is_passing) return base::fail_for_now(ErrorCode::kUnavailable, what, "Try again.");
    return base::fail(ErrorCode::kForbidden, what,
                      "The device refuses this value or address: see its register map.");
  }

  /// The device may have taken the value before the line broke: what stands there now decides.
  Result<void> read_back(const Write& write, const LinkFailure& failure) {
    const Address& address = addresses_[write.tag];
    const std::string what = std::format("{}: {}", to_text(address), failure.what);
    connect();
    if (!session_.is_connected()) return away(what + "; it is not known whether it was written");
    const auto there = link_.read(block_at(address, write.tag));
    if (!there) {
      if (there.error().kind != LinkFailure::Kind::kException) lose(there.error().what);
      return away(what + "; it is not known whether it was written");
    }
    answered();
    const bool is_written = address.bit ? (there->front() & mask_of(address)) == write.registers[0]
                                        : std::ranges::equal(*there, write.registers);
    if (is_written) return {};
    return away(what + "; it was not written: the old value stands there");
  }

  const ClientOptions options_;
  const std::vector<Address> addresses_;
  const std::size_t read_;  // so many of them, the first
  const base::Clock& clock_;
  Session session_;
  ReadSchedule schedule_;
  Link link_;
  pipeline::ReadingSink* sink_ = nullptr;
  std::deque<Reading> kept_;  // read and not yet taken by the sink
  std::optional<base::MonotonicTime> down_since_;
  bool is_loss_reported_ = false;
  bool was_away_ = false;
  bool is_in_round_ = false;
  std::thread thread_;
  mutable std::mutex mutex_;
  pipeline::SourceStatus status_;
  pipeline::WriteQueue writes_;
  std::atomic<bool> is_stopping_ = false;
};

}  // namespace

Result<std::unique_ptr<pipeline::Source>> make_source(ClientOptions options,
                                                      const std::vector<std::string>& addresses,
                                                      const base::Clock& clock,
                                                      std::size_t written_only) {
  MILLRACE_CHECK(written_only <= addresses.size());
  if (addresses.empty()) {
    return base::fail(ErrorCode::kInvalid, options.name + ": there are no addresses to read",
                      "Bind addresses of this connection.");
  }
  std::vector<Address> parsed;
  for (const std::string& text : addresses) {
    MILLRACE_LET(Address address, parse_address(text));
    if (!address.unit) address.unit = options.unit;
    parsed.push_back(address);
  }
  return std::make_unique<ModbusSource>(std::move(options), std::move(parsed),
                                        std::span(addresses).first(addresses.size() - written_only),
                                        clock);
}

}  // namespace millrace::modbus
