#include "pipeline/live_feed.h"

#include <algorithm>

namespace millrace::pipeline {

std::vector<model::SeriesId> LiveFeed::Subscription::take() {
  const std::lock_guard lock(mutex_);
  std::vector<model::SeriesId> taken;
  taken.reserve(changed_.size());
  for (const std::int32_t id : changed_) taken.push_back(model::SeriesId(id));
  changed_.clear();
  return taken;
}

std::shared_ptr<LiveFeed::Subscription> LiveFeed::subscribe(
    const std::vector<model::SeriesId>& wanted) {
  auto subscription = std::make_shared<Subscription>();
  for (const model::SeriesId id : wanted) subscription->wanted_.insert(number(id));
  const std::lock_guard lock(mutex_);
  subscribers_.push_back(subscription);
  return subscription;
}

void LiveFeed::publish(const std::vector<model::SeriesId>& changed) {
  const std::lock_guard lock(mutex_);
  std::erase_if(subscribers_, [](const auto& one) { return one.expired(); });
  for (const auto& weak : subscribers_) {
    const auto subscription = weak.lock();
    if (!subscription) continue;
    const std::lock_guard own(subscription->mutex_);
    for (const model::SeriesId id : changed) {
      if (subscription->wanted_.empty() || subscription->wanted_.contains(number(id))) {
        subscription->changed_.insert(number(id));
      }
    }
  }
}

std::size_t LiveFeed::subscriber_count() const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(std::count_if(subscribers_.begin(), subscribers_.end(),
                                                [](const auto& one) { return !one.expired(); }));
}

}  // namespace millrace::pipeline
