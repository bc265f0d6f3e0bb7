#include "store/duckdb/expired_rows.h"

#include <format>
#include <nlohmann/json.hpp>

#include "base/time_text.h"
#include "store/duckdb/layout_change.h"
#include "store/duckdb/sample_rows.h"

namespace millrace::store::duckdb {
namespace {

using nlohmann::json;

constexpr std::size_t kSeriesNamed = 100;

std::string rows_between(model::ValueType type, const std::vector<HotTable>& tables,
                         const TimeRange& range) {
  std::string sql;
  for (const HotTable& table : tables) {
    sql += std::format("{}SELECT series, time FROM {} WHERE time >= {} AND time < {}",
                       sql.empty() ? "" : " UNION ALL ", hot_name(type, table.number),
                       micros(range.from), micros(range.to));
  }
  return sql;
}

/// Null where the range has no such rows.
base::Result<json> rows_of_range(Connection& reader, model::ValueType type,
                                 const std::vector<HotTable>& tables, const TimeRange& range) {
  MILLRACE_LET(auto rows, reader.stream(std::format(
                              "SELECT s.thing, s.property, count(*), min(r.time), max(r.time) "
                              "FROM ({}) r JOIN series s ON s.id = r.series "
                              "GROUP BY s.thing, s.property ORDER BY s.thing, s.property",
                              rows_between(type, tables, range))));
  json series = json::array();
  std::int64_t samples = 0;
  MILLRACE_TRY(for_each_row(rows, [&](std::size_t row) {
    const std::int64_t count = rows.column<std::int64_t>(2)[row];
    samples += count;
    if (series.size() == kSeriesNamed) return;
    series.push_back({{"thing", rows.text(0, row)},
                      {"property", rows.text(1, row)},
                      {"samples", count},
                      {"first", base::to_text(time_at(rows, 3, row))},
                      {"last", base::to_text(time_at(rows, 4, row))}});
  }));
  if (samples == 0) return json();
  return json{{"type", model::text(type)},
              {"start", base::to_text(range.from)},
              {"end", base::to_text(range.to)},
              {"samples", samples},
              {"series", std::move(series)}};
}

}  // namespace

base::Result<std::vector<Event>> expired_rows(Connection& reader, model::ValueType type,
                                              const std::vector<HotTable>& tables,
                                              const std::vector<TimeRange>& ranges,
                                              base::Time now) {
  json late = json::array();
  for (const TimeRange& range : ranges) {
    MILLRACE_LET(json one, rows_of_range(reader, type, tables, range));
    if (!one.is_null()) late.push_back(std::move(one));
  }
  std::vector<Event> events;
  if (late.empty()) return events;
  events.push_back({.time = now,
                    .kind = "store.retention",
                    .subject = "store",
                    .actor_role = "system",
                    .body = json{{"late", std::move(late)}}.dump(-1, ' ', false,
                                                                 json::error_handler_t::replace)});
  return events;
}

base::Result<void> drop_partitions_before(OpenStore& store, std::mutex& write, base::Time time) {
  const std::lock_guard lock(write);
  const auto is_expired = [&](const PartitionTable& one) { return one.range.to <= time; };
  std::string sql;
  for (const PartitionTable& one : store.layout->partitions) {
    if (!is_expired(one)) continue;
    sql += std::format("DELETE FROM partitions WHERE number = {};", number(one.number));
    sql += drop_partition(one);
  }
  if (sql.empty()) return {};
  MILLRACE_LET(auto transaction, Transaction::begin(store.writer));
  MILLRACE_TRY(store.writer.run(sql + next_layout(store)));
  MILLRACE_TRY(transaction.commit());
  change_layout(store, [&](Layout& layout) { std::erase_if(layout.partitions, is_expired); });
  return {};
}

}  // namespace millrace::store::duckdb
