#pragma once

#include <cstdint>

namespace millrace::store::duckdb {

/// How much a statement's process may take. The engine's own limit gives the better message; the
/// process's holds for what the engine does not count (long strings, lists, its planner).
inline constexpr std::uint32_t kSqlEngineMemoryMb = 192;
inline constexpr std::uint32_t kSqlProcessMemoryMb = 448;

/// Where a worker finds its socket.
inline constexpr int kSqlWorkerSocket = 3;

/// The other process of SeriesStore::sql(): answers one statement over the socket `fd` (sql_wire.h)
/// and ends. A program that has a store makes this its `sql-worker` (DuckDbOptions::sql_worker).
///
/// It has an empty engine of its own, without files, network or settings, and takes its tables'
/// rows from the store as the statement reads them. It can open no file for writing, dies with its
/// parent, and is the first to go when the machine runs out of memory. Gives the exit code.
int run_sql_worker(int fd);

}  // namespace millrace::store::duckdb
