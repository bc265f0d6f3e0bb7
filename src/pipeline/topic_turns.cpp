#include "pipeline/topic_turns.h"

#include <algorithm>

namespace millrace::pipeline {

bool TopicTurns::heard(const std::string& topic, base::Time received) {
  forget_silent(received);
  if (!feeders_.empty() && feeders_.back().topic == topic) {
    feeders_.back().last = received;
    return false;
  }
  const auto known = std::ranges::find(feeders_, topic, &Feeder::topic);
  const bool is_back = known != feeders_.end();
  if (is_back) feeders_.erase(known);
  if (feeders_.size() == kFeedersMax) feeders_.erase(feeders_.begin());
  feeders_.push_back({topic, received});
  return is_back && ++returns_ == kReturns;
}

std::pair<std::string, std::string> TopicTurns::last_two() const {
  if (feeders_.size() < 2) return {};
  return {feeders_[feeders_.size() - 2].topic, feeders_.back().topic};
}

void TopicTurns::forget_silent(base::Time now) {
  if (feeders_.size() < 2 || now - feeders_.front().last <= kForgotten) return;
  std::erase_if(feeders_, [&](const Feeder& one) { return now - one.last > kForgotten; });
  if (feeders_.size() < 2) returns_ = 0;
}

}  // namespace millrace::pipeline
