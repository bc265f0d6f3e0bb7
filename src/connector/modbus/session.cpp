#include "connector/modbus/session.h"

#include <algorithm>

namespace millrace::modbus {

SessionAction Session::next(base::MonotonicTime now) const {
  if (now < next_) return SessionAction::kWait;
  return is_connected_ ? SessionAction::kPoll : SessionAction::kConnect;
}

void Session::back_off(base::MonotonicTime now) {
  base::Duration delay = options_.delay_first;
  for (int i = 0; i < failures_ && delay < options_.delay_max; ++i) delay *= 2;
  delay = std::min(delay, options_.delay_max);
  const double jittered = static_cast<double>(delay.count()) * (0.75 + 0.25 * random_.uniform());
  next_ = now + base::Duration(static_cast<std::int64_t>(jittered));
  ++failures_;
}

void Session::connected(base::MonotonicTime now) {
  is_connected_ = true;
  has_answered_ = false;
  next_ = now;
}

void Session::refused(base::MonotonicTime now) { back_off(now); }

void Session::answered() {
  has_answered_ = true;
  failures_ = 0;
}

void Session::lost(base::MonotonicTime now) {
  is_connected_ = false;
  if (has_answered_) {
    next_ = now;
  } else {
    back_off(now);
  }
}

void Session::polled(base::MonotonicTime now) {
  const base::Duration behind = now - next_;
  next_ += (behind / options_.poll_interval + 1) * options_.poll_interval;
}

}  // namespace millrace::modbus
