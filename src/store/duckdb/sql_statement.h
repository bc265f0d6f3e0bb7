#pragma once

#include "store/duckdb/sql_guard.h"
#include "store/duckdb/sql_sandbox.h"

namespace millrace::store::duckdb {

/// Tables that are made of others: `samples` is the scan `stored_samples` with the names of its
/// series. The worker knows them by these names.
inline constexpr std::string_view kSeriesTable = "series";
inline constexpr std::string_view kBoundedTables[] = {"samples", "minutes", "hours"};

/// One statement in a sandbox, from its text to the last row of its answer. One thread.
class SqlStatement {
 public:
  SqlStatement(SqlPipe& pipe, SandboxTables& tables, std::string sql, std::size_t limit)
      : pipe_(pipe), tables_(tables), sql_(std::move(sql)), limit_(limit) {}

  /// Sends columns, cells and the end. Errors: invalid, too_large; those of the pipe.
  base::Result<void> run();

 private:
  base::Result<nlohmann::json> check(Sandbox& sandbox);
  base::Result<void> make_tables(Sandbox& sandbox) const;
  base::Result<void> set_bounds(Sandbox& sandbox, const nlohmann::json& tree);
  base::Result<void> answer(Sandbox& sandbox);
  base::Result<bool> send_rows(Rows& rows, const std::vector<duckdb_logical_type>& types);

  SqlPipe& pipe_;
  SandboxTables& tables_;
  const std::string sql_;
  const std::size_t limit_;
  SqlNames named_;
  std::size_t sent_ = 0;
  std::size_t sent_bytes_ = 0;
};

/// What the engine says of a statement, for the one who wrote it: invalid, or too_large when it ran
/// out of memory.
base::Error statement_error(const base::Error& engine);

}  // namespace millrace::store::duckdb
