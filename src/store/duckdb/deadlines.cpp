#include "store/duckdb/deadlines.h"

namespace millrace::store::duckdb {
namespace {

constexpr auto kTick = std::chrono::milliseconds(10);

}  // namespace

base::Error stopped_at_deadline() {
  return {base::ErrorCode::kTimeout, base::Retry::kLater, "the query was stopped at its deadline",
          "Take a shorter range, fewer series or a larger step."};
}

base::Error stopped_for_nobody() {
  return {base::ErrorCode::kCancelled, base::Retry::kNever,
          "it was stopped: nobody waits for the answer any more", ""};
}

Deadlines::~Deadlines() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

base::Result<Deadlines::Watch> Deadlines::watch(const Connection& connection, Deadline until,
                                                std::stop_token stop) {
  if (!until && !stop.stop_possible()) return Watch();
  if (stop.stop_requested()) return std::unexpected(stopped_for_nobody());
  if (until && clock_.monotonic() >= *until) return std::unexpected(stopped_at_deadline());
  const std::lock_guard lock(mutex_);
  if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  const auto entry = entries_.insert(entries_.end(), {connection.handle(), until, std::move(stop)});
  changed_.notify_all();
  return Watch(*this, entry);
}

void Deadlines::run() {
  std::unique_lock lock(mutex_);
  while (!is_stopping_) {
    changed_.wait(lock, [this] { return is_stopping_ || !entries_.empty(); });
    const base::MonotonicTime now = clock_.monotonic();
    for (const Entry& entry : entries_) {
      if (entry.is_over(now)) duckdb_interrupt(entry.connection);
    }
    changed_.wait_for(lock, kTick, [this] { return is_stopping_; });
  }
}

Deadlines::Watch::~Watch() {
  if (!owner_) return;
  const std::lock_guard lock(owner_->mutex_);
  owner_->entries_.erase(entry_);
}

}  // namespace millrace::store::duckdb
