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

// A spec is the JSON of a resource's file; the words of `kind` are those of the files.
constexpr std::string_view kSecond[] = {
    R"(CREATE TABLE resources (
         kind TEXT NOT NULL, name TEXT NOT NULL, version BIGINT NOT NULL, spec TEXT NOT NULL,
         revision BIGINT NOT NULL, changed_us BIGINT NOT NULL, changed_by TEXT NOT NULL,
         PRIMARY KEY (kind, name, version)))",
    R"(CREATE TABLE tombstones (
         kind TEXT NOT NULL, name TEXT NOT NULL, version BIGINT NOT NULL,
         revision BIGINT NOT NULL, PRIMARY KEY (kind, name, version)))",
    R"(CREATE TABLE revisions (
         number BIGINT PRIMARY KEY, time_us BIGINT NOT NULL, actor TEXT NOT NULL,
         actor_role TEXT NOT NULL, reason TEXT NOT NULL, changes TEXT NOT NULL))",
};

constexpr std::string_view kSecondSqlite[] = {
    R"(CREATE TRIGGER revision_is_the_next BEFORE INSERT ON revisions
         WHEN NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM revisions)
         BEGIN SELECT RAISE(ABORT, 'another change came first'); END)",
    R"(CREATE TRIGGER revision_is_not_changed BEFORE UPDATE ON revisions
         BEGIN SELECT RAISE(ABORT, 'revisions are append-only'); END)",
    R"(CREATE TRIGGER revision_is_not_deleted BEFORE DELETE ON revisions
         BEGIN SELECT RAISE(ABORT, 'revisions are append-only'); END)",
};

// Thing Descriptions that were registered; the document as it came, without what the hub adds.
constexpr std::string_view kThird[] = {
    R"(CREATE TABLE descriptions (
         id TEXT PRIMARY KEY, document TEXT NOT NULL, created_us BIGINT NOT NULL,
         changed_us BIGINT NOT NULL, changed_by TEXT NOT NULL))",
};

constexpr Migration kMigrations[] = {
    {1, "people, tokens, settings, titles, imports, audit", kFirst, kFirstSqlite},
    {2, "resources, tombstones, revisions", kSecond, kSecondSqlite},
    {3, "descriptions", kThird, {}},
};

}  // namespace

std::span<const Migration> migrations() { return kMigrations; }

}  // namespace millrace::store
