#pragma once

#include <map>
#include <memory>
#include <vector>

#include "store/duckdb/tables.h"
#include "store/hot_index.h"
#include "store/series_store.h"

namespace millrace::store::duckdb {

struct HotTable {
  TableNumber number{};
  model::ValueType type{};
  bool is_writing = false;
};

struct PartitionTable {
  TableNumber number{};
  model::ValueType type{};
  TimeRange range;  // owned; end not included
  base::Time t_min;
  base::Time t_max;
  std::uint64_t rows = 0;
  bool has_minutes = false;
  bool has_hours = false;
  bool has_rows = true;
};

/// Which sample tables there are. A value that never changes: the next layout is another one.
struct Layout {
  std::int64_t version = 0;
  std::vector<HotTable> hot;               // by number
  std::vector<PartitionTable> partitions;  // by (type, range)

  std::vector<HotTable> hot_of(model::ValueType type) const;
  const HotTable& writing(model::ValueType type) const;
  /// Partitions of a type that own any of the range, ascending.
  std::vector<PartitionTable> partitions_of(model::ValueType type, const TimeRange& range) const;
  /// Those of them whose rows are there.
  std::vector<PartitionTable> rows_of(model::ValueType type, const TimeRange& range) const;
  /// Where the rows have expired, and what of it is in no partition and lies before one of these.
  std::vector<TimeRange> expired(model::ValueType type) const;
  std::vector<TimeRange> closed(model::ValueType type) const;
  /// Whether fills show samples at a time: no longer once the rows they stand beside have expired,
  /// those of its partition or, where nothing was ever stored, of the next one.
  bool shows_filled_rows(model::ValueType type, base::Time time) const;
  /// Whether charts have to ask fills for it: roll-ups hold what fills showed in their partition;
  /// where there is none, they show it as long as the next partition has rows or roll-ups.
  bool shows_filled_buckets(model::ValueType type, base::Time time) const;
};

/// The partition that owns a time or, where none does, the next one; null for none.
const PartitionTable* owner_or_next(const Layout& layout, model::ValueType type, base::Time time);

base::Result<Layout> read_layout(Connection& connection, std::int64_t version);

/// Drops sample tables that the layout does not name: the rest of a sealer that was killed.
base::Result<void> drop_orphans(Connection& connection, const Layout& layout);

/// INSERT INTO partitions.
std::string name_partition(const PartitionTable& partition);
/// DROP TABLE statements for a partition with its roll-ups.
std::string drop_partition(const PartitionTable& partition);

/// What the writer keeps of a hot table besides its rows.
struct HotContent {
  std::uint64_t rows = 0;
  std::uint64_t late_rows = 0;  // whose time another partition may own
  base::Time oldest = base::Time::max();
  base::Time oldest_received = base::Time::max();
  HotIndex index;  // unused for text and bytes

  void note(base::Time time, base::Time received, bool is_late);
  /// A row of a numeric type; `is_new`: newer than every row of its series.
  void count(model::SeriesId series, base::Time time, const Reading& one, bool is_new);
};

}  // namespace millrace::store::duckdb
