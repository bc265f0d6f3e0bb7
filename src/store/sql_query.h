#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "model/ids.h"
#include "model/value.h"
#include "store/export_query.h"

namespace millrace::store {

/// A value for which there is no plainer form: a list, a struct, a decimal number; as JSON text.
struct SqlJson {
  std::string text;
  bool operator==(const SqlJson&) const = default;
};

/// One cell of an answer; monostate is NULL. Dates, local times and intervals are text.
using SqlCell = std::variant<std::monostate, double, std::int64_t, std::uint64_t, bool, std::string,
                             model::Bytes, base::Time, SqlJson>;

/// Type: f64, i64, u64, bool, text, bytes, timestamp, or the engine's name of another type.
struct SqlColumn {
  std::string name;
  std::string type;
  bool operator==(const SqlColumn&) const = default;
};

/// A column of a table that may be asked, with one sentence on it.
struct SqlTableColumn {
  std::string name;
  std::string type;
  std::string comment;
};

struct SqlTable {
  std::string name;
  std::string comment;
  std::vector<SqlTableColumn> columns;
};

/// Gives the next row (a value for each column, monostate for NULL); false behind the last.
using SqlRowSource = std::function<bool(std::vector<model::Value>& row)>;

/// A table of the caller's, beside those of the store: columns of the types text, f64, i64, bool
/// and timestamp (as i64, µs since the epoch). `open` is called, on the caller's thread, each time
/// a statement reads it, and not at all by one that does not.
struct SqlGivenTable {
  SqlTable table;
  std::function<SqlRowSource()> open;
};

/// One read-only statement of somebody who is not trusted.
struct SqlQuery {
  std::string sql;
  std::size_t limit = 10'000;  // rows of the answer
  Deadline deadline;
  std::vector<SqlGivenTable> given;
  /// Requested when nobody waits for the answer any more: then it is stopped with cancelled.
  std::stop_token stop{};
};

struct SqlAnswer {
  std::vector<SqlColumn> columns;
  std::vector<SqlCell> cells;  // row by row
  bool is_truncated = false;   // there are more rows than the limit
  model::CommitId commit{};    // data version of samples, events, losses and corrections

  std::size_t rows() const { return columns.empty() ? 0 : cells.size() / columns.size(); }
};

inline constexpr std::size_t kSqlTextBytesMax = 100'000;
inline constexpr std::size_t kSqlAnswerBytesMax = 32U << 20;

}  // namespace millrace::store
