#pragma once

#include "store/duckdb/open_store.h"

namespace millrace::store::duckdb {

/// Makes a commit durable in one transaction and lets memory follow. The caller holds the write
/// lock. When it fails the store in memory is as before; whether the engine is so too the caller
/// learns from the commit number in the file, as a failed sync leaves that open. `plausible` are
/// the times that go into the sample tables. Errors: invalid, those of engine_error().
base::Result<model::CommitId> make_commit(OpenStore& store, const Commit& commit,
                                          const TimeRange& plausible);

}  // namespace millrace::store::duckdb
