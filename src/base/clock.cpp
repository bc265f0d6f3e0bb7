#include "base/clock.h"

namespace millrace::base {

Time SystemClock::now() const {
  return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

MonotonicTime SystemClock::monotonic() const {
  return std::chrono::time_point_cast<Duration>(std::chrono::steady_clock::now());
}

Time ManualClock::now() const {
  const std::lock_guard lock(mutex_);
  return now_;
}

MonotonicTime ManualClock::monotonic() const {
  const std::lock_guard lock(mutex_);
  return monotonic_;
}

void ManualClock::advance(Duration by) {
  const std::lock_guard lock(mutex_);
  now_ += by;
  monotonic_ += by;
}

void ManualClock::set_wall(Time to) {
  const std::lock_guard lock(mutex_);
  now_ = to;
}

}  // namespace millrace::base
