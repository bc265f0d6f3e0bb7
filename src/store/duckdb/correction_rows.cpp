#include "store/duckdb/correction_rows.h"

#include "store/duckdb/sample_rows.h"
#include "store/duckdb/tables.h"
#include "store/duckdb/utf8.h"

namespace millrace::store::duckdb {
namespace {

constexpr std::size_t kFirstValue = 7;  // column of f64
constexpr std::size_t kBehindValues = kFirstValue + kTypes.size();

std::string as_text(const Rows& rows, std::size_t column, std::size_t row) {
  return std::string(rows.text(column, row));
}

base::Result<Correction> correction_at(const Rows& rows, std::size_t row) {
  const auto action = parse_correction_action(rows.text(4, row));
  const auto method = parse_fill_method(rows.text(5, row));
  const auto id = rows.column<std::int64_t>(0)[row];
  if (!action || !method) {
    return base::fail(base::ErrorCode::kCorrupt, std::format("correction {} has no sense", id),
                      "Restore the store from a backup.");
  }
  Correction one{.id = id,
                 .series = series_at(rows, 1, row),
                 .range = {time_at(rows, 2, row), time_at(rows, 3, row)},
                 .action = *action,
                 .value = {},
                 .method = *method,
                 .value_to = {},
                 .interval = base::Duration(rows.column<std::int64_t>(6)[row]),
                 .by = as_text(rows, kBehindValues + 1, row),
                 .role = as_text(rows, kBehindValues + 2, row),
                 .why = as_text(rows, kBehindValues + 3, row),
                 .time = time_at(rows, kBehindValues + 4, row),
                 .commit = model::CommitId(rows.column<std::int64_t>(kBehindValues + 5)[row])};
  for (const model::ValueType type : kTypes) {
    const std::size_t column = kFirstValue + index_of(type);
    if (!rows.is_null(column, row)) one.value = value_at(rows, column, row, type);
  }
  if (!rows.is_null(kBehindValues, row)) one.value_to = rows.column<double>(kBehindValues)[row];
  return one;
}

}  // namespace

base::Result<std::vector<Correction>> read_corrections(Connection& connection) {
  MILLRACE_LET(auto rows,
               connection.query("SELECT id, series, time_from, time_to, action, method, interval, "
                                "f64, i64, u64, bool, text, bytes, value_to, made_by, made_role, "
                                "why, time, commit FROM corrections ORDER BY id"));
  std::vector<Correction> all;
  base::Result<void> parsed;
  MILLRACE_TRY(for_each_row(rows, [&](std::size_t row) {
    auto one = correction_at(rows, row);
    if (!one) parsed = std::unexpected(one.error());
    if (one) all.push_back(std::move(*one));
  }));
  MILLRACE_TRY(parsed);
  return all;
}

base::Result<void> write_corrections(Connection& connection,
                                     const std::vector<Correction>& corrections) {
  if (corrections.empty()) return {};
  MILLRACE_LET(auto appender, Appender::open(connection, "corrections"));
  for (const Correction& one : corrections) {
    appender.i64(one.id).i32(number(one.series));
    appender.i64(micros(one.range.from)).i64(micros(one.range.to));
    appender.text(text(one.action)).text(text(one.method)).i64(one.interval.count());
    for (const model::ValueType type : kTypes) {
      append_value(appender, model::type_of(one.value) == type ? one.value : model::Value());
    }
    one.value_to ? appender.f64(*one.value_to) : appender.null();
    appender.text(lossy_utf8(one.by)).text(lossy_utf8(one.role)).text(lossy_utf8(one.why));
    appender.i64(micros(one.time)).i64(number(one.commit)).end_row();
  }
  return appender.close();
}

}  // namespace millrace::store::duckdb
