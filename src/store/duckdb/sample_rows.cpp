#include "store/duckdb/sample_rows.h"

namespace millrace::store::duckdb {

model::Value value_at(const Rows& rows, std::size_t column, std::size_t row,
                      model::ValueType type) {
  if (rows.is_null(column, row)) return {};
  switch (type) {
    case model::ValueType::kF64:
      return rows.column<double>(column)[row];
    case model::ValueType::kI64:
      return rows.column<std::int64_t>(column)[row];
    case model::ValueType::kU64:
      return rows.column<std::uint64_t>(column)[row];
    case model::ValueType::kBool:
      return rows.column<bool>(column)[row];
    case model::ValueType::kText:
      return std::string(rows.text(column, row));
    case model::ValueType::kBytes:
      return model::Bytes{std::string(rows.text(column, row))};
  }
  return {};
}

void append_value(Appender& appender, const model::Value& value) {
  if (const auto* f64 = std::get_if<double>(&value)) {
    appender.f64(*f64);
  } else if (const auto* i64 = std::get_if<std::int64_t>(&value)) {
    appender.i64(*i64);
  } else if (const auto* u64 = std::get_if<std::uint64_t>(&value)) {
    appender.u64(*u64);
  } else if (const auto* boolean = std::get_if<bool>(&value)) {
    appender.boolean(*boolean);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    appender.text(*text);
  } else if (const auto* bytes = std::get_if<model::Bytes>(&value)) {
    appender.bytes(bytes->data);
  } else {
    appender.null();
  }
}

Reading reading_at(const Rows& rows, std::size_t column, std::size_t row, model::ValueType type,
                   model::Quality quality) {
  if (rows.is_null(column, row)) return reading(0, false, quality);  // its place holds anything
  switch (type) {
    case model::ValueType::kF64:
      return reading(rows.column<double>(column)[row], true, quality);
    case model::ValueType::kI64:
      return reading(static_cast<double>(rows.column<std::int64_t>(column)[row]), true, quality);
    case model::ValueType::kU64:
      return reading(static_cast<double>(rows.column<std::uint64_t>(column)[row]), true, quality);
    case model::ValueType::kBool:
      return reading(rows.column<bool>(column)[row] ? 1 : 0, true, quality);
    default:
      return reading(0, false, quality);
  }
}

}  // namespace millrace::store::duckdb
