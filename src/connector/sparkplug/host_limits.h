#pragma once

#include <cstdint>
#include <mutex>

#include "base/clock.h"

namespace millrace::connector::sparkplug {

/// What the sessions of a hub may do together. Any thread.
class HostLimits {
 public:
  HostLimits(std::uint32_t rebirths_per_second_max, std::uint32_t nodes_max)
      : rebirths_per_second_max_(rebirths_per_second_max), nodes_left_(nodes_max) {}

  /// Takes one of this second's rebirth requests; false when there is none left.
  bool may_ask(base::MonotonicTime now) {
    const std::lock_guard lock(mutex_);
    if (now - second_ >= std::chrono::seconds(1)) {
      second_ = now;
      rebirths_left_ = rebirths_per_second_max_;
    }
    return rebirths_left_ > 0 && rebirths_left_-- > 0;
  }
  /// Takes a place for a node; false when there is none left.
  bool may_add_node() {
    const std::lock_guard lock(mutex_);
    return nodes_left_ > 0 && nodes_left_-- > 0;
  }
  /// One node more or less is online; gives the number of all sessions.
  int count_online(int change) {
    const std::lock_guard lock(mutex_);
    return online_ += change;
  }

 private:
  std::mutex mutex_;
  const std::uint32_t rebirths_per_second_max_;
  std::uint32_t rebirths_left_ = 0;
  std::uint32_t nodes_left_;
  int online_ = 0;
  base::MonotonicTime second_{};
};

}  // namespace millrace::connector::sparkplug
