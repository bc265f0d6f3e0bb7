#include "store/duckdb/sql_block.h"

#include <algorithm>

namespace millrace::store::duckdb {

SqlBlock::SqlBlock(std::vector<SqlType> types)
    : types_(std::move(types)), columns_(types_.size()) {}

/// The rows without a value before the first one that has one.
void SqlBlock::spell_nulls(std::size_t column) {
  Column& one = columns_[column];
  one.has_value = true;
  one.present.append(one.nulls, '\0');
  if (is_text(types_[column])) {
    one.lengths.append(one.nulls * sizeof(std::uint32_t), '\0');
  } else {
    one.values.append(one.nulls * width_of(types_[column]), '\0');
  }
}

void SqlBlock::put_text(std::size_t column, std::string_view text) {
  Column& one = begin_value(column);
  const auto length = static_cast<std::uint32_t>(text.size());
  one.present += '\1';
  one.lengths.append(reinterpret_cast<const char*>(&length), sizeof length);
  one.values += text;
}

void SqlBlock::put_null(std::size_t column) {
  Column& one = columns_[column];
  if (!one.has_value) {
    ++one.nulls;
    return;
  }
  one.present += '\0';
  if (is_text(types_[column])) {
    one.lengths.append(sizeof(std::uint32_t), '\0');
  } else {
    one.values.append(width_of(types_[column]), '\0');
  }
}

void SqlBlock::put_column(std::size_t column, const Rows& chunk, std::size_t from,
                          const std::vector<std::uint32_t>& rows) {
  const SqlType type = types_[column];
  const std::size_t width = width_of(type);
  const char* values = is_text(type) ? nullptr : chunk.column<char>(from);
  std::uint64_t* validity = duckdb_vector_get_validity(chunk.vector(from));
  if (!validity && values && rows.size() == chunk.size()) {
    Column& one = begin_value(column);
    one.present.append(rows.size(), '\1');
    one.values.append(values, rows.size() * width);
    return;
  }
  for (const std::uint32_t row : rows) {
    if (validity && !duckdb_validity_row_is_valid(validity, row)) {
      put_null(column);
    } else if (is_text(type)) {
      put_text(column, chunk.text(from, row));
    } else {
      Column& one = begin_value(column);
      one.present += '\1';
      one.values.append(values + row * width, width);
    }
  }
}

std::size_t SqlBlock::bytes() const {
  std::size_t all = 0;
  for (const Column& one : columns_) {
    all += one.present.size() + one.values.size() + one.lengths.size();
  }
  return all;
}

void SqlBlock::write(WireWriter& message) {
  message.put(static_cast<std::uint32_t>(rows_));
  for (Column& one : columns_) {
    using enum SqlBlockReader::Form;
    const bool is_mixed = one.has_value && one.present.contains('\0');
    message.put(!one.has_value ? kNull : is_mixed ? kMixed : kPresent);
    if (is_mixed) message.raw(one.present);
    message.raw(one.lengths).raw(one.values);
    one.present.clear();
    one.lengths.clear();
    one.values.clear();
    one.nulls = 0;
    one.has_value = false;
  }
  rows_ = 0;
}

base::Result<SqlBlockReader> SqlBlockReader::open(std::string body,
                                                  const std::vector<SqlType>& types) {
  SqlBlockReader block;
  block.body_ = std::move(body);
  WireReader from(block.body_);
  const auto place = [&](std::string_view part) {
    return part.empty() ? 0 : static_cast<std::size_t>(part.data() - block.body_.data());
  };
  from.get<std::uint32_t>();  // the scan
  block.rows_ = from.get<std::uint32_t>();
  for (const SqlType type : types) {
    Column column{.type = type, .form = from.get<Form>()};
    if (column.form == Form::kMixed) column.present = place(from.raw(block.rows_));
    if (column.form != Form::kNull && is_text(type)) {
      const std::string_view lengths = from.raw(block.rows_ * sizeof(std::uint32_t));
      column.lengths = place(lengths);
      std::size_t bytes = 0;
      WireReader each(lengths);
      while (!each.is_at_end()) bytes += each.get<std::uint32_t>();
      column.text = place(from.raw(bytes));
    } else if (column.form != Form::kNull) {
      column.values = place(from.raw(block.rows_ * width_of(type)));
    }
    block.columns_.push_back(column);
  }
  if (!from.is_broken() && from.is_at_end()) return block;
  return base::fail(base::ErrorCode::kMalformed, "rows for a statement are cut");
}

void SqlBlockReader::read_column(Column& column, duckdb_vector vector, std::size_t rows) {
  const char* present =
      column.form == Form::kMixed ? body_.data() + column.present + next_ : nullptr;
  if (column.form != Form::kPresent) {
    duckdb_vector_ensure_validity_writable(vector);
    std::uint64_t* validity = duckdb_vector_get_validity(vector);
    for (std::size_t row = 0; row < rows; ++row) {
      duckdb_validity_set_row_validity(validity, row, present && present[row] != 0);
    }
  }
  if (column.form == Form::kNull) return;
  if (!is_text(column.type)) {
    const std::size_t width = width_of(column.type);
    std::memcpy(duckdb_vector_get_data(vector), body_.data() + column.values + next_ * width,
                rows * width);
    return;
  }
  WireReader lengths(
      std::string_view(body_).substr(column.lengths + next_ * sizeof(std::uint32_t)));
  for (std::size_t row = 0; row < rows; ++row) {
    const auto length = lengths.get<std::uint32_t>();
    if (!present || present[row] != 0) {
      duckdb_vector_assign_string_element_len(vector, row, body_.data() + column.text, length);
    }
    column.text += length;
  }
}

std::size_t SqlBlockReader::read(duckdb_data_chunk chunk, const std::vector<std::size_t>& places,
                                 std::size_t rows_max) {
  const std::size_t rows = std::min(rows_max, rows_ - next_);
  for (std::size_t i = 0; i < columns_.size() && rows > 0; ++i) {
    read_column(columns_[i], duckdb_data_chunk_get_vector(chunk, places[i]), rows);
  }
  next_ += rows;
  return rows;
}

}  // namespace millrace::store::duckdb
