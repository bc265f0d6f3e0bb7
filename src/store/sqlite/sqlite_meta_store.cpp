#include "store/sqlite/sqlite_meta_store.h"

#include <fcntl.h>

#include <cerrno>
#include <limits>

#include "base/files.h"
#include "base/log.h"
#include "store/sqlite/sqlite_connection.h"
#include "store/sqlite/sqlite_resources.h"
#include "store/sqlite/sqlite_rows.h"

namespace millrace::store {
namespace {

using base::ErrorCode;
using base::Result;

constexpr int kBusyTimeoutSeconds = 5;

Result<void> make_private_file(const std::filesystem::path& file) {
  if (file.native().contains('"')) {
    return base::fail(ErrorCode::kInvalid, "a path with a quotation mark cannot hold the metadata",
                      "Choose another data directory.");
  }
  const base::FileDescriptor fd(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!fd.is_open()) {
    return std::unexpected(base::system_error(errno, "open", file.native()));
  }
  return {};
}

int schema_version(soci::session& sql) {
  int tables = 0;
  sql << "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'schema_version'",
      soci::into(tables);
  if (tables == 0) return 0;
  int version = 0;
  sql << "SELECT coalesce(max(number), 0) FROM schema_version", soci::into(version);
  return version;
}

void run_migration(soci::session& sql, const Migration& migration) {
  soci::transaction transaction(sql);
  sql << "CREATE TABLE IF NOT EXISTS schema_version (number INTEGER PRIMARY KEY, "
         "title TEXT NOT NULL)";
  for (const std::string_view statement : migration.statements) sql << std::string(statement);
  for (const std::string_view statement : migration.sqlite) sql << std::string(statement);
  const std::string title(migration.title);
  sql << "INSERT INTO schema_version (number, title) VALUES (:n, :t)", soci::use(migration.number),
      soci::use(title);
  transaction.commit();
}

Result<void> migrate(soci::session& sql, const SqliteOptions& options) {
  const std::span<const Migration> known = options.migrations;
  const int newest = known.empty() ? 0 : known.back().number;
  const int present = schema_version(sql);
  if (present > newest) {
    return base::fail(
        ErrorCode::kUnsupported,
        std::format("the metadata have schema {}, this program knows {}", present, newest),
        "Start a Millrace at least as new as the one that wrote them, or restore "
        "the backup made before that upgrade: `millrace restore` with the newest folder below "
        "backup/ of the data directory from before it.");
  }
  const bool is_older = present > 0 && present < newest;
  if (is_older && options.older_format == OlderFormat::kRefuse) {
    return base::fail(
        ErrorCode::kCancelled,
        std::format("the metadata have schema {}, this program writes {}", present, newest));
  }
  if (is_older && options.older_format == OlderFormat::kRead) return {};
  for (const Migration& one : known) {
    if (one.number <= present) continue;
    run_migration(sql, one);
    base::log::info("metadata: schema {} ({})", one.number, one.title);
  }
  return {};
}

template <class Row, class Read>
std::vector<Row> read_all(const soci::rowset<soci::row>& rows, Read read) {
  std::vector<Row> found;
  for (const soci::row& row : rows) found.push_back(read(row));
  return found;
}

template <class Row>
std::optional<Row> first(std::vector<Row> rows) {
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front());
}

std::int64_t below(std::int64_t before) {
  return before > 0 ? before : std::numeric_limits<std::int64_t>::max();
}

}  // namespace

struct SqliteMetaStore::Connection {
  soci::session sql;
};

base::Error sqlite_error(const std::exception& thrown, std::string_view doing) {
  const std::string what = std::format("the metadata cannot {}: {}", doing, thrown.what());
  const auto* sqlite = dynamic_cast<const soci::sqlite3_soci_error*>(&thrown);
  switch (sqlite ? sqlite->result() & 0xFF : 0) {
    case SQLITE_FULL:
      return {ErrorCode::kNoSpace, base::Retry::kLater, what, "Free space on this disk."};
    case SQLITE_CONSTRAINT:
      return {ErrorCode::kConflict, base::Retry::kNever, what, "Take another name."};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {ErrorCode::kCorrupt, base::Retry::kNever, what, "Restore the newest backup."};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
      return {ErrorCode::kUnavailable, base::Retry::kLater, what, "Check the data directory."};
    default:
      return {ErrorCode::kInternal, base::Retry::kNever, what, {}};
  }
}

