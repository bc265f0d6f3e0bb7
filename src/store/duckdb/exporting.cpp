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

std::vector<ValueType> types_of(const Selection& selection) {
  std::vector<ValueType> used;
  std::ranges::copy_if(kTypes, std::back_inserter(used),
                       [&](ValueType type) { return !selection.by_type[index_of(type)].empty(); });
  return used;
}

std::string csv_value(ValueType type) {
  if (type == ValueType::kBytes) return "to_base64(r.value) AS value";
  return type == ValueType::kText ? "r.value AS value" : "r.value::VARCHAR AS value";
}

/// The value in the column of its type, NULL in those of the other types of the file.
std::string parquet_value(ValueType type, const std::vector<ValueType>& used) {
  if (used.size() == 1) return "r.value AS value";
  std::string columns;
  for (const ValueType one : used) {
    columns += std::format("{}{} AS value_{}", columns.empty() ? "" : ", ",
                           one == type ? "r.value" : "NULL", model::text(one));
  }
  return columns;
}

std::string value_names(ExportFormat format, const std::vector<ValueType>& used) {
  if (format == ExportFormat::kCsv || used.size() == 1) return "value";
  std::string names;
  for (const ValueType one : used) {
    names += std::format("{}value_{}", names.empty() ? "" : ", ", model::text(one));
  }
  return names;
}

/// The statement that writes the file: rows of all types under one order.
std::string copy_statement(const Layout& layout, const Selection& selection,
                           const ExportQuery& query, ExportFormat format,
                           const std::filesystem::path& path) {
  const bool is_csv = format == ExportFormat::kCsv;
  const auto used = types_of(selection);
  const char* time = is_csv ? "strftime(make_timestamp(r.time), '%Y-%m-%dT%H:%M:%S.%fZ')"
                            : "make_timestamp(r.time)";
  std::string all;
  for (const ValueType type : used) {
    all += std::format(
        "{}SELECT s.thing, s.property, r.series, {} AS time, {}, nullif(s.unit, '') AS unit, "
        "r.quality AS quality_code, r.time AS k1, r.commit AS k2, r.place AS k3, r.row AS k4 "
        "FROM {} r JOIN series s ON s.id = r.series",
        all.empty() ? "" : " UNION ALL BY NAME ", time,
        is_csv ? csv_value(type) : parquet_value(type, used),
        rows_of(layout, type, selection, query));
  }
  return std::format(
      "COPY (SELECT thing, property, series, time, {}, unit, millrace_severity(quality_code) AS "
      "quality, quality_code, {} AS reasons FROM ({}) ORDER BY series, "
      "k1, k2, k3, k4 LIMIT {}) TO {} ({})",
      value_names(format, used),
      is_csv ? "nullif(millrace_reasons(quality_code), '')" : "millrace_reasons(quality_code)", all,
      kExportRowsMax + 1, sql_literal(path.native()),
      is_csv ? "FORMAT csv, HEADER true" : "FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd");
}

base::Result<void> check(const ExportQuery& query, const Selection& selection) {
  MILLRACE_TRY(selection.checked);
  if (!types_of(selection).empty() && query.start < query.end) return {};
  return base::fail(ErrorCode::kInvalid, "an export needs a series and start < end");
}

/// Runs the statement, which writes `part`; gives the rows.
base::Result<std::uint64_t> write_part(const Snapshot& snapshot, const std::string& sql) {
  MILLRACE_LET(const std::uint64_t rows, snapshot.connection().run(sql));
  if (rows <= kExportRowsMax) return rows;
  return base::fail(ErrorCode::kTooLarge,
                    std::format("more than {} samples are chosen", kExportRowsMax),
                    "Export a shorter range or fewer series at a time.");
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
               Snapshot::take(store, [&] { selection = select(store, query); }, query.deadline));
  MILLRACE_TRY(check(query, selection));
  const std::filesystem::path part = path.native() + ".part";
  const auto rows =
      write_part(snapshot, copy_statement(snapshot.layout(), selection, query, format, part));
  if (rows) std::filesystem::rename(part, path, error);
  if (rows && !error) return rows;
  std::error_code ignored;
  std::filesystem::remove(part, ignored);
  if (!rows) return rows;
  return std::unexpected(base::system_error(error.value(), "rename to", path.native()));
}

}  // namespace millrace::store::duckdb
