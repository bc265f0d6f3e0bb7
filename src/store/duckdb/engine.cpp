#include "store/duckdb/engine.h"

#include <array>
#include <format>
#include <span>

namespace millrace::store::duckdb {
namespace {

using base::ErrorCode;

bool has_any(std::string_view message, std::initializer_list<std::string_view> words) {
  for (const std::string_view word : words) {
    if (message.contains(word)) return true;
  }
  return false;
}

std::unexpected<base::Error> fail_with(Database& database, duckdb_error_type type,
                                       const char* message) {
  database.note(type);
  return std::unexpected(engine_error(type, message ? message : "no message"));
}

/// The type and text of a failed result, which is destroyed.
std::unexpected<base::Error> fail_with(Database& database, duckdb_result& result) {
  auto error = fail_with(database, duckdb_result_error_type(&result), duckdb_result_error(&result));
  duckdb_destroy_result(&result);
  return error;
}

using Setting = std::pair<const char*, std::string>;

base::Result<duckdb_config> make_config(std::span<const Setting> settings) {
  duckdb_config config = nullptr;
  duckdb_create_config(&config);
  for (const auto& [name, value] : settings) {
    if (duckdb_set_config(config, name, value.c_str()) == DuckDBSuccess) continue;
    duckdb_destroy_config(&config);
    return base::fail(ErrorCode::kUnsupported,
                      std::format("this DuckDB does not know the setting {}", name),
                      "Use DuckDB 1.4.");
  }
  return config;
}

}  // namespace

base::Error engine_error(duckdb_error_type type, std::string_view message) {
  const std::string what = std::format("DuckDB: {}", message);
  if (has_any(message, {"No space left", "File too large", "Disk quota", "max_temp_directory"})) {
    return {ErrorCode::kNoSpace, base::Retry::kLater, what, "Free space on this disk."};
  }
  if (has_any(message, {"not a valid DuckDB database", "Corrupt", "corrupt", "checksum", "Checksum",
                        "newer version of DuckDB"})) {
    return {ErrorCode::kCorrupt, base::Retry::kNever, what, "Restore the store from a backup."};
  }
  switch (type) {
    case DUCKDB_ERROR_INTERRUPT:
      return {ErrorCode::kCancelled, base::Retry::kNever, what, ""};
    case DUCKDB_ERROR_IO:
    case DUCKDB_ERROR_FATAL:
    case DUCKDB_ERROR_TRANSACTION:
    case DUCKDB_ERROR_CONNECTION:
      return {ErrorCode::kUnavailable, base::Retry::kLater, what, ""};
    case DUCKDB_ERROR_OUT_OF_MEMORY:
      return {ErrorCode::kUnavailable, base::Retry::kLater, what, "Ask for less at once."};
    default:
      return {ErrorCode::kInternal, base::Retry::kNever, what, ""};
  }
}

/// Everything that could reach for the network is off.
base::Result<std::shared_ptr<Database>> Database::open(const std::filesystem::path& path,
                                                       const EngineSettings& settings) {
  const std::array<Setting, 7> rows = {{
      {"memory_limit", std::format("{}MB", settings.memory_limit_mb)},
      {"threads", std::to_string(settings.threads)},
      {"checkpoint_threshold", "1000TB"},
      {"temp_directory", (path.parent_path() / "spill").native()},
      {"autoinstall_known_extensions", "false"},
      {"autoload_known_extensions", "false"},
      {"allow_community_extensions", "false"},
  }};
  MILLRACE_LET(duckdb_config config, make_config(rows));
  return open(path.c_str(), config);
}

base::Result<std::shared_ptr<Database>> Database::open_apart(std::uint32_t memory_limit_mb) {
  const std::array<Setting, 7> rows = {{
      {"memory_limit", std::format("{}MB", memory_limit_mb)},
      {"threads", "1"},
      {"temp_directory", ""},
      {"autoinstall_known_extensions", "false"},
      {"autoload_known_extensions", "false"},
      {"allow_community_extensions", "false"},
      {"enable_external_access", "false"},
  }};
  MILLRACE_LET(duckdb_config config, make_config(rows));
  return open(nullptr, config);
}

base::Result<std::shared_ptr<Database>> Database::open(const char* path, duckdb_config config) {
  const std::shared_ptr<Database> database(new Database);
  char* message = nullptr;
  const duckdb_state state = duckdb_open_ext(path, &database->database_, config, &message);
  duckdb_destroy_config(&config);
  if (state == DuckDBSuccess) return database;
  auto error = engine_error(DUCKDB_ERROR_IO, message ? message : "cannot be opened");
  duckdb_free(message);
  return std::unexpected(error);
}

Database::~Database() {
  if (database_) duckdb_close(&database_);
}

void Database::note(duckdb_error_type type) {
  if (type == DUCKDB_ERROR_FATAL || type == DUCKDB_ERROR_INTERNAL) is_broken_ = true;
}

Rows::Rows(Rows&& other) noexcept
    : result_(std::exchange(other.result_, {})),
      database_(std::move(other.database_)),
      chunk_(std::exchange(other.chunk_, nullptr)),
      size_(std::exchange(other.size_, 0)) {}

Rows::~Rows() {
  if (chunk_) duckdb_destroy_data_chunk(&chunk_);
  if (database_) duckdb_destroy_result(&result_);
}

base::Result<bool> Rows::next() {
  if (chunk_) duckdb_destroy_data_chunk(&chunk_);
  chunk_ = duckdb_fetch_chunk(result_);
  size_ = chunk_ ? duckdb_data_chunk_get_size(chunk_) : 0;
  if (size_ > 0) return true;
  if (const char* message = duckdb_result_error(&result_); message && *message) {
    return fail_with(*database_, duckdb_result_error_type(&result_), message);
  }
  return false;
}

bool Rows::is_null(std::size_t at, std::size_t row) const {
  const std::uint64_t* validity = duckdb_vector_get_validity(vector(at));
  return validity && !duckdb_validity_row_is_valid(const_cast<std::uint64_t*>(validity), row);
}

std::string_view Rows::text(std::size_t at, std::size_t row) const {
  auto* strings = static_cast<duckdb_string_t*>(duckdb_vector_get_data(vector(at)));
  return {duckdb_string_t_data(&strings[row]), duckdb_string_t_length(strings[row])};
}

base::Result<Connection> Connection::open(std::shared_ptr<Database> database) {
  duckdb_connection connection = nullptr;
  if (duckdb_connect(database->handle(), &connection) != DuckDBSuccess) {
    return base::fail_for_now(ErrorCode::kUnavailable, "DuckDB gives no connection");
  }
  return Connection(connection, std::move(database));
}

Connection::Connection(Connection&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)),
      database_(std::move(other.database_)) {}

