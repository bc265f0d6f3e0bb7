#include "store/duckdb/snapshot.h"

#include <chrono>
#include <thread>

#include "store/duckdb/open_store.h"

namespace millrace::store::duckdb {
namespace {

// Memory follows a commit within the time that its rows take to be counted; a reader that meets
// this moment looks again.
constexpr int kLooksMax = 2000;
constexpr auto kLookPause = std::chrono::microseconds(200);
constexpr std::size_t kFreeMax = 8;

}  // namespace

base::Result<ReaderPool::Loan> ReaderPool::lend() {
  {
    const std::lock_guard lock(mutex_);
    if (!free_.empty()) {
      auto connection = std::move(free_.back());
      free_.pop_back();
      return Loan(*this, std::move(connection));
    }
  }
  MILLRACE_LET(auto connection, Connection::open(database_));
  return Loan(*this, std::make_unique<Connection>(std::move(connection)));
}

void ReaderPool::take_back(std::unique_ptr<Connection> connection) {
  const std::lock_guard lock(mutex_);
  if (free_.size() < kFreeMax && !database_->is_broken()) free_.push_back(std::move(connection));
}

Snapshot::Snapshot(ReaderPool::Loan loan, Transaction transaction, const OpenStore& store,
                   Deadlines::Watch watch)
    : loan_(std::move(loan)),
      transaction_(std::move(transaction)),
      layout_(store.layout),
      commit_(model::CommitId(store.commit)),
      watch_(std::move(watch)) {}

base::Result<Snapshot> Snapshot::take(OpenStore& store, const std::function<void()>& look,
                                      Deadline deadline, std::stop_token stop) {
  MILLRACE_LET(auto loan, store.readers.lend());
  for (int i = 0; i < kLooksMax; ++i) {
    MILLRACE_LET(auto transaction, Transaction::begin(*loan));
    MILLRACE_LET(const StoreRow row, read_store_row(*loan));
    {
      const std::shared_lock lock(store.state);
      if (row.commit == store.commit && row.layout == store.layout->version) {
        if (look) look();
        MILLRACE_LET(auto watch, store.deadlines.watch(*loan, deadline, std::move(stop)));
        return Snapshot(std::move(loan), std::move(transaction), store, std::move(watch));
      }
    }
    std::this_thread::sleep_for(kLookPause);
  }
  return base::fail_for_now(base::ErrorCode::kUnavailable, "the store is busy with a commit");
}

}  // namespace millrace::store::duckdb
