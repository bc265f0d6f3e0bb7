#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_set>
#include <vector>

#include "model/ids.h"

namespace millrace::pipeline {

/// Tells who watches which series have new committed values. A subscriber takes what has changed
/// since it last asked, each series once: a slow reader sees fewer values, never old ones, and
/// costs no memory. Any thread.
class LiveFeed {
 public:
  /// One watcher; ends with its object. Series of interest are fixed at the start; empty means all.
  class Subscription {
   public:
    /// Changed series since the last call, in no order.
    std::vector<model::SeriesId> take();

   private:
    friend class LiveFeed;
    std::mutex mutex_;
    std::unordered_set<std::int32_t> wanted_;
    std::unordered_set<std::int32_t> changed_;
  };

  std::shared_ptr<Subscription> subscribe(const std::vector<model::SeriesId>& wanted);
  /// Called by the ingest thread after each commit.
  void publish(const std::vector<model::SeriesId>& changed);
  std::size_t subscriber_count() const;

 private:
  mutable std::mutex mutex_;
  std::vector<std::weak_ptr<Subscription>> subscribers_;
};

}  // namespace millrace::pipeline
