#include "store/duckdb/corrected_copies.h"

#include <algorithm>
#include <format>

#include "store/duckdb/raw_reading.h"
#include "store/duckdb/sample_rows.h"

namespace millrace::store::duckdb {
namespace {

constexpr std::size_t kRowsAtOnce = 50'000;

std::string make_copies_table(model::ValueType type) {
  return std::format(
      "CREATE TEMP TABLE {}(series INTEGER, time BIGINT, value {}, quality UINTEGER, "
      "commit BIGINT, place INTEGER, row BIGINT, correction BIGINT, original_value {}, "
      "original_quality_code UINTEGER)",
      copies_name(type), sql_type(type), sql_type(type));
}

/// `place` and `row` keep the order in which the rows are seen.
void append_row(Appender& appender, model::SeriesId series, const SeenRow& row, std::int64_t at) {
  appender.i32(number(series)).i64(micros(row.sample.time));
  append_value(appender, row.sample.value);
  appender.u32(row.sample.quality.bits()).i64(0).i32(0).i64(at);
  row.correction != 0 ? appender.i64(row.correction) : appender.null();
  append_value(appender, row.stored ? row.stored->value : model::Value());
  row.stored ? appender.u32(row.stored->quality.bits()) : appender.null();
  appender.end_row();
}

base::Result<void> copy_range(const Snapshot& snapshot, const CorrectedSeries& one,
                              const TimeRange& range, std::optional<model::CommitId> as_of) {
  RawQuery query{.series = one.series,
                 .start = range.from,
                 .end = range.to,
                 .limit = kRowsAtOnce,
                 .as_of = as_of};
  std::int64_t count = 0;
  while (true) {
    MILLRACE_LET(const SeenPage page, read_page(snapshot, one.type, one.overlay.get(), query));
    MILLRACE_LET(auto appender, Appender::open(snapshot.connection(), copies_name(one.type)));
    for (const SeenRow& row : page.rows) append_row(appender, one.series, row, count++);
    MILLRACE_TRY(appender.close());
    if (!page.next) break;
    query.after = page.next;
  }
  MILLRACE_TRY(snapshot.connection().run(
      std::format("INSERT INTO temp.copied_ranges VALUES ({}, {}, {})", number(one.series),
                  micros(range.from), micros(range.to))));
  return {};
}

}  // namespace

base::Result<void> copy_corrected(const Snapshot& snapshot,
                                  const std::vector<CorrectedSeries>& corrected,
                                  const TimeRange& range, std::optional<model::CommitId> as_of) {
  if (corrected.empty()) return {};
  std::string sql =
      "CREATE TEMP TABLE copied_ranges(series INTEGER, time_from BIGINT, time_to BIGINT);";
  for (const model::ValueType type : kTypes) {
    if (has_corrected(corrected, type)) sql += make_copies_table(type) + ";";
  }
  MILLRACE_TRY(snapshot.connection().run(sql));
  for (const CorrectedSeries& one : corrected) {
    for (const TimeRange& touched : one.overlay->touched().ranges()) {
      const TimeRange wanted = intersection(touched, range);
      if (!wanted.is_empty()) MILLRACE_TRY(copy_range(snapshot, one, wanted, as_of));
    }
  }
  return {};
}

bool has_corrected(const std::vector<CorrectedSeries>& corrected, model::ValueType type) {
  return std::ranges::contains(corrected, type, &CorrectedSeries::type);
}

std::string copies_name(model::ValueType type) { return std::format("seen_{}", model::text(type)); }

std::string without_corrected(const std::string& select) {
  return std::format(
      "SELECT * FROM ({}) every WHERE NOT EXISTS (SELECT 1 FROM temp.copied_ranges copied WHERE "
      "copied.series = every.series AND every.time >= copied.time_from AND "
      "every.time < copied.time_to)",
      select);
}

}  // namespace millrace::store::duckdb
