#include "store/migrations/migrations.h"

namespace millrace::store {
namespace {

// Times are microseconds since 1970 in UTC (BIGINT); flags are 0 or 1; no BLOB columns.

constexpr std::string_view kFirst[] = {
    R"(CREATE TABLE users (
         name TEXT PRIMARY KEY, title TEXT NOT NULL, role TEXT NOT NULL,
         password_hash TEXT NOT NULL, is_active INTEGER NOT NULL,
         created_us BIGINT NOT NULL, changed_us BIGINT NOT NULL))",
    R"(CREATE TABLE tokens (
         id TEXT PRIMARY KEY, kind TEXT NOT NULL, hash TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
         role TEXT NOT NULL, created_by TEXT NOT NULL, created_us BIGINT NOT NULL,
         expires_us BIGINT, last_used_us BIGINT))",
    R"(CREATE UNIQUE INDEX api_token_names ON tokens (name) WHERE kind = 'api')",
    R"(CREATE TABLE settings (
         key TEXT PRIMARY KEY, value TEXT NOT NULL, changed_us BIGINT NOT NULL))",
    R"(CREATE TABLE titles (
         kind TEXT NOT NULL, name TEXT NOT NULL, title TEXT NOT NULL, PRIMARY KEY (kind, name)))",
    R"(CREATE TABLE imports (
         number BIGINT PRIMARY KEY, id TEXT NOT NULL UNIQUE, file_name TEXT NOT NULL,
         file_hash TEXT NOT NULL, file_bytes BIGINT NOT NULL, rows_total BIGINT NOT NULL,
         mapping TEXT NOT NULL, targets TEXT NOT NULL, target_count BIGINT NOT NULL,
         created_us BIGINT NOT NULL))",
    R"(CREATE TABLE audit (
         id BIGINT PRIMARY KEY, time_us BIGINT NOT NULL, actor TEXT NOT NULL,
         actor_role TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL,
         address TEXT NOT NULL, body TEXT NOT NULL))",
};

constexpr std::string_view kFirstSqlite[] = {
    R"(CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
         BEGIN SELECT RAISE(ABORT, 'the audit book is append-only'); END)",
    R"(CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
         BEGIN SELECT RAISE(ABORT, 'the audit book is append-only'); END)",
};

constexpr Migration kMigrations[] = {
    {1, "people, tokens, settings, titles, imports, audit", kFirst, kFirstSqlite},
};

}  // namespace

std::span<const Migration> migrations() { return kMigrations; }

}  // namespace millrace::store
