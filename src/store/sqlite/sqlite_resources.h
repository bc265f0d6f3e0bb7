#pragma once

#include "store/meta_store.h"
#include "store/sqlite/sqlite_connection.h"

namespace millrace::store {

// What is configured, as rows; all throw what SOCI throws.

std::vector<ResourceRow> read_resources(soci::session& sql);
std::vector<ResourceName> read_tombstones(soci::session& sql);
std::vector<Revision> read_revisions(soci::session& sql, std::int64_t below, std::size_t limit);

/// The revision first, so that a change that comes second fails before it writes anything. One
/// prepared statement serves all rows of a kind: an apply may have tens of thousands.
void write_resources(soci::session& sql, const MetaChange& change);

}  // namespace millrace::store
