#include "http/worker_pool.h"

namespace millrace::http {

using namespace std::chrono_literals;

WorkerPool::WorkerPool(std::size_t threads, std::size_t waiting_max) : queue_(waiting_max) {
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { loop(); });
}

bool WorkerPool::offer(std::function<void()> work) { return queue_.try_push(work); }

void WorkerPool::stop() {
  queue_.close();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void WorkerPool::loop() {
  while (true) {
    const auto work = queue_.pop(1s);
    if (work) (*work)();
    if (!work && queue_.is_closed()) return;
  }
}

}  // namespace millrace::http
