#pragma once

#include <mutex>
#include <stop_token>

#include "store/duckdb/open_store.h"
#include "store/retention.h"

namespace millrace::store::duckdb {

/// SeriesStore::retain(). The caller holds the maintenance lock, so that no sealer runs; `write` is
/// the store's write lock, taken for the moments in which tables change.
struct RetentionRun {
  OpenStore& store;
  std::mutex& write;
  const RetentionPolicy& policy;
  base::Time now;
  std::stop_token stop;
};

/// One transaction for each partition. Errors: unavailable (told to stop), those of the engine;
/// what was done until then stays done.
base::Result<RetentionReport> retain(const RetentionRun& run);

/// SeriesStore::expiring(). Errors: unavailable, those of the engine.
base::Result<std::vector<Dropped>> expiring(OpenStore& store, const RetentionPolicy& policy,
                                            const RetentionPolicy& present, base::Time now);

/// From memory alone: whether retain() would drop anything.
bool is_retention_due(const OpenStore& store, const RetentionPolicy& policy, base::Time now);

}  // namespace millrace::store::duckdb
