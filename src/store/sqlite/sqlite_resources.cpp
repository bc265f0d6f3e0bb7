#include "store/sqlite/sqlite_resources.h"

namespace millrace::store {
namespace {

using soci::into;
using soci::use;

void write_revision(soci::session& sql, const Revision& revision) {
  const long long number = revision.number;
  const long long time = stored(revision.time);
  sql << "INSERT INTO revisions (number, time_us, actor, actor_role, reason, changes) "
      << "VALUES (:n, :t, :a, :r, :w, :c)",
      use(number), use(time), use(revision.by), use(revision.role), use(revision.reason),
      use(revision.changes);
}

void write_rows(soci::session& sql, const std::vector<ResourceRow>& rows) {
  ResourceRow row;
  long long revision = 0, changed = 0;
  soci::statement put =
      (sql.prepare << "INSERT INTO resources "
                      "(kind, name, version, spec, revision, changed_us, changed_by) "
                      "VALUES (:k, :n, :v, :s, :r, :c, :b) ON CONFLICT (kind, name, version) "
                      "DO UPDATE SET spec = excluded.spec, revision = excluded.revision, "
                      "changed_us = excluded.changed_us, changed_by = excluded.changed_by",
       use(row.name.kind), use(row.name.name), use(row.name.version), use(row.spec), use(revision),
       use(changed), use(row.changed_by));
  for (const ResourceRow& one : rows) {
    row = one;
    revision = one.revision;
    changed = stored(one.changed);
    put.execute(true);
  }
}

void delete_rows(soci::session& sql, const std::vector<ResourceName>& gone, long long revision) {
  ResourceName name;
  soci::statement drop =
      (sql.prepare << "DELETE FROM resources WHERE kind = :k AND name = :n AND version = :v",
       use(name.kind), use(name.name), use(name.version));
  soci::statement bury =
      (sql.prepare << "INSERT INTO tombstones (kind, name, version, revision) "
                      "VALUES (:k, :n, :v, :r) ON CONFLICT (kind, name, version) "
                      "DO UPDATE SET revision = excluded.revision",
       use(name.kind), use(name.name), use(name.version), use(revision));
  for (const ResourceName& one : gone) {
    name = one;
    drop.execute(true);
    bury.execute(true);
  }
}

}  // namespace

std::vector<ResourceRow> read_resources(soci::session& sql) {
  std::vector<ResourceRow> rows;
  ResourceRow row;
  long long revision = 0, changed = 0;
  soci::statement all =
      (sql.prepare << "SELECT kind, name, version, spec, revision, changed_us, changed_by "
                      "FROM resources ORDER BY kind, name, version",
       into(row.name.kind), into(row.name.name), into(row.name.version), into(row.spec),
       into(revision), into(changed), into(row.changed_by));
  all.execute();
  while (all.fetch()) {
    row.revision = revision;
    row.changed = time_of(changed);
    rows.push_back(row);
  }
  return rows;
}

std::vector<ResourceName> read_tombstones(soci::session& sql) {
  std::vector<ResourceName> names;
  ResourceName name;
  soci::statement all =
      (sql.prepare << "SELECT kind, name, version FROM tombstones ORDER BY kind, name, version",
       into(name.kind), into(name.name), into(name.version));
  all.execute();
  while (all.fetch()) names.push_back(name);
  return names;
}

std::vector<Revision> read_revisions(soci::session& sql, std::int64_t below, std::size_t limit) {
  std::vector<Revision> revisions;
  Revision revision;
  long long number = 0, time = 0;
  soci::statement newest =
      (sql.prepare << "SELECT number, time_us, actor, actor_role, reason, changes FROM revisions "
                      "WHERE number < :b ORDER BY number DESC LIMIT :l",
       use(below), use(limit), into(number), into(time), into(revision.by), into(revision.role),
       into(revision.reason), into(revision.changes));
  newest.execute();
  while (newest.fetch()) {
    revision.number = number;
    revision.time = time_of(time);
    revisions.push_back(revision);
  }
  return revisions;
}

void write_resources(soci::session& sql, const MetaChange& change) {
  if (!change.revision) return;
  write_revision(sql, *change.revision);
  delete_rows(sql, change.resources_gone, change.revision->number);
  write_rows(sql, change.resources);
}

}  // namespace millrace::store
