#include "store/sqlite/sqlite_rows.h"

#include "store/sqlite/sqlite_resources.h"

namespace millrace::store {
namespace {

using soci::use;

std::optional<base::Time> nullable_time(const soci::row& row, std::size_t column) {
  if (row.get_indicator(column) == soci::i_null) return std::nullopt;
  return time_of(row.get<long long>(column));
}

void write(soci::session& sql, const User& user) {
  const int is_active = user.is_active ? 1 : 0;
  const long long created = stored(user.created);
  const long long changed = stored(user.changed);
  sql << "INSERT INTO users (" << kUserColumns << ") VALUES (:n, :t, :r, :p, :a, :c, :ch) "
      << "ON CONFLICT (name) DO UPDATE SET title = excluded.title, role = excluded.role, "
      << "password_hash = excluded.password_hash, is_active = excluded.is_active, "
      << "changed_us = excluded.changed_us",
      use(user.name), use(user.title), use(user.role), use(user.password_hash), use(is_active),
      use(created), use(changed);
}

void write(soci::session& sql, const Token& token) {
  const std::string kind = text(token.kind);
  const long long created = stored(token.created);
  NullableTime expires(token.expires);
  NullableTime last_used(token.last_used);
  sql << "INSERT INTO tokens (" << kTokenColumns << ") "
      << "VALUES (:id, :k, :h, :n, :r, :by, :c, :e, :u)",
      use(token.id), use(kind), use(token.hash), use(token.name), use(token.role),
      use(token.created_by), use(created), use(expires.us, expires.indicator),
      use(last_used.us, last_used.indicator);
}

void write(soci::session& sql, const ImportRecord& record) {
  long long number = 0;
  sql << "SELECT coalesce(max(number), 0) + 1 FROM imports", soci::into(number);
  const auto file_bytes = static_cast<long long>(record.file_bytes);
  const auto rows_total = static_cast<long long>(record.rows_total);
  const long long target_count = record.target_count;
  const long long created = stored(record.created);
  sql << "INSERT INTO imports (" << kImportColumns << ") "
      << "VALUES (:n, :id, :f, :h, :b, :r, :m, :t, :tc, :c)",
      use(number), use(record.id), use(record.file_name), use(record.file_hash), use(file_bytes),
      use(rows_total), use(record.mapping), use(record.targets), use(target_count), use(created);
}

void write(soci::session& sql, const AuditEntry& entry) {
  long long id = 0;
  sql << "SELECT coalesce(max(id), 0) + 1 FROM audit", soci::into(id);
  const long long time = stored(entry.time);
  sql << "INSERT INTO audit (" << kAuditColumns << ") VALUES (:i, :t, :a, :r, :w, :s, :ad, :b)",
      use(id), use(time), use(entry.actor), use(entry.actor_role), use(entry.action),
      use(entry.subject), use(entry.address), use(entry.body);
}

void write(soci::session& sql, const Setting& setting) {
  const long long changed = stored(setting.changed);
  sql << "INSERT INTO settings (key, value, changed_us) VALUES (:k, :v, :c) ON CONFLICT (key) "
      << "DO UPDATE SET value = excluded.value, changed_us = excluded.changed_us",
      use(setting.key), use(setting.value), use(changed);
}

void write(soci::session& sql, const Title& title) {
  sql << "INSERT INTO titles (kind, name, title) VALUES (:k, :n, :t) ON CONFLICT (kind, name) "
      << "DO UPDATE SET title = excluded.title",
      use(title.kind), use(title.name), use(title.title);
}

void write(soci::session& sql, const DescriptionRow& row) {
  const long long created = stored(row.created);
  const long long changed = stored(row.changed);
  sql << "INSERT INTO descriptions (" << kDescriptionColumns << ") VALUES (:i, :d, :c, :ch, :b) "
      << "ON CONFLICT (id) DO UPDATE SET document = excluded.document, "
      << "changed_us = excluded.changed_us, changed_by = excluded.changed_by",
      use(row.id), use(row.document), use(created), use(changed), use(row.changed_by);
}

}  // namespace

std::string text(TokenKind kind) { return kind == TokenKind::kSession ? "session" : "api"; }

User user_of(const soci::row& row) {
  return {.name = row.get<std::string>(0),
          .title = row.get<std::string>(1),
          .role = row.get<std::string>(2),
          .password_hash = row.get<std::string>(3),
          .is_active = row.get<int>(4) != 0,
          .created = time_of(row.get<long long>(5)),
          .changed = time_of(row.get<long long>(6))};
}

Token token_of(const soci::row& row) {
  const bool is_session = row.get<std::string>(1) == "session";
  return {.id = row.get<std::string>(0),
          .kind = is_session ? TokenKind::kSession : TokenKind::kApi,
          .hash = row.get<std::string>(2),
          .name = row.get<std::string>(3),
          .role = row.get<std::string>(4),
          .created_by = row.get<std::string>(5),
          .created = time_of(row.get<long long>(6)),
          .expires = nullable_time(row, 7),
          .last_used = nullable_time(row, 8)};
}

ImportRecord import_of(const soci::row& row) {
  return {.number = row.get<long long>(0),
          .id = row.get<std::string>(1),
          .file_name = row.get<std::string>(2),
          .file_hash = row.get<std::string>(3),
          .file_bytes = static_cast<std::uint64_t>(row.get<long long>(4)),
          .rows_total = static_cast<std::uint64_t>(row.get<long long>(5)),
          .mapping = row.get<std::string>(6),
          .targets = row.get<std::string>(7),
          .target_count = static_cast<std::uint32_t>(row.get<long long>(8)),
          .created = time_of(row.get<long long>(9))};
}

DescriptionRow description_of(const soci::row& row) {
  return {.id = row.get<std::string>(0),
          .document = row.get<std::string>(1),
          .created = time_of(row.get<long long>(2)),
          .changed = time_of(row.get<long long>(3)),
          .changed_by = row.get<std::string>(4)};
}

AuditEntry audit_of(const soci::row& row) {
  return {.id = row.get<long long>(0),
          .time = time_of(row.get<long long>(1)),
          .actor = row.get<std::string>(2),
          .actor_role = row.get<std::string>(3),
          .action = row.get<std::string>(4),
          .subject = row.get<std::string>(5),
          .address = row.get<std::string>(6),
          .body = row.get<std::string>(7)};
}

void write_change(soci::session& sql, const MetaChange& change) {
  if (change.drop_expired) {
    const long long now = stored(*change.drop_expired);
    sql << "DELETE FROM tokens WHERE kind = 'session' AND expires_us <= :now", use(now);
  }
  for (const User& user : change.users) write(sql, user);
  for (const Token& token : change.tokens) write(sql, token);
  for (const std::string& id : change.tokens_ended) {
    sql << "DELETE FROM tokens WHERE id = :id", use(id);
  }
  for (const Token& token : change.tokens_used) {
    NullableTime used(token.last_used);
    sql << "UPDATE tokens SET last_used_us = :u WHERE id = :id", use(used.us, used.indicator),
        use(token.id);
  }
  for (const Setting& setting : change.settings) write(sql, setting);
  for (const Title& title : change.titles) write(sql, title);
  for (const ImportRecord& record : change.imports) write(sql, record);
  write_resources(sql, change);
  for (const DescriptionRow& row : change.descriptions) write(sql, row);
  for (const std::string& id : change.descriptions_gone) {
    sql << "DELETE FROM descriptions WHERE id = :id", use(id);
  }
  for (const AuditEntry& entry : change.audit) write(sql, entry);
}

}  // namespace millrace::store
