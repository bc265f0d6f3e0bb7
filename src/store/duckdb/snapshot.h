#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "store/duckdb/deadlines.h"
#include "store/duckdb/engine.h"
#include "store/duckdb/layout.h"

namespace millrace::store::duckdb {

struct OpenStore;

/// Connections for readers, given out one to each read and taken back.
class ReaderPool {
 public:
  explicit ReaderPool(std::shared_ptr<Database> database) : database_(std::move(database)) {}

  /// A connection on loan; back in the pool when it ends.
  class Loan {
   public:
    Loan(ReaderPool& pool, std::unique_ptr<Connection> connection)
        : pool_(&pool), connection_(std::move(connection)) {}
    Loan(Loan&&) = default;
    Loan& operator=(Loan&&) = delete;
    ~Loan() {
      if (connection_) pool_->take_back(std::move(connection_));
    }
    Connection& operator*() const { return *connection_; }
    Connection* operator->() const { return connection_.get(); }

   private:
    ReaderPool* pool_;
    std::unique_ptr<Connection> connection_;
  };

  base::Result<Loan> lend();

 private:
  void take_back(std::unique_ptr<Connection> connection);

  std::shared_ptr<Database> database_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> free_;
};

/// A consistent sight of the store: a read transaction, and the layout and the memory (newest
/// samples, roll-ups of hot rows) of exactly the same commit.
class Snapshot {
 public:
  /// Opens a read transaction and calls `look`, under the lock of readers, at a moment when memory
  /// stands at the transaction's commit. What runs on its connection past the deadline, or when
  /// the stop is requested, is cancelled. Errors: unavailable, timeout, cancelled, those of
  /// engine_error().
  static base::Result<Snapshot> take(OpenStore& store, const std::function<void()>& look = {},
                                     Deadline deadline = {}, std::stop_token stop = {});

  Connection& connection() const { return *loan_; }
  const Layout& layout() const { return *layout_; }
  model::CommitId commit() const { return commit_; }

 private:
  Snapshot(ReaderPool::Loan loan, Transaction transaction, const OpenStore& store,
           Deadlines::Watch watch);

  ReaderPool::Loan loan_;
  Transaction transaction_;  // ends before the loan does
  std::shared_ptr<const Layout> layout_;
  model::CommitId commit_;
  Deadlines::Watch watch_;  // ends before the transaction does
};

}  // namespace millrace::store::duckdb