/// Runs `work(session)` under the lock; what SOCI throws becomes an Error here and nowhere else.
template <class Work>
auto SqliteMetaStore::locked(std::string_view doing, Work work) const {
  using Value = std::invoke_result_t<Work, soci::session&>;
  const std::lock_guard lock(mutex_);
  if (!connection_) {
    return Result<Value>(base::fail_for_now(ErrorCode::kUnavailable, "the metadata are not open"));
  }
  try {
    if constexpr (std::is_void_v<Value>) {
      work(connection_->sql);
      return Result<void>();
    } else {
      return Result<Value>(work(connection_->sql));
    }
  } catch (const std::exception& thrown) {
    return Result<Value>(std::unexpected(sqlite_error(thrown, doing)));
  }
}

SqliteMetaStore::SqliteMetaStore(SqliteOptions options) : options_(std::move(options)) {}
SqliteMetaStore::~SqliteMetaStore() = default;

Result<void> SqliteMetaStore::start() {
  const std::lock_guard lock(mutex_);
  MILLRACE_TRY(make_private_file(options_.file));
  auto connection = std::make_unique<Connection>();
  try {
    connection->sql.open(soci::sqlite3, std::format("db=\"{}\" timeout={}", options_.file.native(),
                                                    kBusyTimeoutSeconds));
    connection->sql << "PRAGMA journal_mode = WAL";
    connection->sql << "PRAGMA synchronous = FULL";
    MILLRACE_TRY(migrate(connection->sql, options_));
  } catch (const std::exception& thrown) {
    return std::unexpected(sqlite_error(thrown, "be opened"));
  }
  connection_ = std::move(connection);
  return {};
}

Result<void> SqliteMetaStore::stop() {
  const auto result = locked("be checkpointed", [](soci::session& sql) {
    sql << "PRAGMA wal_checkpoint(TRUNCATE)";
    sql.close();
  });
  const std::lock_guard lock(mutex_);
  connection_.reset();
  return result;
}

Result<void> SqliteMetaStore::apply(const MetaChange& change) {
  return locked("take a change", [&](soci::session& sql) {
    soci::transaction transaction(sql);
    write_change(sql, change);
    transaction.commit();
  });
}

Result<std::vector<User>> SqliteMetaStore::users() const {
  return locked("list users", [](soci::session& sql) {
    return read_all<User>((sql.prepare << "SELECT " << kUserColumns << " FROM users ORDER BY name"),
                          user_of);
  });
}

Result<std::optional<User>> SqliteMetaStore::user(std::string_view name) const {
  return locked("find a user", [key = std::string(name)](soci::session& sql) {
    return first(read_all<User>(
        (sql.prepare << "SELECT " << kUserColumns << " FROM users WHERE name = :n", soci::use(key)),
        user_of));
  });
}

Result<std::optional<Token>> SqliteMetaStore::token_by_hash(std::string_view hash) const {
  return locked("find a token", [key = std::string(hash)](soci::session& sql) {
    return first(read_all<Token>(
        (sql.prepare << "SELECT " << kTokenColumns << " FROM tokens WHERE hash = :h",
         soci::use(key)),
        token_of));
  });
}

Result<std::vector<Token>> SqliteMetaStore::tokens(TokenKind kind) const {
  return locked("list tokens", [key = text(kind)](soci::session& sql) {
    return read_all<Token>(
        (sql.prepare << "SELECT " << kTokenColumns
                     << " FROM tokens WHERE kind = :k ORDER BY created_us DESC, id DESC",
         soci::use(key)),
        token_of);
  });
}

