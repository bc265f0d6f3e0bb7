#include "store/duckdb/functions.h"

#include "model/quality.h"

namespace millrace::store::duckdb {
namespace {

std::string reasons_text(model::Quality quality) {
  std::string text;
  for (const model::Reason reason : quality.reasons()) {
    if (!text.empty()) text += ';';
    text += model::text(reason);
  }
  return text;
}

/// Calls `each(quality, row)` for the rows of a chunk with one UINTEGER column.
template <class Each>
void for_each_quality(duckdb_data_chunk input, Each each) {
  const auto* bits =
      static_cast<std::uint32_t*>(duckdb_vector_get_data(duckdb_data_chunk_get_vector(input, 0)));
  const idx_t rows = duckdb_data_chunk_get_size(input);
  for (idx_t row = 0; row < rows; ++row) each(model::Quality::from_bits(bits[row]), row);
}

void mark_duplicates(duckdb_function_info, duckdb_data_chunk input, duckdb_vector output) {
  auto* marked = static_cast<std::uint32_t*>(duckdb_vector_get_data(output));
  for_each_quality(input, [&](model::Quality quality, idx_t row) {
    marked[row] = quality.marked(model::Reason::kDuplicate).bits();
  });
}

/// Fills a VARCHAR column with what `text_of` says of each quality.
template <class TextOf>
void write_texts(duckdb_data_chunk input, duckdb_vector output, TextOf text_of) {
  for_each_quality(input, [&](model::Quality quality, idx_t row) {
    const auto text = text_of(quality);
    duckdb_vector_assign_string_element_len(output, row, text.data(), text.size());
  });
}

void write_severities(duckdb_function_info, duckdb_data_chunk input, duckdb_vector output) {
  write_texts(input, output,
              [](model::Quality quality) { return model::text(quality.severity()); });
}

void write_reasons(duckdb_function_info, duckdb_data_chunk input, duckdb_vector output) {
  write_texts(input, output, reasons_text);
}

base::Result<void> add(Connection& connection, const char* name, duckdb_type result,
                       duckdb_scalar_function_t call) {
  duckdb_scalar_function function = duckdb_create_scalar_function();
  duckdb_logical_type taken = duckdb_create_logical_type(DUCKDB_TYPE_UINTEGER);
  duckdb_logical_type given = duckdb_create_logical_type(result);
  duckdb_scalar_function_set_name(function, name);
  duckdb_scalar_function_add_parameter(function, taken);
  duckdb_scalar_function_set_return_type(function, given);
  duckdb_scalar_function_set_function(function, call);
  const duckdb_state state = duckdb_register_scalar_function(connection.handle(), function);
  duckdb_destroy_logical_type(&taken);
  duckdb_destroy_logical_type(&given);
  duckdb_destroy_scalar_function(&function);
  if (state == DuckDBSuccess) return {};
  return base::fail(base::ErrorCode::kInternal,
                    std::string("DuckDB does not take the function ") + name);
}

}  // namespace

base::Result<void> register_functions(Connection& connection) {
  MILLRACE_TRY(add(connection, "millrace_duplicate", DUCKDB_TYPE_UINTEGER, mark_duplicates));
  MILLRACE_TRY(add(connection, "millrace_severity", DUCKDB_TYPE_VARCHAR, write_severities));
  return add(connection, "millrace_reasons", DUCKDB_TYPE_VARCHAR, write_reasons);
}

}  // namespace millrace::store::duckdb
