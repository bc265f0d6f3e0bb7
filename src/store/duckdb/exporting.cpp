#include "store/duckdb/exporting.h"

#include <algorithm>
#include <format>

#include "base/files.h"
#include "store/duckdb/bucketing.h"
#include "store/duckdb/sample_rows.h"

namespace millrace::store::duckdb {
namespace {

using base::ErrorCode;
using model::ValueType;

/// The series of an export by type, and of which types late rows may lack their mark.
struct Selection {
  std::array<std::vector<model::SeriesId>, kTypes.size()> by_type;
  std::array<bool, kTypes.size()> needs_marks{};
  base::Result<void> checked;
};

Selection select(const OpenStore& store, const ExportQuery& query) {
  Selection selection;
  for (const model::SeriesId id : query.series) {
    const auto type = store.book.type_of(id);
    if (!type) {
      selection.checked =
          base::fail(ErrorCode::kNotFound, std::format("there is no series {}", number(id)));
      return selection;
    }
    selection.by_type[index_of(*type)].push_back(id);
  }
  for (const HotTable& table : store.layout->hot) {
    selection.needs_marks[index_of(table.type)] |= store.hot.at(table.number).late_rows > 0;
  }
  return selection;
}

/// All rows of one type in the range, marked, with their place in the order of equal ones.
std::string rows_of(const Layout& layout, ValueType type, const Selection& selection,
                    const ExportQuery& query) {
  const TimeRange range{query.start, query.end};
  std::string sql;
  auto add = [&, place = 0](const std::string& table) mutable {
    sql += std::format(
        "{}SELECT series, time, value, quality, commit, {} AS place, rowid AS row FROM {} "
        "WHERE {} AND time >= {} AND time < {}",
        sql.empty() ? "" : " UNION ALL ", place++, table, among(selection.by_type[index_of(type)]),
        micros(range.from), micros(range.to));
  };
  for (const PartitionTable& one : layout.partitions_of(type, range)) {
    add(part_name(type, one.number));
  }
  for (const HotTable& one : layout.hot_of(type)) add(hot_name(type, one.number));
  if (!selection.needs_marks[index_of(type)]) return "(" + sql + ")";
  return std::format(
      "(SELECT series, time, value, CASE WHEN row_number() OVER (PARTITION BY series, time "
      "ORDER BY commit, place, row) > 1 THEN millrace_duplicate(quality) ELSE quality END AS "
      "quality, commit, place, row FROM ({}))",
      sql);
}

std::string csv_value(ValueType type) {
  if (type == ValueType::kBytes) return "to_base64(r.value)";
  return type == ValueType::kText ? "r.value" : "r.value::VARCHAR";
}

std::string csv_select(const std::string& rows, ValueType type) {
  return std::format(
      "SELECT s.thing, s.property, nullif(s.unit, '') AS unit, strftime(make_timestamp(r.time), "
      "'%Y-%m-%dT%H:%M:%S.%fZ') AS time, {} AS value, millrace_quality(r.quality) AS quality, "
      "r.series AS k1, r.time AS k2, r.commit AS k3, r.place AS k4, r.row AS k5 "
      "FROM {} r JOIN series s ON s.id = r.series",
      csv_value(type), rows);
}

std::string csv_copy(const Layout& layout, const Selection& selection, const ExportQuery& query,
                     const std::filesystem::path& path) {
  std::string all;
  for (const ValueType type : kTypes) {
    if (selection.by_type[index_of(type)].empty()) continue;
    all += all.empty() ? "" : " UNION ALL ";
    all += csv_select(rows_of(layout, type, selection, query), type);
  }
  return std::format(
      "COPY (SELECT thing, property, unit, time, value, quality FROM ({}) ORDER BY k1, k2, k3, k4, "
      "k5) TO {} (FORMAT csv, HEADER true)",
      all, sql_literal(path.native()));
}

std::string parquet_copy(const Layout& layout, const Selection& selection, const ExportQuery& query,
                         const std::filesystem::path& path) {
  const auto used = std::ranges::find_if(
      kTypes, [&](ValueType type) { return !selection.by_type[index_of(type)].empty(); });
  return std::format(
      "COPY (SELECT s.thing, s.property, nullif(s.unit, '') AS unit, make_timestamp(r.time) AS "
      "time, r.value, "
      "millrace_quality(r.quality) AS quality, r.quality AS quality_bits, r.commit FROM {} r "
      "JOIN series s ON s.id = r.series ORDER BY r.series, r.time, r.commit, r.place, r.row) TO {} "
      "(FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd)",
      rows_of(layout, *used, selection, query), sql_literal(path.native()));
}

base::Result<void> check(const ExportQuery& query, ExportFormat format,
                         const Selection& selection) {
  MILLRACE_TRY(selection.checked);
  const auto types = std::ranges::count_if(selection.by_type,
                                           [](const auto& series) { return !series.empty(); });
  if (types == 0 || query.start >= query.end) {
    return base::fail(ErrorCode::kInvalid, "an export needs a series and start < end");
  }
  if (format == ExportFormat::kParquet && types > 1) {
    return base::fail(ErrorCode::kInvalid, "a Parquet file holds series of one physical type",
                      "Export each type into a file of its own, or use CSV.");
  }
  return {};
}

}  // namespace

base::Result<std::uint64_t> export_samples(OpenStore& store, const ExportQuery& query,
                                           ExportFormat format, const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::exists(path, error)) {
    return base::fail(ErrorCode::kConflict, path.native() + " is already there",
                      "Name a new file.");
  }
  Selection selection;
  MILLRACE_LET(const auto snapshot,
               Snapshot::take(store, [&] { selection = select(store, query); }));
  MILLRACE_TRY(check(query, format, selection));
  const std::filesystem::path part = path.native() + ".part";
  const std::string sql = format == ExportFormat::kCsv
                              ? csv_copy(snapshot.layout(), selection, query, part)
                              : parquet_copy(snapshot.layout(), selection, query, part);
  auto rows = snapshot.connection().run(sql);
  if (rows) std::filesystem::rename(part, path, error);
  if (rows && !error) return rows;
  std::error_code ignored;
  std::filesystem::remove(part, ignored);
  if (!rows) return rows;
  return std::unexpected(base::system_error(error.value(), "rename to", path.native()));
}

}  // namespace millrace::store::duckdb
