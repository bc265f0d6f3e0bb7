#pragma once

#include "store/duckdb/engine.h"
#include "store/duckdb/sql_wire.h"
#include "store/sql_query.h"

namespace millrace::store::duckdb {

/// How a cell goes over the wire: its tag, then f64, i64, u64, u8, text, text, i64 (µs), text.
enum class CellTag : std::uint8_t {
  kNull = 0,
  kF64 = 1,
  kI64 = 2,
  kU64 = 3,
  kBool = 4,
  kText = 5,
  kBytes = 6,
  kTime = 7,
  kJson = 8,
};

/// The name of a type in an answer: of ours where it is one, else the engine's.
std::string sql_type_name(duckdb_logical_type type);

/// Writes one value of a fetched vector. Whole numbers beyond 64 bits and everything that JSON has
/// no form for become text; decimals, lists, structs and maps become JSON.
void write_cell(WireWriter& out, duckdb_vector vector, duckdb_logical_type type, std::size_t row);

/// And reads it at the other end; NULL for a tag that is none.
SqlCell read_cell(WireReader& in);

}  // namespace millrace::store::duckdb