Connection::~Connection() {
  if (connection_) duckdb_disconnect(&connection_);
}

base::Result<duckdb_result> Connection::execute(const std::string& sql) {
  duckdb_result result;
  if (duckdb_query(connection_, sql.c_str(), &result) == DuckDBSuccess) return result;
  return fail_with(*database_, result);
}

base::Result<std::uint64_t> Connection::run(const std::string& sql) {
  MILLRACE_LET(duckdb_result result, execute(sql));
  const std::uint64_t changed = duckdb_rows_changed(&result);
  duckdb_destroy_result(&result);
  return changed;
}

base::Result<Rows> Connection::query(const std::string& sql) {
  MILLRACE_LET(const duckdb_result result, execute(sql));
  return Rows(result, database_);
}

base::Result<Rows> Connection::stream(const std::string& sql) {
  duckdb_prepared_statement statement = nullptr;
  if (duckdb_prepare(connection_, sql.c_str(), &statement) != DuckDBSuccess) {
    auto error = fail_with(*database_, DUCKDB_ERROR_INVALID, duckdb_prepare_error(statement));
    duckdb_destroy_prepare(&statement);
    return error;
  }
  duckdb_result result;
  // The engine marks this call as deprecated without offering another way to stream from C.
  const duckdb_state state = duckdb_execute_prepared_streaming(statement, &result);
  duckdb_destroy_prepare(&statement);
  if (state != DuckDBSuccess) return fail_with(*database_, result);
  return Rows(result, database_);
}

