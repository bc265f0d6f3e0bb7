#pragma once

#include <duckdb.h>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace millrace::store::duckdb {

/// How the engine is set up; the values are those measured to hold the memory budget. It makes no
/// checkpoint by itself (see checkpointing.h).
struct EngineSettings {
  std::uint32_t memory_limit_mb = 192;
  std::uint32_t threads = 2;
};

/// What DuckDB says, as an Error: no_space, corrupt, cancelled, unavailable or internal.
base::Error engine_error(duckdb_error_type type, std::string_view message);

/// An open database file. Shared by its connections; closed when the last goes. After a fatal error
/// DuckDB refuses everything until the file is opened again: is_broken() is then true.
class Database {
 public:
  /// Errors: those of engine_error().
  static base::Result<std::shared_ptr<Database>> open(const std::filesystem::path& path,
                                                      const EngineSettings& settings);
  /// An empty one in memory, with one thread, that opens no file and loads nothing.
  static base::Result<std::shared_ptr<Database>> open_apart(std::uint32_t memory_limit_mb);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  bool is_broken() const { return is_broken_; }
  void note(duckdb_error_type type);
  duckdb_database handle() const { return database_; }

 private:
  Database() = default;
  static base::Result<std::shared_ptr<Database>> open(const char* path, duckdb_config config);
  duckdb_database database_ = nullptr;
  std::atomic<bool> is_broken_ = false;
};

/// The rows of a query, in chunks of at most 2,048; columns are plain arrays.
class Rows {
 public:
  explicit Rows(duckdb_result result, std::shared_ptr<Database> database)
      : result_(result), database_(std::move(database)) {}
  Rows(Rows&& other) noexcept;
  Rows& operator=(Rows&&) = delete;
  ~Rows();

  /// The next chunk; false behind the last. Errors: those of engine_error().
  base::Result<bool> next();
  /// Rows in the present chunk.
  std::size_t size() const { return size_; }

  template <class T>
  const T* column(std::size_t at) const {
    return static_cast<const T*>(duckdb_vector_get_data(vector(at)));
  }
  /// For rows that a sort has put into memory of their own, on their way into an appender.
  template <class T>
  T* mutable_column(std::size_t at) {
    return static_cast<T*>(duckdb_vector_get_data(vector(at)));
  }
  duckdb_data_chunk chunk() const { return chunk_; }
  duckdb_vector vector(std::size_t at) const { return duckdb_data_chunk_get_vector(chunk_, at); }
  std::size_t columns() { return duckdb_column_count(&result_); }
  std::string_view name(std::size_t at) { return duckdb_column_name(&result_, at); }
  /// The caller destroys it.
  duckdb_logical_type type(std::size_t at) { return duckdb_column_logical_type(&result_, at); }
  bool is_null(std::size_t at, std::size_t row) const;
  std::string_view text(std::size_t at, std::size_t row) const;

 private:
  duckdb_result result_;
  std::shared_ptr<Database> database_;
  duckdb_data_chunk chunk_ = nullptr;
  std::size_t size_ = 0;
};

/// One connection: one thread at a time.
class Connection {
 public:
  static base::Result<Connection> open(std::shared_ptr<Database> database);
  Connection(Connection&& other) noexcept;
  Connection& operator=(Connection&&) = delete;
  ~Connection();

  /// Runs statements for their effect; gives the number of changed rows.
  base::Result<std::uint64_t> run(const std::string& sql);
  /// The whole result in memory.
  base::Result<Rows> query(const std::string& sql);
  /// Rows as they come, in constant memory; the connection is busy until the Rows end.
  base::Result<Rows> stream(const std::string& sql);

  duckdb_connection handle() const { return connection_; }
  const std::shared_ptr<Database>& database() const { return database_; }

 private:
  Connection(duckdb_connection connection, std::shared_ptr<Database> database)
      : connection_(connection), database_(std::move(database)) {}
  base::Result<duckdb_result> execute(const std::string& sql);

  duckdb_connection connection_ = nullptr;
  std::shared_ptr<Database> database_;
};

/// BEGIN … COMMIT; rolls back when it ends without commit().
class Transaction {
 public:
  static base::Result<Transaction> begin(Connection& connection);
  Transaction(Transaction&& other) noexcept
      : connection_(std::exchange(other.connection_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  base::Result<void> commit();

 private:
  explicit Transaction(Connection& connection) : connection_(&connection) {}
  Connection* connection_;
};

/// Appends rows to a table, within the connection's open transaction. It must end before that
/// transaction does: what it still holds is flushed when it ends.
class Appender {
 public:
  static base::Result<Appender> open(Connection& connection, const std::string& table);
  Appender(Appender&& other) noexcept
      : appender_(std::exchange(other.appender_, nullptr)), database_(std::move(other.database_)) {}
  Appender& operator=(Appender&&) = delete;
  ~Appender();

  // One row: its values in the order of the columns, then end_row(). The first failure is kept and
  // given by close().
  Appender& i32(std::int32_t value);
  Appender& u8(std::uint8_t value);
  Appender& u32(std::uint32_t value);
  Appender& i64(std::int64_t value);
  Appender& u64(std::uint64_t value);
  Appender& f64(double value);
  Appender& boolean(bool value);
  Appender& text(std::string_view value);
  Appender& bytes(std::string_view value);
  Appender& null();
  Appender& end_row();

  base::Result<void> chunk(duckdb_data_chunk chunk);
  /// Flushes; no rows after it.
  base::Result<void> close();

 private:
  Appender(duckdb_appender appender, std::shared_ptr<Database> database)
      : appender_(appender), database_(std::move(database)) {}
  Appender& check(duckdb_state state);
  base::Error take_error();

  duckdb_appender appender_ = nullptr;
  std::shared_ptr<Database> database_;
  std::optional<base::Error> error_;
};

/// A text as an SQL literal.
std::string sql_literal(std::string_view text);

}  // namespace millrace::store::duckdb
