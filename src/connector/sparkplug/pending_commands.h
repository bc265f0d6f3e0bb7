#pragma once

#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/uuid.h"
#include "pipeline/command.h"

namespace millrace::connector::sparkplug {

/// Commands that are under way and who waits for each: told once, by the edge's answer, when the
/// edge goes away, when the patience ends or when the hub stops, whichever comes first. Any thread;
/// who waits is told without a lock held.
class PendingCommands {
 public:
  using Done = pipeline::CommandLink::Done;

  void add(const base::Uuid& id, std::string origin, base::MonotonicTime until, Done done);
  /// Nothing when nobody waits (any longer), or when another origin was asked.
  void answered(const std::string& origin, const pipeline::CommandAnswer& answer);
  void went_down(const std::string& origin);
  void expire(base::MonotonicTime now);
  void stop();

 private:
  struct Pending {
    std::string origin;
    base::MonotonicTime until;
    Done done;
  };

  /// Takes those for which `is_over` holds and tells each what `why` makes of it.
  template <class IsOver, class Why>
  void end(IsOver is_over, Why why);

  std::mutex mutex_;
  std::map<base::Uuid, Pending> pending_;
};

}  // namespace millrace::connector::sparkplug
