#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "model/value.h"
#include "store/duckdb/engine.h"

namespace millrace::store::duckdb {

/// The format this program writes and reads; the grammar stands in tables.cpp.
inline constexpr std::int32_t kFormat = 3;

inline constexpr std::array kTypes = {model::ValueType::kF64,  model::ValueType::kI64,
                                      model::ValueType::kU64,  model::ValueType::kBool,
                                      model::ValueType::kText, model::ValueType::kBytes};

constexpr std::size_t index_of(model::ValueType type) { return static_cast<std::size_t>(type) - 1; }
/// Whether samples of the type have averages and roll-ups: numbers and flags.
constexpr bool has_rollups(model::ValueType type) {
  return type != model::ValueType::kText && type != model::ValueType::kBytes;
}

/// Number of a sample table, unique in the store and never reused.
enum class TableNumber : std::int64_t {};
constexpr std::int64_t number(TableNumber table) { return static_cast<std::int64_t>(table); }

/// "hot_f64_7", "part_f64_9", "minute_f64_9", "hour_f64_9".
std::string hot_name(model::ValueType type, TableNumber table);
std::string part_name(model::ValueType type, TableNumber table);
std::string minute_name(model::ValueType type, TableNumber table);
std::string hour_name(model::ValueType type, TableNumber table);
std::string last_name(model::ValueType type);
/// "DOUBLE", "BIGINT", …
std::string_view sql_type(model::ValueType type);

/// CREATE TABLE statements for a sample table and a roll-up table.
std::string make_sample_table(const std::string& name, model::ValueType type);
std::string make_rollup_table(const std::string& name);

/// Makes all tables of an empty store, with one hot table for each type. One transaction.
base::Result<void> make_tables(Connection& connection, std::string_view store_id, base::Time now);

/// The table `corrections`, which format 1 did not have.
extern const std::string_view kCorrectionsTable;

/// What the one row of `store` says.
struct StoreRow {
  std::int32_t format = 0;
  std::int64_t commit = 0;
  std::int64_t layout = 0;
  std::int64_t next_table = 0;
};
/// Errors: unsupported (another format), corrupt.
base::Result<StoreRow> read_store_row(Connection& connection);

}  // namespace millrace::store::duckdb
