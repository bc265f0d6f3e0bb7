#include "pipeline/write_queue.h"

#include <utility>

namespace millrace::pipeline {
namespace {

constexpr std::size_t kWritesMax = 1000;

auto refused(std::string_view why) {
  return base::fail_for_now(base::ErrorCode::kUnavailable,
                            "not written: the source " + std::string(why), "Try again.");
}

}  // namespace

void WriteQueue::open() {
  const std::lock_guard lock(mutex_);
  is_open_ = true;
}

void WriteQueue::close() {
  const std::lock_guard lock(mutex_);
  is_open_ = false;
  for (Write& write : writes_) write.done.set_value(refused("was stopped"));
  writes_.clear();
  ready_.notify_all();
}

base::Result<void> WriteQueue::write(std::uint32_t tag, const model::Value& value,
                                     base::Duration limit) {
  const auto is_given_up = std::make_shared<std::atomic<bool>>(false);
  Write write{tag, value, is_given_up, {}};
  std::future<base::Result<void>> done = write.done.get_future();
  {
    const std::lock_guard lock(mutex_);
    if (!is_open_) return refused("is stopped");
    if (writes_.size() >= kWritesMax) return refused("has too much to write");
    writes_.push_back(std::move(write));
    ready_.notify_all();
  }
  if (done.wait_for(limit) == std::future_status::ready) return done.get();
  *is_given_up = true;
  return base::fail_for_now(base::ErrorCode::kTimeout,
                            "no answer to a write; it is not known whether it was done",
                            "Read the value back.");
}

void WriteQueue::serve(const Serve& serve) {
  std::deque<Write> taken;
  {
    const std::lock_guard lock(mutex_);
    taken = std::exchange(writes_, {});
  }
  for (Write& write : taken) {
    if (!*write.is_given_up) write.done.set_value(serve(write.tag, write.value));
  }
}

void WriteQueue::rest(base::Duration time) {
  std::unique_lock lock(mutex_);
  ready_.wait_for(lock, time, [this] { return !is_open_ || !writes_.empty(); });
}

}  // namespace millrace::pipeline
