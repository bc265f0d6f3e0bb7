#pragma once

#include <chrono>
#include <mutex>

namespace millrace::base {

using Duration = std::chrono::microseconds;
/// A point on the UTC time line, microseconds since 1970-01-01T00:00:00Z.
using Time = std::chrono::sys_time<Duration>;
/// A point on a clock that never jumps, for waiting and measuring; means nothing after a reboot.
using MonotonicTime = std::chrono::time_point<std::chrono::steady_clock, Duration>;

/// Where time comes from; a constructor argument of everything that asks what time it is.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;
  virtual MonotonicTime monotonic() const = 0;
};

/// The machine's clocks. Any thread.
class SystemClock final : public Clock {
 public:
  Time now() const override;
  MonotonicTime monotonic() const override;
};

/// A clock that a test moves by hand. Any thread.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Time start) : now_(start) {}
  Time now() const override;
  MonotonicTime monotonic() const override;
  /// Moves both clocks.
  void advance(Duration by);
  /// The wall clock alone jumps, as when somebody sets it or NTP steps.
  void set_wall(Time to);

 private:
  mutable std::mutex mutex_;
  Time now_;
  MonotonicTime monotonic_{};
};

}  // namespace millrace::base
