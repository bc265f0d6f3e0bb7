#pragma once

#include <filesystem>
#include <string_view>

#include "base/error.h"

namespace millrace::store::duckdb {

/// Where a write-ahead log of DuckDB (its version 2) ends in a transaction that a power cut tore so
/// that later pages reached the disk and earlier ones did not: the position at which that last
/// transaction begins. The size of the log when it is whole, torn at its end (which DuckDB cuts off
/// by itself), damaged before its last transaction, or of another version: then it is DuckDB's to
/// judge.
std::size_t torn_from(std::string_view log);

/// Cuts such a transaction off before the engine opens the log; the engine itself refuses to open a
/// log with a hole. Nothing acknowledged is in it: a commit returns after the log is synced, and
/// the next begins after that. What is cut is kept beside the log as `….torn`. Errors: those of
/// files.
base::Result<void> cut_torn_log(const std::filesystem::path& log);

}  // namespace millrace::store::duckdb
