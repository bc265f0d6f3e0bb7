#pragma once

namespace millrace::apps {

/// `millrace sql-worker`, which people never type: the process in which the hub runs one statement
/// of somebody (store/duckdb/sql_worker.h).
inline constexpr char kSqlWorkerCommand[] = "sql-worker";

}  // namespace millrace::apps