Result<std::optional<std::string>> SqliteMetaStore::setting(std::string_view key) const {
  return locked("read a setting", [key = std::string(key)](soci::session& sql) {
    std::string value;
    sql << "SELECT value FROM settings WHERE key = :k", soci::use(key), soci::into(value);
    return sql.got_data() ? std::optional(value) : std::nullopt;
  });
}

Result<std::vector<Title>> SqliteMetaStore::titles() const {
  return locked("list titles", [](soci::session& sql) {
    return read_all<Title>(
        (sql.prepare << "SELECT kind, name, title FROM titles"), [](const soci::row& row) {
          return Title{row.get<std::string>(0), row.get<std::string>(1), row.get<std::string>(2)};
        });
  });
}

Result<std::vector<ImportRecord>> SqliteMetaStore::imports(std::int64_t before,
                                                           std::size_t limit) const {
  return locked("list imports", [before = below(before), limit](soci::session& sql) {
    return read_all<ImportRecord>(
        (sql.prepare << "SELECT " << kImportColumns
                     << " FROM imports WHERE number < :b ORDER BY number DESC LIMIT :l",
         soci::use(before), soci::use(limit)),
        import_of);
  });
}

Result<std::optional<ImportRecord>> SqliteMetaStore::import(std::string_view id) const {
  return locked("find an import", [key = std::string(id)](soci::session& sql) {
    return first(read_all<ImportRecord>(
        (sql.prepare << "SELECT " << kImportColumns << " FROM imports WHERE id = :i",
         soci::use(key)),
        import_of));
  });
}

Result<std::vector<ResourceRow>> SqliteMetaStore::resources() const {
  return locked("list resources", read_resources);
}

Result<std::vector<ResourceName>> SqliteMetaStore::tombstones() const {
  return locked("list what was deleted", read_tombstones);
}

Result<std::vector<Revision>> SqliteMetaStore::revisions(std::int64_t before,
                                                         std::size_t limit) const {
  return locked("list revisions", [before = below(before), limit](soci::session& sql) {
    return read_revisions(sql, before, limit);
  });
}

Result<std::vector<std::string>> SqliteMetaStore::description_ids() const {
  return locked("list descriptions", [](soci::session& sql) {
    return read_all<std::string>((sql.prepare << "SELECT id FROM descriptions ORDER BY id"),
                                 [](const soci::row& row) { return row.get<std::string>(0); });
  });
}

Result<std::optional<DescriptionRow>> SqliteMetaStore::description(std::string_view id) const {
  return locked("find a description", [key = std::string(id)](soci::session& sql) {
    return first(read_all<DescriptionRow>(
        (sql.prepare << "SELECT " << kDescriptionColumns << " FROM descriptions WHERE id = :i",
         soci::use(key)),
        description_of));
  });
}

Result<std::vector<AuditEntry>> SqliteMetaStore::audit(std::int64_t before,
                                                       std::size_t limit) const {
  return locked("read the audit book", [before = below(before), limit](soci::session& sql) {
    return read_all<AuditEntry>(
        (sql.prepare << "SELECT " << kAuditColumns
                     << " FROM audit WHERE id < :b ORDER BY id DESC LIMIT :l",
         soci::use(before), soci::use(limit)),
        audit_of);
  });
}

Result<MetaStats> SqliteMetaStore::stats() const {
  auto stats = locked("be measured", [](soci::session& sql) {
    MetaStats measured;
    sql << "SELECT 'SQLite ' || sqlite_version()", soci::into(measured.engine);
    measured.schema_version = schema_version(sql);
    return measured;
  });
  if (!stats) return stats;
  for (const char* suffix : {"", "-wal"}) {
    std::error_code ignored;
    const auto size = std::filesystem::file_size(options_.file.native() + suffix, ignored);
    if (!ignored) stats->bytes_on_disk += size;
  }
  return stats;
}

Result<void> SqliteMetaStore::backup(const std::filesystem::path& file) {
  MILLRACE_TRY(make_private_file(file));  // the engine takes an empty one and leaves its mode
  return locked("be copied", [target = file.native()](soci::session& sql) {
    sql << "VACUUM INTO :target", soci::use(target);
  });
}

}  // namespace millrace::store
