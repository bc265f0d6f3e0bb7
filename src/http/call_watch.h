#pragma once

#include <drogon/HttpRequest.h>

#include <atomic>
#include <condition_variable>
#include <list>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>

#include "base/files.h"

namespace millrace::http {

/// Tells calls that take long that nobody waits for their answer any more: the client has closed
/// its connection, or the server stops. A thread of its own, from the first call on, looks ten
/// times a second.
class CallWatch {
 public:
  ~CallWatch() { stop(); }

  /// Watches as long as what is given lives. Must run on the thread that delivers the request.
  std::shared_ptr<std::stop_source> watch(const drogon::HttpRequest& request);
  /// Stops all calls, those that come later too.
  void stop();
  bool is_stopping() const { return is_stopping_; }

 private:
  struct Entry {
    base::FileDescriptor connection;
    std::weak_ptr<std::stop_source> call;
  };
  void loop();
  void look();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::list<Entry> entries_;
  std::atomic<bool> is_stopping_ = false;
  std::thread thread_;
};

}  // namespace millrace::http
