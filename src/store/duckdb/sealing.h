#pragma once

#include <mutex>
#include <stop_token>

#include "store/duckdb/duckdb_store.h"
#include "store/duckdb/open_store.h"

namespace millrace::store::duckdb {

/// One run of the sealer over all types. Commits go on beside it; `write` is the store's write
/// lock, which it takes for the moments in which it changes the set of tables.
struct SealRun {
  OpenStore& store;
  std::mutex& write;
  const SealPolicy& policy;
  base::Time now;
  base::Duration retention;
  std::stop_token stop;
};

/// Errors: those of the engine; the store is then as it was, or with part of the types sealed.
base::Result<void> seal_all(const SealRun& run);

/// Whether seal_all() would have something to do; from memory alone. `is_interval_over`: the last
/// run is long enough ago for what is not urgent.
bool is_seal_due(const OpenStore& store, const SealPolicy& policy, base::Time now,
                 bool is_interval_over);

}  // namespace millrace::store::duckdb
