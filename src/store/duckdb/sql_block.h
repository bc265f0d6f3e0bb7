#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "store/duckdb/engine.h"
#include "store/duckdb/sql_wire.h"

namespace millrace::store::duckdb {

/// Types of the columns that a statement may read. The numbers go over the wire.
enum class SqlType : std::uint8_t {
  kF64 = 0,
  kI64 = 1,
  kU64 = 2,
  kBool = 3,
  kText = 4,
  kBytes = 5,
  kTimestamp = 6,  // i64: µs since the epoch, UTC
  kI32 = 7,
  kU32 = 8,
};
inline constexpr std::array<std::string_view, 9> kSqlTypeNames = {
    "f64", "i64", "u64", "bool", "text", "bytes", "timestamp", "i64", "u64"};
inline constexpr std::array<std::size_t, 9> kSqlTypeBytes = {8, 8, 8, 1, 0, 0, 8, 4, 4};

constexpr bool is_text(SqlType type) { return type == SqlType::kText || type == SqlType::kBytes; }
constexpr std::size_t width_of(SqlType type) {
  return kSqlTypeBytes.at(static_cast<std::size_t>(type));
}

/// Rows on their way to a statement, column after column. On the wire a column is its form (u8); if
/// it is mixed a byte for each row (1: there is a value); and unless it is all NULL the values (0
/// where there is none), a text's as u32 lengths and then the bytes.
class SqlBlock {
 public:
  explicit SqlBlock(std::vector<SqlType> types);

  template <class T>
  void put(std::size_t column, T value) {
    Column& one = begin_value(column);
    one.present += '\1';
    one.values.append(reinterpret_cast<char*>(&value), sizeof value);
  }
  void put_text(std::size_t column, std::string_view text);
  void put_null(std::size_t column);
  /// `rows` of a fetched chunk, whose column has this one's width.
  void put_column(std::size_t column, const Rows& chunk, std::size_t from,
                  const std::vector<std::uint32_t>& rows);
  /// After each row, or all rows of a column by column filling.
  void end_rows(std::size_t count) { rows_ += count; }

  SqlType type(std::size_t column) const { return types_[column]; }
  std::size_t columns() const { return types_.size(); }
  std::size_t rows() const { return rows_; }
  std::size_t bytes() const;
  /// Appends it to a message and is empty afterwards.
  void write(WireWriter& message);

 private:
  struct Column {
    std::string present, values, lengths;  // empty while all rows are NULL
    std::size_t nulls = 0;                 // of those rows
    bool has_value = false;
  };
  Column& begin_value(std::size_t column) {
    Column& one = columns_[column];
    if (!one.has_value) spell_nulls(column);
    return one;
  }
  void spell_nulls(std::size_t column);

  std::vector<SqlType> types_;
  std::vector<Column> columns_;
  std::size_t rows_ = 0;
};

/// The other end: gives the rows of a block to the engine, at most a vector at a time.
class SqlBlockReader {
 public:
  enum class Form : std::uint8_t { kNull = 0, kPresent = 1, kMixed = 2 };

  /// Errors: malformed.
  static base::Result<SqlBlockReader> open(std::string body, const std::vector<SqlType>& types);

  /// Moves up to `rows_max` rows to the columns of a chunk at these places; gives how many.
  std::size_t read(duckdb_data_chunk chunk, const std::vector<std::size_t>& places,
                   std::size_t rows_max);
  std::size_t rows() const { return rows_; }

 private:
  struct Column {
    SqlType type{};
    Form form{};
    std::size_t present = 0, values = 0, lengths = 0;  // places in body_
    std::size_t text = 0;                              // of the next row
  };
  void read_column(Column& column, duckdb_vector vector, std::size_t rows);

  std::string body_;
  std::vector<Column> columns_;
  std::size_t rows_ = 0;
  std::size_t next_ = 0;
};

}  // namespace millrace::store::duckdb
