#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>

#include "base/clock.h"
#include "base/error.h"
#include "model/value.h"

namespace millrace::pipeline {

/// Values on their way from any thread to the one thread on which a source speaks to its peer.
class WriteQueue {
 public:
  using Serve = std::function<base::Result<void>(std::uint32_t tag, const model::Value& value)>;

  /// Begins to take writes; until then, and after close(), they are refused.
  void open();
  /// Refuses what is waiting and all that comes. The source's thread has ended, or is about to.
  void close();

  /// Hands a value over and waits for the answer, at most `limit`; a value that nobody waits for
  /// any more is not written. Any thread. Errors: unavailable (closed, or very many wait), timeout,
  /// those of the peer.
  base::Result<void> write(std::uint32_t tag, const model::Value& value, base::Duration limit);

  /// The source's thread: gives everything that waits to `serve`, in order.
  void serve(const Serve& serve);
  /// The source's thread: sleeps so long, or until something is to be written or close().
  void rest(base::Duration time);

 private:
  struct Write {
    std::uint32_t tag = 0;
    model::Value value;
    std::shared_ptr<std::atomic<bool>> is_given_up;
    std::promise<base::Result<void>> done;
  };

  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<Write> writes_;
  bool is_open_ = false;
};

}  // namespace millrace::pipeline
