#pragma once

#include <condition_variable>
#include <list>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

#include "base/clock.h"
#include "store/duckdb/engine.h"
#include "store/series_store.h"

namespace millrace::store::duckdb {

/// What a query past its deadline is answered with: timeout.
base::Error stopped_at_deadline();

/// What a query that nobody waits for any more is answered with: cancelled.
base::Error stopped_for_nobody();

/// The result as it is; an Error of an interrupted query as stopped_at_deadline(), or as
/// stopped_for_nobody() where that is so.
template <class T>
base::Result<T> in_time(base::Result<T> result, const std::stop_token& stop = {}) {
  if (result || result.error().code != base::ErrorCode::kCancelled) return result;
  return std::unexpected(stop.stop_requested() ? stopped_for_nobody() : stopped_at_deadline());
}

/// Interrupts connections whose time is over, or for whose answer nobody waits, from a thread of
/// its own that begins with the first watch. The engine forgets an interrupt when it begins another
/// statement, so it is repeated until the watch ends. Any thread.
class Deadlines {
 public:
  explicit Deadlines(const base::Clock& clock) : clock_(clock) {}
  ~Deadlines();
  Deadlines(const Deadlines&) = delete;
  Deadlines& operator=(const Deadlines&) = delete;

  /// Ends the watch; no interrupt comes after that.
  class Watch;
  /// Errors: timeout (the deadline is over already), cancelled (a stop is requested already).
  base::Result<Watch> watch(const Connection& connection, Deadline until,
                            std::stop_token stop = {});

 private:
  struct Entry {
    duckdb_connection connection;
    Deadline until;
    std::stop_token stop;
    bool is_over(base::MonotonicTime now) const {
      return stop.stop_requested() || (until && now >= *until);
    }
  };
  void run();

  const base::Clock& clock_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::list<Entry> entries_;
  bool is_stopping_ = false;
  std::thread thread_;
};

class Deadlines::Watch {
 public:
  Watch() = default;  // without a deadline and a stop
  Watch(Deadlines& owner, std::list<Entry>::iterator entry) : owner_(&owner), entry_(entry) {}
  Watch(Watch&& other) noexcept
      : owner_(std::exchange(other.owner_, nullptr)), entry_(other.entry_) {}
  Watch& operator=(Watch&&) = delete;
  ~Watch();

 private:
  Deadlines* owner_ = nullptr;
  std::list<Entry>::iterator entry_;
};

}  // namespace millrace::store::duckdb
