#include "connector/opcua/session.h"

#include <algorithm>

namespace millrace::opcua {

void Session::back_off(base::MonotonicTime now) {
  base::Duration delay = options_.delay_first;
  for (int i = 0; i < failures_ && delay < options_.delay_max; ++i) delay *= 2;
  delay = std::min(delay, options_.delay_max);
  const double jittered = static_cast<double>(delay.count()) * (0.75 + 0.25 * random_.uniform());
  next_ = now + base::Duration(static_cast<std::int64_t>(jittered));
  ++failures_;
}

void Session::failed(base::MonotonicTime now) {
  if (state_ != State::kActive) state_ = State::kDown;
  back_off(now);
}

SessionAction Session::next(base::MonotonicTime now, const LinkView& link) {
  switch (state_) {
    case State::kDown:
      if (now < next_) return SessionAction::kNone;
      state_ = State::kConnecting;
      until_ = now + options_.attempt_max;
      return SessionAction::kConnect;
    case State::kConnecting:
      if (link.is_active) {
        state_ = State::kActive;
        next_ = now;
        return next(now, link);
      }
      if (!link.is_failed && now < until_) return SessionAction::kNone;
      failed(now);
      return SessionAction::kAbandon;
    case State::kActive:
      if (!link.is_active || link.is_failed) {
        state_ = State::kDown;
        next_ = now;
        return SessionAction::kAbandon;
      }
      if (link.is_subscribed) {
        failures_ = 0;
        return SessionAction::kNone;
      }
      return now < next_ ? SessionAction::kNone : SessionAction::kSubscribe;
  }
  return SessionAction::kNone;
}

}  // namespace millrace::opcua
