#pragma once

#include "base/clock.h"
#include "base/random.h"

namespace millrace::opcua {

/// What the link shows of itself.
struct LinkView {
  bool is_active = false;      // the session is activated
  bool is_failed = false;      // the attempt or the connection has ended in an error
  bool is_subscribed = false;  // there is a living subscription
};

enum class SessionAction {
  kNone,
  kConnect,    // begin an attempt
  kAbandon,    // close what is there
  kSubscribe,  // make the subscription with its items
};

/// When a client connects, subscribes and gives up, as a state machine without I/O: the view of the
/// link and the time in, one action out. After a drop it tries again at once, then with doubling,
/// jittered delays up to the maximum; a subscription is made exactly when there is none.
class Session {
 public:
  struct Options {
    base::Duration attempt_max = std::chrono::seconds(10);  // for one attempt to become active
    base::Duration delay_first = std::chrono::milliseconds(500);
    base::Duration delay_max = std::chrono::seconds(2);
  };
  Session(Options options, base::Random random) : options_(options), random_(std::move(random)) {}

  SessionAction next(base::MonotonicTime now, const LinkView& link);
  /// The last action could not be done; the next attempt waits.
  void failed(base::MonotonicTime now);

  bool is_down() const { return state_ == State::kDown; }

 private:
  enum class State { kDown, kConnecting, kActive };

  void back_off(base::MonotonicTime now);

  Options options_;
  base::Random random_;
  State state_ = State::kDown;
  base::MonotonicTime next_{};   // kDown: of the next attempt; kActive: of the next subscribe
  base::MonotonicTime until_{};  // kConnecting: when the attempt is given up
  int failures_ = 0;
};

}  // namespace millrace::opcua
