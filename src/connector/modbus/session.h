#pragma once

#include "base/clock.h"
#include "base/random.h"

namespace millrace::modbus {

enum class SessionAction {
  kWait,     // until due()
  kConnect,  // try to connect
  kPoll,     // read a round
};

/// When a client connects and when it reads, as a state machine without I/O. A living line that
/// breaks is made anew at once; attempts that fail, and lines that bring nothing, wait with
/// doubling, jittered delays up to the maximum. Rounds keep a fixed rhythm; a round that takes
/// longer than the interval lets the missed ones go.
class Session {
 public:
  struct Options {
    base::Duration poll_interval = std::chrono::seconds(1);
    base::Duration delay_first = std::chrono::milliseconds(500);
    base::Duration delay_max = std::chrono::seconds(2);
  };
  Session(Options options, base::Random random) : options_(options), random_(std::move(random)) {}

  SessionAction next(base::MonotonicTime now) const;
  /// When next() is worth asking again.
  base::MonotonicTime due() const { return next_; }

  void connected(base::MonotonicTime now);
  /// The attempt failed.
  void refused(base::MonotonicTime now);
  /// Something was read, or refused by the device.
  void answered();
  /// The line broke, or was closed because nothing came.
  void lost(base::MonotonicTime now);
  /// The round is over.
  void polled(base::MonotonicTime now);

  bool is_connected() const { return is_connected_; }

 private:
  void back_off(base::MonotonicTime now);

  Options options_;
  base::Random random_;
  bool is_connected_ = false;
  bool has_answered_ = false;  // since the last connected()
  base::MonotonicTime next_{};
  int failures_ = 0;
};

}  // namespace millrace::modbus
