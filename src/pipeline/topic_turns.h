#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace millrace::pipeline {

/// Which topics feed one row of a binding whose '+' stands for one device. Hardware that is
/// replaced is followed by other hardware, and may come back once. Topics that come back twice
/// within a day are several devices that feed the row at once; they are mixed until all but one
/// have been silent for a day. One owner.
class TopicTurns {
 public:
  /// A value came of `topic`. True when it shows that devices are mixed, which nobody knew before.
  bool heard(const std::string& topic, base::Time received);
  bool is_mixed() const { return returns_ >= kReturns; }
  /// The two that were heard last.
  std::pair<std::string, std::string> last_two() const;

 private:
  static constexpr std::size_t kReturns = 2;
  static constexpr std::size_t kFeedersMax = 16;
  static constexpr base::Duration kForgotten = std::chrono::hours(24);

  struct Feeder {
    std::string topic;
    base::Time last;
  };
  void forget_silent(base::Time now);

  std::vector<Feeder> feeders_;  // the newest last
  std::size_t returns_ = 0;
};

}  // namespace millrace::pipeline
