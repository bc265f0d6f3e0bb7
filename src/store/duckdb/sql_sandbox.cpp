#include "store/duckdb/sql_sandbox.h"

#include <algorithm>
#include <format>

#include "store/duckdb/functions.h"
#include "store/duckdb/sql_worker.h"

namespace millrace::store::duckdb {
namespace {

constexpr std::array<duckdb_type, 9> kEngineTypes = {
    DUCKDB_TYPE_DOUBLE,       DUCKDB_TYPE_BIGINT,  DUCKDB_TYPE_UBIGINT,
    DUCKDB_TYPE_BOOLEAN,      DUCKDB_TYPE_VARCHAR, DUCKDB_TYPE_BLOB,
    DUCKDB_TYPE_TIMESTAMP_TZ, DUCKDB_TYPE_INTEGER, DUCKDB_TYPE_UINTEGER};

/// What the engine holds of one use of a table.
struct ScanState {
  std::uint32_t scan = 0;
  std::vector<std::size_t> places;  // in the engine's chunk, of each column asked for
  std::unique_ptr<SqlBlockReader> block;
  bool has_ended = false;
};

SandboxTables& tables_of(void* extra) { return *static_cast<SandboxTables*>(extra); }

std::size_t table_of(void* bind_data) { return *static_cast<std::size_t*>(bind_data); }

template <class T>
void destroy(void* data) {
  delete static_cast<T*>(data);
}

void bind_scan(duckdb_bind_info info) {
  SandboxTables& tables = tables_of(duckdb_bind_get_extra_info(info));
  duckdb_value given = duckdb_bind_get_parameter(info, 0);
  const auto table = static_cast<std::size_t>(duckdb_get_int64(given));
  duckdb_destroy_value(&given);
  if (table >= tables.all().size()) return duckdb_bind_set_error(info, "there is no such table");
  for (const SandboxTable::Column& column : tables.table(table).columns) {
    duckdb_logical_type type =
        duckdb_create_logical_type(kEngineTypes.at(static_cast<std::size_t>(column.type)));
    duckdb_bind_add_result_column(info, column.name.c_str(), type);
    duckdb_destroy_logical_type(&type);
  }
  duckdb_bind_set_bind_data(info, new std::size_t(table), destroy<std::size_t>);
  duckdb_bind_set_cardinality(info, 1'000'000, false);
}

void begin_scan(duckdb_init_info info) {
  SandboxTables& tables = tables_of(duckdb_init_get_extra_info(info));
  const std::size_t table = table_of(duckdb_init_get_bind_data(info));
  auto state = std::make_unique<ScanState>();
  std::vector<std::uint32_t> columns;
  for (idx_t i = 0; i < duckdb_init_get_column_count(info); ++i) {
    const idx_t column = duckdb_init_get_column_index(info, i);
    if (column >= tables.table(table).columns.size()) continue;  // a row's number; nobody looks
    columns.push_back(static_cast<std::uint32_t>(column));
    state->places.push_back(i);
  }
  state->scan = tables.open(table, columns);
  duckdb_init_set_max_threads(info, 1);
  duckdb_init_set_init_data(info, state.release(), destroy<ScanState>);
}

void continue_scan(duckdb_function_info info, duckdb_data_chunk output) {
  SandboxTables& tables = tables_of(duckdb_function_get_extra_info(info));
  auto& state = *static_cast<ScanState*>(duckdb_function_get_init_data(info));
  duckdb_data_chunk_set_size(output, 0);
  while (!state.has_ended) {
    if (state.block) {
      const std::size_t rows = state.block->read(output, state.places, duckdb_vector_size());
      if (rows > 0) return duckdb_data_chunk_set_size(output, rows);
    }
    auto next = tables.next(state.scan);
    if (!next) return duckdb_function_set_error(info, next.error().what.c_str());
    state.block = std::move(*next);
    state.has_ended = !state.block;
  }
}

base::Result<void> register_scan(Connection& connection, SandboxTables& tables) {
  duckdb_table_function function = duckdb_create_table_function();
  duckdb_logical_type number = duckdb_create_logical_type(DUCKDB_TYPE_BIGINT);
  duckdb_table_function_set_name(function, "millrace_scan");
  duckdb_table_function_add_parameter(function, number);
  duckdb_table_function_set_extra_info(function, &tables, nullptr);
  duckdb_table_function_set_bind(function, bind_scan);
  duckdb_table_function_set_init(function, begin_scan);
  duckdb_table_function_set_function(function, continue_scan);
  duckdb_table_function_supports_projection_pushdown(function, true);
  const duckdb_state state = duckdb_register_table_function(connection.handle(), function);
  duckdb_destroy_logical_type(&number);
  duckdb_destroy_table_function(&function);
  if (state == DuckDBSuccess) return {};
  return base::fail(base::ErrorCode::kInternal, "DuckDB does not take the function millrace_scan");
}

}  // namespace

std::optional<std::size_t> SandboxTables::find(std::string_view name) const {
  const auto found = std::ranges::find(tables_, name, &SandboxTable::name);
  if (found == tables_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - tables_.begin());
}

std::uint32_t SandboxTables::open(std::size_t table, const std::vector<std::uint32_t>& columns) {
  const std::uint32_t id = next_scan_++;
  Scan& scan = scans_[id];
  for (const std::uint32_t one : columns) scan.types.push_back(tables_[table].columns[one].type);
  const SqlBounds& bounds = tables_[table].bounds;
  WireWriter body;
  body.put(id).put(static_cast<std::uint32_t>(table));
  body.put(static_cast<std::uint32_t>(columns.size()));
  for (const std::uint32_t one : columns) body.put(one);
  body.put(static_cast<std::uint8_t>(bounds.series ? 1 : 0));
  const auto series = bounds.series.value_or(std::vector<std::int32_t>());
  body.put(static_cast<std::uint32_t>(series.size()));
  for (const std::int32_t one : series) body.put(one);
  body.put(bounds.from).put(bounds.to);
  is_torn_ = !pipe_.send(SqlMessage::kScan, body.take()) || !ask(id);
  return id;
}

base::Result<void> SandboxTables::ask(std::uint32_t scan) {
  return pipe_.send(SqlMessage::kNext, WireWriter().put(scan).take());
}

base::Result<std::unique_ptr<SqlBlockReader>> SandboxTables::next(std::uint32_t id) {
  Scan& mine = scans_.at(id);
  while (!mine.rows) {
    if (mine.has_ended) return nullptr;
    const auto message = pipe_.receive();
    is_torn_ |= !message;
    if (!message) return std::unexpected(message.error());
    WireReader body(message->body);
    const auto found = scans_.find(body.get<std::uint32_t>());
    if (message->kind != SqlMessage::kRows || found == scans_.end()) {
      return base::fail(base::ErrorCode::kUnavailable, "the store stopped the scan");
    }
    const bool is_end = body.get<std::uint32_t>() == 0;
    found->second.has_ended = is_end;
    if (!is_end) found->second.rows = message->body;
  }
  MILLRACE_TRY(ask(id));
  MILLRACE_LET(auto block, SqlBlockReader::open(std::move(*mine.rows), mine.types));
  mine.rows.reset();
  return std::make_unique<SqlBlockReader>(std::move(block));
}

base::Result<Sandbox> Sandbox::open(SandboxTables& tables) {
  MILLRACE_LET(auto database, Database::open_apart(kSqlEngineMemoryMb));
  MILLRACE_LET(auto connection, Connection::open(database));
  MILLRACE_TRY(register_functions(connection));
  MILLRACE_TRY(register_scan(connection, tables));
  MILLRACE_TRY(connection.run("SET TimeZone = 'UTC'"));
  return Sandbox(std::move(connection));
}

base::Result<std::vector<std::string>> Sandbox::texts(const std::string& sql) {
  MILLRACE_LET(auto rows, connection_.query(sql));
  std::vector<std::string> all;
  while (true) {
    MILLRACE_LET(const bool has_more, rows.next());
    if (!has_more) return all;
    for (std::size_t row = 0; row < rows.size(); ++row) {
      all.emplace_back(rows.is_null(0, row) ? "" : rows.text(0, row));
    }
  }
}

}  // namespace millrace::store::duckdb
