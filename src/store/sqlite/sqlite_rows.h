#pragma once

#include "store/meta_store.h"
#include "store/sqlite/sqlite_connection.h"

namespace millrace::store {

// A row of each table as its struct; the columns stand in the order of these lists.

inline constexpr char kUserColumns[] =
    "name, title, role, password_hash, is_active, created_us, changed_us";
inline constexpr char kTokenColumns[] =
    "id, kind, hash, name, role, created_by, created_us, expires_us, last_used_us";
inline constexpr char kImportColumns[] =
    "number, id, file_name, file_hash, file_bytes, rows_total, mapping, targets, target_count, "
    "created_us";
inline constexpr char kDescriptionColumns[] = "id, document, created_us, changed_us, changed_by";
inline constexpr char kAuditColumns[] =
    "id, time_us, actor, actor_role, action, subject, address, body";

User user_of(const soci::row& row);
Token token_of(const soci::row& row);
ImportRecord import_of(const soci::row& row);
DescriptionRow description_of(const soci::row& row);
AuditEntry audit_of(const soci::row& row);

/// "session" and "api", as they stand in the table.
std::string text(TokenKind kind);

/// Writes a change; inside the caller's transaction. Throws what SOCI throws.
void write_change(soci::session& sql, const MetaChange& change);

}  // namespace millrace::store
