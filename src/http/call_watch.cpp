#include "http/call_watch.h"

#include <poll.h>

#include <vector>

#include "http/taken_socket.h"

namespace millrace::http {
namespace {

constexpr std::chrono::milliseconds kLookInterval{100};

}  // namespace

std::shared_ptr<std::stop_source> CallWatch::watch(const drogon::HttpRequest& request) {
  auto call = std::make_shared<std::stop_source>();
  base::FileDescriptor connection = duplicate(request);
  const std::lock_guard lock(mutex_);
  if (is_stopping_) call->request_stop();
  if (is_stopping_ || !connection.is_open()) return call;
  entries_.push_back({std::move(connection), call});
  if (!thread_.joinable()) thread_ = std::thread([this] { loop(); });
  changed_.notify_all();
  return call;
}

void CallWatch::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
    for (const Entry& entry : entries_) {
      if (const auto call = entry.call.lock()) call->request_stop();
    }
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

void CallWatch::loop() {
  std::unique_lock lock(mutex_);
  while (!is_stopping_) {
    changed_.wait(lock, [this] { return is_stopping_ || !entries_.empty(); });
    look();
    changed_.wait_for(lock, kLookInterval, [this] { return is_stopping_.load(); });
  }
}

/// A client that has closed its end, be it for sending alone, is taken for gone, as Drogon does.
void CallWatch::look() {
  std::erase_if(entries_, [](const Entry& entry) { return entry.call.expired(); });
  std::vector<pollfd> ends;
  for (const Entry& entry : entries_) {
    ends.push_back({.fd = entry.connection.get(), .events = POLLRDHUP, .revents = 0});
  }
  if (::poll(ends.data(), ends.size(), 0) <= 0) return;
  auto entry = entries_.begin();
  for (const pollfd& end : ends) {
    if (end.revents == 0) {
      ++entry;
      continue;
    }
    if (const auto call = entry->call.lock()) call->request_stop();
    entry = entries_.erase(entry);
  }
}

}  // namespace millrace::http
