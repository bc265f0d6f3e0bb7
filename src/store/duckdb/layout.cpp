#include "store/duckdb/layout.h"

#include <algorithm>
#include <format>
#include <set>

namespace millrace::store::duckdb {
namespace {

base::Time time_of(std::int64_t microseconds) { return base::Time(base::Duration(microseconds)); }

base::Result<void> read_hot(Connection& connection, Layout& layout) {
  MILLRACE_LET(auto rows, connection.query("SELECT number, type, role = 'writing' FROM hot_tables "
                                           "ORDER BY number"));
  while (true) {
    MILLRACE_LET(const bool has_more, rows.next());
    if (!has_more) return {};
    for (std::size_t row = 0; row < rows.size(); ++row) {
      layout.hot.push_back({TableNumber(rows.column<std::int64_t>(0)[row]),
                            model::ValueType(rows.column<std::uint8_t>(1)[row]),
                            rows.column<bool>(2)[row]});
    }
  }
}

base::Result<void> read_partitions(Connection& connection, Layout& layout) {
  MILLRACE_LET(auto rows,
               connection.query(
                   "SELECT number, type, time_from, time_to, t_min, t_max, rows, "
                   "has_minutes, has_hours, has_rows FROM partitions ORDER BY type, time_from"));
  while (true) {
    MILLRACE_LET(const bool has_more, rows.next());
    if (!has_more) return {};
    const auto time = [&](std::size_t column, std::size_t row) {
      return time_of(rows.column<std::int64_t>(column)[row]);
    };
    for (std::size_t row = 0; row < rows.size(); ++row) {
      layout.partitions.push_back({TableNumber(rows.column<std::int64_t>(0)[row]),
                                   model::ValueType(rows.column<std::uint8_t>(1)[row]),
                                   {time(2, row), time(3, row)},
                                   time(4, row),
                                   time(5, row),
                                   rows.column<std::uint64_t>(6)[row],
                                   rows.column<bool>(7)[row],
                                   rows.column<bool>(8)[row],
                                   rows.column<bool>(9)[row]});
    }
  }
}

}  // namespace

std::vector<HotTable> Layout::hot_of(model::ValueType type) const {
  std::vector<HotTable> found;
  std::ranges::copy_if(hot, std::back_inserter(found),
                       [&](const HotTable& table) { return table.type == type; });
  return found;
}

const HotTable& Layout::writing(model::ValueType type) const {
  const auto it = std::ranges::find_if(
      hot, [&](const HotTable& table) { return table.type == type && table.is_writing; });
  MILLRACE_CHECK(it != hot.end());
  return *it;
}

std::vector<PartitionTable> Layout::partitions_of(model::ValueType type,
                                                  const TimeRange& range) const {
  std::vector<PartitionTable> found;
  std::ranges::copy_if(partitions, std::back_inserter(found), [&](const PartitionTable& one) {
    return one.type == type && !intersection(one.range, range).is_empty();
  });
  return found;
}

std::vector<PartitionTable> Layout::rows_of(model::ValueType type, const TimeRange& range) const {
  auto found = partitions_of(type, range);
  std::erase_if(found, [](const PartitionTable& one) { return !one.has_rows; });
  return found;
}

std::vector<TimeRange> Layout::expired(model::ValueType type) const {
  std::vector<TimeRange> ranges;
  for (const PartitionTable& one : partitions) {
    if (one.type == type && !one.has_rows) ranges.push_back(one.range);
  }
  return ranges;
}

std::vector<TimeRange> Layout::closed(model::ValueType type) const {
  std::vector<TimeRange> ranges;
  base::Time from = base::Time::min();
  for (const PartitionTable& one : partitions) {
    if (one.type != type) continue;
    if (!one.has_rows) ranges.push_back({from, one.range.to});
    from = one.range.to;
  }
  return ranges;
}

const PartitionTable* owner_or_next(const Layout& layout, model::ValueType type, base::Time time) {
  const auto found = std::ranges::upper_bound(
      layout.partitions, std::pair(type, time), {},
      [](const PartitionTable& one) { return std::pair(one.type, one.range.to); });
  return found != layout.partitions.end() && found->type == type ? &*found : nullptr;
}

bool Layout::shows_filled_rows(model::ValueType type, base::Time time) const {
  const PartitionTable* one = owner_or_next(*this, type, time);
  return !one || one->has_rows;
}

bool Layout::shows_filled_buckets(model::ValueType type, base::Time time) const {
  const PartitionTable* one = owner_or_next(*this, type, time);
  if (!one || one->has_rows) return true;
  return !one->range.holds(time) && (one->has_minutes || one->has_hours);
}

base::Result<Layout> read_layout(Connection& connection, std::int64_t version) {
  Layout layout{.version = version};
  MILLRACE_TRY(read_hot(connection, layout));
  MILLRACE_TRY(read_partitions(connection, layout));
  for (const model::ValueType type : kTypes) {
    const bool has_writing = std::ranges::any_of(layout.hot_of(type), &HotTable::is_writing);
    if (!has_writing) {
      return base::fail(base::ErrorCode::kCorrupt,
                        std::format("no hot table for {} is named", model::text(type)),
                        "Restore the store from a backup.");
    }
  }
  return layout;
}

base::Result<void> drop_orphans(Connection& connection, const Layout& layout) {
  std::set<std::string, std::less<>> named;
  for (const HotTable& table : layout.hot) named.insert(hot_name(table.type, table.number));
  for (const PartitionTable& one : layout.partitions) {
    if (one.has_rows) named.insert(part_name(one.type, one.number));
    if (one.has_minutes) named.insert(minute_name(one.type, one.number));
    if (one.has_hours) named.insert(hour_name(one.type, one.number));
  }
  MILLRACE_LET(auto rows, connection.query(
                              "SELECT table_name FROM duckdb_tables() WHERE NOT internal AND "
                              "regexp_matches(table_name, '^(hot|part|minute|hour)_.*_[0-9]+$')"));
  std::string sql;
  while (true) {
    MILLRACE_LET(const bool has_more, rows.next());
    if (!has_more) break;
    for (std::size_t row = 0; row < rows.size(); ++row) {
      const std::string_view name = rows.text(0, row);
      if (!named.contains(name)) sql += std::format("DROP TABLE {};", name);
    }
  }
  if (sql.empty()) return {};
  MILLRACE_TRY(connection.run(sql));
  return {};
}

std::string name_partition(const PartitionTable& partition) {
  const auto micros = [](base::Time time) { return time.time_since_epoch().count(); };
  return std::format("INSERT INTO partitions VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {});",
                     number(partition.number), static_cast<int>(partition.type),
                     micros(partition.range.from), micros(partition.range.to),
                     micros(partition.t_min), micros(partition.t_max), partition.rows,
                     partition.has_minutes, partition.has_hours, partition.has_rows);
}

std::string drop_partition(const PartitionTable& partition) {
  std::string sql;
  if (partition.has_rows) {
    sql += std::format("DROP TABLE {};", part_name(partition.type, partition.number));
  }
  if (partition.has_minutes) {
    sql += std::format("DROP TABLE {};", minute_name(partition.type, partition.number));
  }
  if (partition.has_hours) {
    sql += std::format("DROP TABLE {};", hour_name(partition.type, partition.number));
  }
  return sql;
}

void HotContent::note(base::Time time, base::Time received, bool is_late) {
  ++rows;
  late_rows += is_late ? 1 : 0;
  oldest = std::min(oldest, time);
  oldest_received = std::min(oldest_received, received);
}

void HotContent::count(model::SeriesId series, base::Time time, const Reading& one, bool is_new) {
  if (is_new) {
    index.add(series, time, one);
  } else {
    index.disturb(series, time);
  }
}

}  // namespace millrace::store::duckdb
