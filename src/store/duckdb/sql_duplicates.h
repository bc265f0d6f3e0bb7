#pragma once

#include <vector>

#include "store/duckdb/snapshot.h"

namespace millrace::store::duckdb {

/// Rows of one type that have the series and time of an earlier one and perhaps lack the mark,
/// because they came late and are still hot. What came first is first by (commit, row): all rows of
/// one commit with one series and time stand in one table.
class SqlDuplicates {
 public:
  struct Key {
    model::SeriesId series{};
    base::Time time;
    std::int64_t commit = 0;
    std::int64_t row = 0;
    auto operator<=>(const Key&) const = default;
  };

  struct Where {
    model::ValueType type{};
    TimeRange late;                       // empty: there are none
    std::vector<model::SeriesId> series;  // all when empty
    model::CommitId commit{};
  };
  /// Errors: unavailable (more late rows than kKeysMax are hot), those of the engine.
  static base::Result<SqlDuplicates> find(const Snapshot& snapshot, const Where& where);

  bool is_empty() const { return firsts_.empty(); }
  bool is_duplicate(const Key& row) const;

 private:
  std::vector<Key> firsts_;  // of each series and time that occurs more than once, in order
};

}  // namespace millrace::store::duckdb
