#pragma once

#include <filesystem>

#include "store/duckdb/engine.h"

namespace millrace::store::duckdb {

/// Brings the log into the database file so that a power cut or a full disk at any write of it
/// leaves the old checkpoint or the new one.
///
/// The engine alone does not: its checkpoint writes new pieces of metadata into the unused parts of
/// blocks that the checkpoint in force still needs, whole blocks at a time, and a block of which
/// only some pages reach the disk has a wrong checksum (DuckDB 1.4: MetadataManager::Flush). So the
/// metadata blocks are first saved in a guard file beside the database; `undo_checkpoint()` puts
/// them back, before the engine opens the file, when the checkpoint did not reach its end.
///
/// No transaction may be open on the connection, and no other may be writing. Errors: unavailable
/// (another transaction is in the way), no_space, those of the engine, after which the database
/// is_broken().
base::Result<void> checkpoint(Connection& connection, const std::filesystem::path& database);

/// Before the engine opens the file. Errors: those of files, corrupt.
base::Result<void> undo_checkpoint(const std::filesystem::path& database);

}  // namespace millrace::store::duckdb
