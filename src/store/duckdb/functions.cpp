#include "store/duckdb/functions.h"

#include "model/quality.h"

namespace millrace::store::duckdb {
namespace {

std::string quality_text(model::Quality quality) {
  std::string text(model::text(quality.severity()));
  std::string_view separator = ": ";
  for (const model::Reason reason : quality.reasons()) {
    text += separator;
    text += model::text(reason);
    separator = ", ";
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

void write_texts(duckdb_function_info, duckdb_data_chunk input, duckdb_vector output) {
  for_each_quality(input, [&](model::Quality quality, idx_t row) {
    const std::string text = quality_text(quality);
    duckdb_vector_assign_string_element_len(output, row, text.data(), text.size());
  });
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
  return add(connection, "millrace_quality", DUCKDB_TYPE_VARCHAR, write_texts);
}

}  // namespace millrace::store::duckdb
