#pragma once

#include <map>
#include <memory>
#include <optional>

#include "store/duckdb/engine.h"
#include "store/duckdb/sql_block.h"
#include "store/duckdb/sql_bounds.h"
#include "store/duckdb/sql_wire.h"

namespace millrace::store::duckdb {

/// A table as the store tells its worker of it.
struct SandboxTable {
  struct Column {
    std::string name;
    SqlType type{};
  };
  std::string name;
  std::vector<Column> columns;
  SqlBounds bounds;
};

/// The store's rows, from inside the worker: scans over the pipe, several at a time where a
/// statement joins. One thread; lives longer than the engine that uses it.
class SandboxTables {
 public:
  SandboxTables(SqlPipe& pipe, std::vector<SandboxTable> tables)
      : pipe_(pipe), tables_(std::move(tables)) {}

  std::vector<SandboxTable>& all() { return tables_; }
  const SandboxTable& table(std::size_t place) const { return tables_.at(place); }
  std::optional<std::size_t> find(std::string_view name) const;

  std::uint32_t open(std::size_t table, const std::vector<std::uint32_t>& columns);
  /// The next rows of a scan, which asks for those behind them at once; null at the end.
  base::Result<std::unique_ptr<SqlBlockReader>> next(std::uint32_t scan);
  /// What the pipe said when it failed: then nobody waits for an answer any more.
  bool is_torn() const { return is_torn_; }

 private:
  struct Scan {
    std::vector<SqlType> types;
    std::optional<std::string> rows;  // arrived while another scan was waited for
    bool has_ended = false;
  };
  base::Result<void> ask(std::uint32_t scan);

  SqlPipe& pipe_;
  std::vector<SandboxTable> tables_;
  std::map<std::uint32_t, Scan> scans_;
  std::uint32_t next_scan_ = 1;
  bool is_torn_ = false;
};

/// An empty engine that reaches for nothing outside itself, with the function millrace_scan(table)
/// over the given tables.
class Sandbox {
 public:
  /// Errors: those of engine_error(); internal.
  static base::Result<Sandbox> open(SandboxTables& tables);

  Connection& connection() { return connection_; }
  /// The first column of a statement as text, row by row.
  base::Result<std::vector<std::string>> texts(const std::string& sql);
  /// No setting can be changed from here on.
  base::Result<void> lock() { return forget(connection_.run("SET lock_configuration = true")); }

 private:
  explicit Sandbox(Connection connection) : connection_(std::move(connection)) {}
  static base::Result<void> forget(const base::Result<std::uint64_t>& result) {
    if (!result) return std::unexpected(result.error());
    return {};
  }

  Connection connection_;
};

}  // namespace millrace::store::duckdb
