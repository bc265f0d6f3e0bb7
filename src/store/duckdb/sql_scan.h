#pragma once

#include <memory>

#include "store/duckdb/open_store.h"
#include "store/duckdb/sql_block.h"
#include "store/duckdb/sql_bounds.h"
#include "store/duckdb/sql_tables.h"

namespace millrace::store::duckdb {

/// The rows of a table for one statement, on the store's side. One thread.
class SqlScan {
 public:
  virtual ~SqlScan() = default;
  /// Adds the next rows; nothing behind the last. Errors: those of the engine.
  virtual base::Result<void> fill(SqlBlock& block) = 0;
};

/// What a scan is asked for. The store outlives it.
struct SqlScanRequest {
  OpenStore& store;
  model::CommitId commit;  // the statement's data version: nothing newer is seen
  Deadline deadline;
  SqlBounds bounds;
  std::vector<std::uint32_t> columns;  // places in the table's
  std::stop_token stop{};
};

inline constexpr std::size_t kSqlRowsAtOnce = 8'192;
inline constexpr std::size_t kSqlBytesAtOnce = 1U << 20;

/// Rows of a table of the kind kRows.
base::Result<std::unique_ptr<SqlScan>> scan_rows(const SqlScanRequest& request,
                                                 const StoredTable& table);
/// Samples as raw() shows them at the request's commit, in no order. Rows that late ones make
/// duplicates are found by looking their series and time up; what corrections touch is read page by
/// page.
base::Result<std::unique_ptr<SqlScan>> scan_samples(const SqlScanRequest& request);
/// Buckets as buckets() gives them, of `step`. They stand at the request's commit or a later one.
base::Result<std::unique_ptr<SqlScan>> scan_rollups(const SqlScanRequest& request,
                                                    base::Duration step);
/// Rows of a caller's table.
std::unique_ptr<SqlScan> scan_given(const SqlGivenTable& table, std::vector<std::uint32_t> columns);

/// The type of a caller's column.
SqlType given_type(std::string_view name);

}  // namespace millrace::store::duckdb
