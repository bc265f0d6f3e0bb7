#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "store/duckdb/layout.h"
#include "store/duckdb/sample_rows.h"
#include "store/series_store.h"

namespace millrace::store::duckdb {

/// Roll-ups of one unit beside a partition that is being written. Where they may be left out they
/// are kept only when they stand for many rows each; the first ones decide.
class RollupWriter {
 public:
  enum class Worth { kWhenDense, kAlways };
  RollupWriter(std::string table, base::Duration unit, Worth worth = Worth::kWhenDense)
      : table_(std::move(table)), unit_(unit) {
    if (worth == Worth::kAlways) is_wanted_ = true;
  }

  void add(model::SeriesId series, base::Time time, const Reading& one);
  /// Writes what is complete; makes the table when it is decided that there is one.
  base::Result<void> flush(Connection& connection);
  /// Writes the rest; true when there is a table.
  base::Result<bool> finish(Connection& connection);

 private:
  struct Entry {
    model::SeriesId series{};
    base::Time bucket;
    Rollup rollup;
  };
  base::Result<void> write(Connection& connection, std::size_t count);
  void decide();

  const std::string table_;
  const base::Duration unit_;
  std::vector<Entry> entries_;  // the last one is still growing
  std::uint64_t rows_ = 0;
  std::uint64_t buckets_ = 0;
  std::optional<bool> is_wanted_;
  bool is_made_ = false;
};

/// Writes one partition from rows in the order of a partition: marks duplicates, counts, rolls up,
/// and remembers the newest sample of each series.
class PartitionWriter {
 public:
  /// Makes the table in the connection's open transaction.
  static base::Result<PartitionWriter> make(Connection& connection, const PartitionTable& table);

  /// Takes a chunk of (series, time, value, quality, received, commit); may change its qualities.
  base::Result<void> take(Rows& rows);
  /// The partition as it came out.
  base::Result<PartitionTable> finish();
  const std::map<model::SeriesId, LastValue>& newest() const { return newest_; }

 private:
  PartitionWriter(Connection& connection, const PartitionTable& table, Appender appender);
  void take_row(Rows& rows, std::size_t row);

  Connection* connection_;
  PartitionTable table_;
  std::optional<Appender> appender_;
  RollupWriter minutes_;
  RollupWriter hours_;
  model::SeriesId series_{};
  base::Time time_;
  std::optional<std::size_t> newest_row_;  // of the present series, in the present chunk
  std::map<model::SeriesId, LastValue> newest_;
};

}  // namespace millrace::store::duckdb
