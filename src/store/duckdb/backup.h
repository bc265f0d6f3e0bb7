#pragma once

#include <mutex>

#include "store/duckdb/open_store.h"

namespace millrace::store::duckdb {

/// SeriesStore::backup(). The caller holds the maintenance lock, so that no sealer runs, and keeps
/// checkpoints away; `write` is the store's write lock, taken for a moment.
///
/// The copy is what a power cut after the newest commit would leave, taken at leisure: while no
/// checkpoint runs, the engine never writes over a block of its file that a commit needs, and the
/// write-ahead log only grows. The copy is then opened, which replays its log, compared with what
/// it should hold, checkpointed, synced, and given its name.
struct BackupRun {
  OpenStore& store;
  std::mutex& write;
  std::filesystem::path folder;       // of the store
  std::filesystem::path destination;  // must not be there
  EngineSettings engine;
};

/// Gives the commit at which the copy stands. Errors: conflict (the destination is there),
/// no_space, unavailable, corrupt (the copy is not what it should be), those of the engine.
base::Result<model::CommitId> back_up(const BackupRun& run);

}  // namespace millrace::store::duckdb
