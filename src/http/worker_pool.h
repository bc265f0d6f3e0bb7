#pragma once

#include <functional>
#include <thread>
#include <vector>

#include "base/bounded_queue.h"

namespace millrace::http {

/// Threads that run handlers which wait for stores, so that connections never do. Any thread may
/// offer work.
class WorkerPool {
 public:
  WorkerPool(std::size_t threads, std::size_t waiting_max);
  ~WorkerPool() { stop(); }

  /// False when too much waits already, or after stop().
  bool offer(std::function<void()> work);
  /// Ends when all work that was taken is done.
  void stop();

 private:
  void loop();

  base::BoundedQueue<std::function<void()>> queue_;
  std::vector<std::thread> threads_;
};

}  // namespace millrace::http
