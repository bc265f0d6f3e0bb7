#include "store/duckdb/exporting.h"

#include <algorithm>
#include <format>

#include "base/files.h"
#include "store/duckdb/bucketing.h"
#include "store/duckdb/corrected_copies.h"
#include "store/duckdb/sample_rows.h"

namespace millrace::store::duckdb {
namespace {

using base::ErrorCode;
using model::ValueType;

/// The series of an export by type, and of which types late rows may lack their mark.
struct Selection {
  std::array<std::vector<model::SeriesId>, kTypes.size()> by_type;
  std::array<bool, kTypes.size()> needs_marks{};
  std::vector<CorrectedSeries> corrected;
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
    auto overlay = store.corrections.overlay(id);
    if (overlay) selection.corrected.push_back({id, *type, std::move(overlay)});
  }
  for (const HotTable& table : store.layout->hot) {
    selection.needs_marks[index_of(table.type)] |= store.hot.at(table.number).late_rows > 0;
  }
  return selection;
}

/// All rows of one type in the range that nothing corrects, marked, with their place in the order
/// of equal ones.
std::string stored_rows_of(const Layout& layout, ValueType type, const Selection& selection,
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
  for (const PartitionTable& one : layout.rows_of(type, range)) add(part_name(type, one.number));
  for (const HotTable& one : layout.hot_of(type)) add(hot_name(type, one.number));
  const bool has_copies = has_corrected(selection.corrected, type);
  if (has_copies) sql = without_corrected(sql);
  if (!selection.needs_marks[index_of(type)]) return sql;
  return std::format(
      "SELECT series, time, value, CASE WHEN row_number() OVER (PARTITION BY series, time "
      "ORDER BY commit, place, row) > 1 THEN millrace_duplicate(quality) ELSE quality END AS "
      "quality, commit, place, row FROM ({})",
      sql);
}

/// All rows of one type as they are seen, with what corrects them.
std::string rows_of(const Layout& layout, ValueType type, const Selection& selection,
                    const ExportQuery& query) {
  std::string sql = std::format(
      "SELECT *, NULL::BIGINT AS correction, value AS original_value, quality AS "
      "original_quality_code FROM ({})",
      stored_rows_of(layout, type, selection, query));
  if (has_corrected(selection.corrected, type)) {
    sql += " UNION ALL SELECT * FROM " + copies_name(type);
  }
  return "(" + sql + ")";
}

std::vector<ValueType> types_of(const Selection& selection) {
  std::vector<ValueType> used;
  std::ranges::copy_if(kTypes, std::back_inserter(used),
                       [&](ValueType type) { return !selection.by_type[index_of(type)].empty(); });
  return used;
}

/// A value of the rows `r` as the columns of a file; NULL in those of the other types.
std::string value_columns(std::string_view column, ValueType type, ExportFormat format,
                          const std::vector<ValueType>& used) {
  if (format == ExportFormat::kCsv) {
    if (type == ValueType::kBytes) return std::format("to_base64(r.{0}) AS {0}", column);
    return std::format("r.{0}{1} AS {0}", column, type == ValueType::kText ? "" : "::VARCHAR");
  }
  if (used.size() == 1) return std::format("r.{0} AS {0}", column);
  std::string columns;
  for (const ValueType one : used) {
    columns +=
        std::format("{}{}{} AS {}_{}", columns.empty() ? "" : ", ", one == type ? "r." : "NULL",
                    one == type ? column : "", column, model::text(one));
  }
  return columns;
}

std::string value_names(std::string_view column, ExportFormat format,
                        const std::vector<ValueType>& used) {
  if (format == ExportFormat::kCsv || used.size() == 1) return std::string(column);
  std::string names;
  for (const ValueType one : used) {
    names += std::format("{}{}_{}", names.empty() ? "" : ", ", column, model::text(one));
  }
  return names;
}

/// The rows of one type as rows of the file, with what they are sorted by.
std::string file_rows(const Layout& layout, ValueType type, const Selection& selection,
                      const ExportQuery& query, ExportFormat format) {
  const auto used = types_of(selection);
  const char* time = format == ExportFormat::kCsv
                         ? "strftime(make_timestamp(r.time), '%Y-%m-%dT%H:%M:%S.%fZ')"
                         : "make_timestamp(r.time)";
  return std::format(
      "SELECT s.thing, s.property, r.series, {} AS time, {}, {}, nullif(s.unit, '') AS unit, "
      "r.quality AS quality_code, r.original_quality_code, r.correction, r.time AS k1, "
      "r.commit AS k2, r.place AS k3, r.row AS k4 FROM {} r JOIN series s ON s.id = r.series",
      time, value_columns("value", type, format, used),
      value_columns("original_value", type, format, used), rows_of(layout, type, selection, query));
}

/// The statement that writes the file: rows of all types under one order.
std::string copy_statement(const Snapshot& snapshot, const Selection& selection,
                           const ExportQuery& query, ExportFormat format,
                           const std::filesystem::path& path) {
  const Layout& layout = snapshot.layout();
  const bool is_csv = format == ExportFormat::kCsv;
  const auto used = types_of(selection);
  std::string all;
  for (const ValueType type : used) {
    all += all.empty() ? "" : " UNION ALL BY NAME ";
    all += file_rows(layout, type, selection, query, format);
  }
  const std::string originals = query.with_originals
                                    ? std::format(", correction, {}, original_quality_code",
                                                  value_names("original_value", format, used))
                                    : "";
  return std::format(
      "COPY (SELECT thing, property, series, time, {}, unit, millrace_severity(quality_code) AS "
      "quality, quality_code, {} AS reasons{} FROM ({}) ORDER BY series, "
      "k1, k2, k3, k4 LIMIT {}) TO {} ({})",
      value_names("value", format, used),
      is_csv ? "nullif(millrace_reasons(quality_code), '')" : "millrace_reasons(quality_code)",
      originals, all, kExportRowsMax + 1, sql_literal(path.native()),
      is_csv ? "FORMAT csv, HEADER true"
             : std::format("FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd, KV_METADATA "
                           "{{millrace_commit: '{}'}}",
                           number(snapshot.commit())));
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

base::Result<ExportResult> export_samples(OpenStore& store, const ExportQuery& query,
                                          ExportFormat format, const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::exists(path, error)) {
    return base::fail(ErrorCode::kConflict, path.native() + " is already there",
                      "Name a new file.");
  }
  Selection selection;
  MILLRACE_LET(
      const auto snapshot,
      Snapshot::take(store, [&] { selection = select(store, query); }, query.deadline, query.stop));
  MILLRACE_TRY(check(query, selection));
  MILLRACE_TRY(copy_corrected(snapshot, selection.corrected, {query.start, query.end}));
  const std::filesystem::path part = path.native() + ".part";
  const auto rows = write_part(snapshot, copy_statement(snapshot, selection, query, format, part));
  if (rows) std::filesystem::rename(part, path, error);
  if (rows && !error) return ExportResult{*rows, snapshot.commit()};
  std::error_code ignored;
  std::filesystem::remove(part, ignored);
  if (!rows) return std::unexpected(rows.error());
  return std::unexpected(base::system_error(error.value(), "rename to", path.native()));
}

}  // namespace millrace::store::duckdb
