#pragma once

#include <deque>
#include <string>
#include <unordered_map>

#include "base/clock.h"

namespace millrace::identity {

/// Counts failed attempts of a key (a user, an address) in a sliding window. An attempt counts from
/// its start, so that guesses in parallel find no gap, and is taken back when it succeeds.
///
/// Not thread safe; one owner.
class LoginThrottle {
 public:
  struct Limits {
    std::size_t failures_max = 5;  // from this one on an answer is "limited"
    base::Duration window{60'000'000};
    std::size_t keys_max = 4096;  // remembered at once; then the longest silent one is forgotten
  };

  explicit LoginThrottle(Limits limits) : limits_(limits) {}

  /// Notes an attempt; gives the attempts in the window with this one.
  std::size_t add(const std::string& key, base::MonotonicTime now);
  /// The attempt that was noted at `at` has succeeded.
  void take_back(const std::string& key, base::MonotonicTime at);
  const Limits& limits() const { return limits_; }

 private:
  void forget_one(base::MonotonicTime now);

  Limits limits_;
  std::unordered_map<std::string, std::deque<base::MonotonicTime>> attempts_;
};

}  // namespace millrace::identity