base::Result<Transaction> Transaction::begin(Connection& connection) {
  MILLRACE_TRY(connection.run("BEGIN TRANSACTION"));
  return Transaction(connection);
}

Transaction::~Transaction() {
  // A rollback that fails leaves a database that is_broken(), or one without a transaction.
  if (connection_) (void)connection_->run("ROLLBACK");
}

base::Result<void> Transaction::commit() {
  Connection* connection = std::exchange(connection_, nullptr);
  auto done = connection->run("COMMIT");
  if (done) return {};
  (void)connection->run("ROLLBACK");
  return std::unexpected(done.error());
}

base::Result<Appender> Appender::open(Connection& connection, const std::string& table) {
  duckdb_appender handle = nullptr;
  const duckdb_state state =
      duckdb_appender_create(connection.handle(), nullptr, table.c_str(), &handle);
  Appender appender(handle, connection.database());
  if (state != DuckDBSuccess) return std::unexpected(appender.take_error());
  return appender;
}

Appender::~Appender() {
  if (appender_) duckdb_appender_destroy(&appender_);
}

base::Error Appender::take_error() {
  duckdb_error_data data = duckdb_appender_error_data(appender_);
  const auto type = duckdb_error_data_error_type(data);
  const char* message = duckdb_error_data_message(data);
  database_->note(type);
  auto error = engine_error(type, message ? message : "append failed");
  duckdb_destroy_error_data(&data);
  return error;
}

Appender& Appender::check(duckdb_state state) {
  if (state != DuckDBSuccess && !error_) error_ = take_error();
  return *this;
}

Appender& Appender::i32(std::int32_t value) { return check(duckdb_append_int32(appender_, value)); }
Appender& Appender::u8(std::uint8_t value) { return check(duckdb_append_uint8(appender_, value)); }
Appender& Appender::u32(std::uint32_t v) { return check(duckdb_append_uint32(appender_, v)); }
Appender& Appender::i64(std::int64_t value) { return check(duckdb_append_int64(appender_, value)); }
Appender& Appender::u64(std::uint64_t v) { return check(duckdb_append_uint64(appender_, v)); }
Appender& Appender::f64(double value) { return check(duckdb_append_double(appender_, value)); }
Appender& Appender::boolean(bool value) { return check(duckdb_append_bool(appender_, value)); }
Appender& Appender::text(std::string_view value) {
  return check(duckdb_append_varchar_length(appender_, value.data(), value.size()));
}
Appender& Appender::bytes(std::string_view value) {
  return check(duckdb_append_blob(appender_, value.data(), value.size()));
}
Appender& Appender::null() { return check(duckdb_append_null(appender_)); }
Appender& Appender::end_row() { return check(duckdb_appender_end_row(appender_)); }

base::Result<void> Appender::chunk(duckdb_data_chunk chunk) {
  check(duckdb_append_data_chunk(appender_, chunk));
  if (error_) return std::unexpected(*error_);
  return {};
}

base::Result<void> Appender::close() {
  check(duckdb_appender_close(appender_));
  if (error_) return std::unexpected(*error_);
  return {};
}

std::string sql_literal(std::string_view text) {
  std::string literal = "'";
  for (const char c : text) {
    if (c == '\0') {
      literal += "' || chr(0) || '";
      continue;
    }
    if (c == '\'') literal += '\'';
    literal += c;
  }
  return literal + "'";
}

}  // namespace millrace::store::duckdb
