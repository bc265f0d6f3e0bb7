#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "base/clock.h"
#include "connector/wot/session.h"

namespace millrace::connector::wot {

/// Commands that wait to be carried out. A lane is what commands reach their device through (a
/// connection): those of one lane are carried out one after the other in the order in which they
/// came, so that a server that hangs holds up its own commands and no others. Of one property of
/// a thing at most one write waits: a newer one takes its place, since nobody wants the older value
/// any more. Actions are carried out as often as they were invoked. Any thread.
class CommandQueue {
 public:
  static constexpr std::size_t kWaitingMax = 1'000;
  static constexpr std::size_t kLaneWaitingMax = 250;

  enum class Put { kWaits, kReplaced, kRefused };
  struct Taken {
    ThingCommand command;
    std::string lane;  // busy until done()
  };

  /// kReplaced: an older write of the same property will not be carried out. kRefused: too many
  /// wait, in all or in this lane, or the queue is closed.
  Put put(ThingCommand command, std::string lane);
  /// The oldest command whose lane is free; empty after `wait` without one, or when closed.
  std::optional<Taken> take(base::Duration wait);
  void done(const std::string& lane);
  /// Nothing more goes in or out. Gives how many waited.
  std::size_t close();

 private:
  std::deque<Taken>::iterator next();

  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<Taken> waiting_;  // oldest first
  std::set<std::string> busy_;
  bool is_closed_ = false;
};

}  // namespace millrace::connector::wot
