#include "connector/sim/counter_source.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/log.h"

namespace millrace::sim {
namespace {

using base::Duration;
using base::ErrorCode;
using base::Result;
using base::Time;

constexpr std::size_t kPlacesMax = 1000;
constexpr Duration kIntervalMin = std::chrono::milliseconds(1);
constexpr Duration kIntervalMax = std::chrono::days(1);
constexpr Duration kHistoryMax = std::chrono::days(36500);
constexpr Duration kFullWait = std::chrono::milliseconds(5);
constexpr Duration kBesideLive = std::chrono::microseconds(500);
constexpr Duration kTurn = std::chrono::milliseconds(50);

Result<void> check(const CounterOptions& options) {
  const auto is_count = [](std::size_t n) { return n >= 1 && n <= kPlacesMax; };
  if (!is_count(options.things) || !is_count(options.properties)) {
    return base::fail(ErrorCode::kInvalid,
                      "a counter source has 1 to 1000 things of 1 to 1000 "
                      "properties");
  }
  for (const Duration interval : {options.interval, options.history_interval}) {
    if (interval >= kIntervalMin && interval <= kIntervalMax) continue;
    return base::fail(ErrorCode::kInvalid, "a counter's interval lies between 1 ms and 1 day");
  }
  if (options.history < Duration(0) || options.history > kHistoryMax) {
    return base::fail(ErrorCode::kInvalid, "a counter's history lies between 0 and 100 years");
  }
  return {};
}

std::string thing_name(std::size_t thing) { return std::format("counter-{:03}", thing); }
std::string property_name(std::size_t property) { return std::format("c{:02}", property); }

class CounterSource final : public pipeline::Source {
 public:
  CounterSource(const CounterOptions& options, const base::Clock& clock)
      : options_(options),
        clock_(clock),
        tags_(options.things * options.properties),
        past_ticks_(static_cast<std::uint64_t>(options.history / options.history_interval)) {}
  ~CounterSource() override { stop(); }

  Result<void> start(pipeline::ReadingSink& sink) override {
    MILLRACE_CHECK(!thread_.joinable());
    {
      const std::lock_guard lock(mutex_);
      is_stopping_ = false;
      is_started_ = true;
      began_ = std::chrono::floor<std::chrono::milliseconds>(clock_.now());
      began_monotonic_ = clock_.monotonic();
      taken_ = 0;
    }
    thread_ = std::thread([this, &sink] { run(sink); });
    return {};
  }

  void stop() override {
    {
      const std::lock_guard lock(mutex_);
      is_stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
  }

  pipeline::SourceStatus status() const override {
    const std::lock_guard lock(mutex_);
    pipeline::SourceStatus status;
    if (is_started_) status.state = pipeline::LinkState::kConnected;
    status.connects = is_started_ ? 1 : 0;
    status.refused = refused_;
    const std::uint64_t taken = taken_;
    for (std::size_t tag = 0; tag < tags_; ++tag) {
      const std::uint64_t readings = taken / tags_ + (tag < taken % tags_ ? 1 : 0);
      status.tags.push_back({.address = std::format("{}/{}", thing_name(tag / options_.properties),
                                                    property_name(tag % options_.properties)),
                             .is_readable = true,
                             .problem = {},
                             .readings = readings,
                             .last = readings > 0 ? time_of(readings) : Time{}});
    }
    return status;
  }

 private:
  void run(pipeline::ReadingSink& sink) {
    for (std::uint64_t tick = 1; wait_until_due(tick); ++tick) {
      if (!give(sink, tick)) return;
      if (tick == past_ticks_) base::log::info("counters: the history is given, {} ticks", tick);
    }
  }

  /// The source time of a tick, from 1.
  Time time_of(std::uint64_t tick) const {
    if (tick <= past_ticks_) {
      const auto ticks_ago = static_cast<std::int64_t>(past_ticks_ - tick + 1);
      return began_ - ticks_ago * options_.history_interval - kBesideLive;
    }
    return began_ + live_offset(tick);
  }

  Duration live_offset(std::uint64_t tick) const {
    return static_cast<std::int64_t>(tick - past_ticks_ - 1) * options_.interval;
  }

  /// False when the source is to stop. Looks at the clock in short turns, since it may be a clock
  /// that somebody moves by hand.
  bool wait_until_due(std::uint64_t tick) {
    if (tick <= past_ticks_) return !is_stopping_;
    const base::MonotonicTime due = began_monotonic_ + live_offset(tick);
    while (!is_stopping_) {
      const Duration left = due - clock_.monotonic();
      if (left <= Duration(0)) return true;
      pause(std::min(left, kTurn));
    }
    return false;
  }

  /// One value for every tag; false when told to stop before all were taken.
  bool give(pipeline::ReadingSink& sink, std::uint64_t tick) {
    const Time at = time_of(tick);
    for (std::uint32_t tag = 0; tag < tags_; ++tag) {
      while (!sink.offer({tag, {at, static_cast<double>(tick), {}}})) {
        ++refused_;
        pause(kFullWait);
        if (is_stopping_) return false;
      }
      ++taken_;
      if (is_stopping_) return false;
    }
    return true;
  }

  void pause(Duration time) {
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, time, [this] { return is_stopping_.load(); });
  }

  const CounterOptions options_;
  const base::Clock& clock_;
  const std::size_t tags_;
  const std::uint64_t past_ticks_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::atomic<bool> is_stopping_ = false;
  std::atomic<std::uint64_t> taken_ = 0;  // tag by tag, tick by tick: says where each tag stands
  std::atomic<std::uint64_t> refused_ = 0;
  bool is_started_ = false;
  Time began_;  // written before the thread begins
  base::MonotonicTime began_monotonic_;
  std::thread thread_;
};

}  // namespace

std::vector<pipeline::TagSpec> counter_tags(const CounterOptions& options) {
  std::vector<pipeline::TagSpec> tags;
  tags.reserve(options.things * options.properties);
  for (std::size_t thing = 0; thing < options.things; ++thing) {
    for (std::size_t property = 0; property < options.properties; ++property) {
      pipeline::TagSpec tag;
      tag.contract.thing = thing_name(thing);
      tag.contract.property = property_name(property);
      tag.contract.title = std::format("Counter {}", property);
      tag.contract.type = model::ValueType::kF64;
      tag.contract.interval = options.interval;
      if (options.window > Duration(0)) {
        tag.filter = {.kind = model::FilterKind::kWindow,
                      .window = options.window,
                      .window_value = model::WindowValue::kLast};
      }
      tags.push_back(std::move(tag));
    }
  }
  return tags;
}

Result<std::unique_ptr<pipeline::Source>> make_counter_source(CounterOptions options,
                                                              const base::Clock& clock) {
  MILLRACE_TRY(check(options));
  return std::make_unique<CounterSource>(options, clock);
}

}  // namespace millrace::sim
