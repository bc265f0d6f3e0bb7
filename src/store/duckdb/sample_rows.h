#pragma once

#include "model/sample.h"
#include "store/duckdb/engine.h"
#include "store/rollup.h"

namespace millrace::store::duckdb {

/// The value in a column of a fetched chunk; monostate for NULL.
model::Value value_at(const Rows& rows, std::size_t column, std::size_t row, model::ValueType type);

/// The same as a number; for numeric types.
Reading reading_at(const Rows& rows, std::size_t column, std::size_t row, model::ValueType type,
                   model::Quality quality);

/// One value of a row; NULL for monostate.
void append_value(Appender& appender, const model::Value& value);

inline base::Time time_at(const Rows& rows, std::size_t column, std::size_t row) {
  return base::Time(base::Duration(rows.column<std::int64_t>(column)[row]));
}
inline model::SeriesId series_at(const Rows& rows, std::size_t column, std::size_t row) {
  return model::SeriesId(rows.column<std::int32_t>(column)[row]);
}
inline model::Quality quality_at(const Rows& rows, std::size_t column, std::size_t row) {
  return model::Quality::from_bits(rows.column<std::uint32_t>(column)[row]);
}
inline std::int64_t micros(base::Time time) { return time.time_since_epoch().count(); }

/// Calls `each(row)` for every row of every chunk; its Result ends the reading when it fails.
template <class Each>
base::Result<void> for_each_row(Rows& rows, Each each) {
  while (true) {
    MILLRACE_LET(const bool has_more, rows.next());
    if (!has_more) return {};
    for (std::size_t row = 0; row < rows.size(); ++row) each(row);
  }
}

}  // namespace millrace::store::duckdb
