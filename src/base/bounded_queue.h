#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

#include "base/clock.h"

namespace millrace::base {

/// A queue between threads with a cap on the sum of its items' weights (bytes, or 1 each). A full
/// queue refuses: the caller waits or counts, nothing is dropped silently. Any thread.
template <class T>
class BoundedQueue {
 public:
  explicit BoundedQueue(std::size_t weight_max) : weight_max_(weight_max) {}

  /// False when the queue is full or closed; the item is then untouched. An item heavier than the
  /// whole cap fits into an empty queue.
  bool try_push(T& item, std::size_t weight = 1) {
    const std::lock_guard lock(mutex_);
    if (closed_ || (weight_ + weight > weight_max_ && !items_.empty())) return false;
    items_.push_back({std::move(item), weight});
    weight_ += weight;
    ready_.notify_one();
    return true;
  }

  /// The oldest item; empty after `wait` without one, or when closed and drained.
  std::optional<T> pop(Duration wait) {
    std::unique_lock lock(mutex_);
    ready_.wait_for(lock, wait, [this] { return closed_ || !items_.empty(); });
    if (items_.empty()) return std::nullopt;
    Entry entry = std::move(items_.front());
    items_.pop_front();
    weight_ -= entry.weight;
    return std::move(entry.item);
  }

  /// Up to `count` of the oldest items; empty after `wait` without one, or when closed and drained.
  std::vector<T> pop_some(std::size_t count, Duration wait) {
    std::vector<T> taken;
    std::unique_lock lock(mutex_);
    ready_.wait_for(lock, wait, [this] { return closed_ || !items_.empty(); });
    taken.reserve(std::min(count, items_.size()));
    while (!items_.empty() && taken.size() < count) {
      weight_ -= items_.front().weight;
      taken.push_back(std::move(items_.front().item));
      items_.pop_front();
    }
    return taken;
  }

  /// No more pushes; what is inside can still be popped.
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    ready_.notify_all();
  }

  bool is_closed() const {
    const std::lock_guard lock(mutex_);
    return closed_;
  }
  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return items_.size();
  }
  std::size_t weight() const {
    const std::lock_guard lock(mutex_);
    return weight_;
  }

 private:
  struct Entry {
    T item;
    std::size_t weight;
  };

  const std::size_t weight_max_;
  mutable std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<Entry> items_;
  std::size_t weight_ = 0;
  bool closed_ = false;
};

}  // namespace millrace::base
