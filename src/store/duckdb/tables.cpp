// The tables of a Millrace store: format 3.
//
// A store is a folder with the files store.duckdb (and store.duckdb.wal, and spill/ while a query
// needs it). Its truth is in the tables below; a program of another make may read all of it with
// SQL while no hub has the file open. Times are BIGINT microseconds since 1970-01-01T00:00:00Z.
//
//   store         one row: format INTEGER (3), id VARCHAR, made BIGINT, commit BIGINT (number of
//                 the newest commit), layout BIGINT (rises with each change of the set of sample
//                 tables), next_table BIGINT
//   series        id INTEGER from 1 without holes, thing, property VARCHAR, type UTINYINT (1 f64, 2
//                 i64, 3 u64, 4 bool, 5 text, 6 bytes), unit, site, area, line, source VARCHAR,
//                 model_version INTEGER, title VARCHAR; (thing, property, type) is unique
//   deliveries    id INTEGER, origin VARCHAR, epoch VARCHAR (UUID), acked_to UBIGINT, committed
//                 VARCHAR ("1-500,502-510": sequences stored or on record as lost), updated BIGINT
//   losses        origin, epoch VARCHAR, seq_from, seq_to, samples UBIGINT, time_from, time_to
//                 BIGINT, reason VARCHAR, recorded, commit BIGINT, thing, property VARCHAR (of
//                 reason 'held', else '': samples of one property that an edge's filter held when
//                 the edge was killed; at least so many, none later than time_to)
//   events        id BIGINT from 1, time BIGINT, kind, subject, actor_role, body VARCHAR, commit
//                 BIGINT
//   imports       file_hash, name VARCHAR, rows_done, samples, samples_uncertain, samples_bad
//                 UBIGINT, is_complete BOOLEAN, updated BIGINT
//   corrections   id BIGINT from 1, series INTEGER, time_from, time_to BIGINT, action VARCHAR
//                 ('replace', 'invalidate', 'fill', 'restore'), method VARCHAR ('constant',
//                 'linear', 'previous'; '' for all but fill), interval BIGINT (of fill, else 0),
//                 f64 DOUBLE, i64 BIGINT, u64 UBIGINT, bool BOOLEAN, text VARCHAR, bytes BLOB (the
//                 value; at most one is not NULL), value_to DOUBLE (of linear), made_by, made_role,
//                 why VARCHAR, time BIGINT (when it was made), commit BIGINT
//   out_of_range  series INTEGER, time BIGINT, f64 DOUBLE, i64 BIGINT, u64 UBIGINT, bool BOOLEAN,
//                 text VARCHAR, bytes BLOB (at most one is not NULL), quality UINTEGER, received,
//                 commit BIGINT: samples with an implausible time, and the bytes of texts that are
//                 no UTF-8
//   hot_tables    number BIGINT, type UTINYINT, role VARCHAR: 'writing' (one for each type, ingest
//                 appends here) or 'sealing' (given to the sealer, or left over by it)
//   partitions    number BIGINT, type UTINYINT, time_from, time_to BIGINT (the range it owns, end
//                 not included), t_min, t_max BIGINT (of its rows), rows UBIGINT, has_minutes,
//                 has_hours, has_rows BOOLEAN (false: the rows have expired, roll-ups are left).
//                 The ranges of one type do not overlap.
//   last_<type>   series INTEGER, time BIGINT, value, quality UINTEGER, received BIGINT: for each
//                 series its newest sample in a partition
//
// Sample tables, T being DOUBLE, BIGINT, UBIGINT, BOOLEAN, VARCHAR or BLOB:
//
//   hot_<type>_<number>, part_<type>_<number>
//                 series INTEGER, time BIGINT, value T, quality UINTEGER (model/quality.h),
//                 received BIGINT, commit BIGINT; a sample without a value has NULL
//   minute_<type>_<number>, hour_<type>_<number>    (numeric types; derived, see store/rollup.h)
//                 series INTEGER, bucket BIGINT (its start), head, tail BIGINT, samples, bad
//                 UBIGINT, first, last, min, max, sum, integral DOUBLE, covered BIGINT,
//                 is_tail_usable BOOLEAN
//
// Order. A hot table is in order of arrival. A partition is sorted by (series, time, commit, order
// of arrival). All rows of one series with one time and one commit stand in one table. Of several
// rows with one (series, time) the first in that order is the sample, the others are its
// duplicates: partitions carry the mark in `quality`; for hot rows the mark may be missing and a
// reader must compare.
//
// Corrections. Sample tables never change; a reader lays the corrections over what it reads. A
// correction speaks of the samples of one series with time_from <= time < time_to.
//
//   - Of the corrections replace, invalidate and restore that hold a sample's time the one with the
//     highest (commit, id) says how it is seen. replace: with the correction's value or, when it is
//     linear, that of its line as below; quality good, reason corrected (21). invalidate: with its
//     own value, quality bad, reason corrected and then the first of its own. restore: as it is
//     stored.
//   - fill cuts its range from time_from on into cells of `interval`, the last perhaps shorter. A
//     cell in which no sample is stored shows one at its start, quality good, reason corrected,
//     with the fill's value; a linear one with the value at that time of the straight line from
//     (time_from, value) to (time_to, value_to), rounded to even where the type is whole. Of the
//     fills and restores that hold the start of a cell the one with the highest (commit, id)
//     counts. A replace or invalidate higher than the fill acts on such a sample as on a stored
//     one.
//   - What is a duplicate stays one. The store as it was after commit C is what rows and
//     corrections with commit <= C give; so a commit number is a data version.
//   - Roll-ups are those of stored rows. A reader uses none for a bucket that a correction touches.
//     They are made again, as corrected, when the rows of their partition expire; what is corrected
//     afterwards no longer reaches them.
//
// Limits. A row belongs to the partition whose range holds its time, unless it stands in a hot
// table; so a reader of a time range reads the partitions that own any of it and all hot tables of
// the type. A text or bytes value has at most 8 MiB.
//
// Recovery. A log whose last transaction a power cut tore is cut before it (log_tail.h). Every
// commit of a hub is one transaction of the engine: samples, series, deliveries, losses, events,
// imports, corrections and store.commit. A sample table that neither hot_tables nor partitions
// names (and a roll-up table whose partition is not named) is the rest of a sealer that was killed
// and is dropped at start. Everything else in memory (newest samples, roll-ups of hot rows) follows
// from last_<type> and the hot tables, read in the order of their numbers.
//
// Versions. A program opens stores of its own format and of those it knows how to bring up to date;
// it refuses newer ones and leaves them alone. Formats 1 and 2 (until November 2026) have no thing
// and property of losses, format 1 has no corrections and no has_rows, either; start adds them in
// one transaction (upgrading.cpp). A hub makes a backup first
// (apps/hub/hub_stores.h), which is the way back.

#include "store/duckdb/tables.h"

#include <format>

namespace millrace::store::duckdb {
namespace {

constexpr std::array<std::string_view, 6> kSqlTypes = {"DOUBLE",  "BIGINT",  "UBIGINT",
                                                       "BOOLEAN", "VARCHAR", "BLOB"};

constexpr std::string_view kFixedTables = R"(
CREATE TABLE store(format INTEGER, id VARCHAR, made BIGINT, commit BIGINT, layout BIGINT,
  next_table BIGINT);
CREATE TABLE series(id INTEGER, thing VARCHAR, property VARCHAR, type UTINYINT, unit VARCHAR,
  site VARCHAR, area VARCHAR, line VARCHAR, source VARCHAR, model_version INTEGER, title VARCHAR);
CREATE TABLE deliveries(id INTEGER, origin VARCHAR, epoch VARCHAR, acked_to UBIGINT,
  committed VARCHAR, updated BIGINT);
CREATE TABLE losses(origin VARCHAR, epoch VARCHAR, seq_from UBIGINT, seq_to UBIGINT,
  samples UBIGINT, time_from BIGINT, time_to BIGINT, reason VARCHAR, recorded BIGINT,
  commit BIGINT, thing VARCHAR, property VARCHAR);
CREATE TABLE events(id BIGINT, time BIGINT, kind VARCHAR, subject VARCHAR, actor_role VARCHAR,
  body VARCHAR, commit BIGINT);
CREATE TABLE imports(file_hash VARCHAR, name VARCHAR, rows_done UBIGINT, samples UBIGINT,
  samples_uncertain UBIGINT, samples_bad UBIGINT, is_complete BOOLEAN, updated BIGINT);
CREATE TABLE out_of_range(series INTEGER, time BIGINT, f64 DOUBLE, i64 BIGINT, u64 UBIGINT,
  bool BOOLEAN, text VARCHAR, bytes BLOB, quality UINTEGER, received BIGINT, commit BIGINT);
CREATE TABLE hot_tables(number BIGINT, type UTINYINT, role VARCHAR);
CREATE TABLE partitions(number BIGINT, type UTINYINT, time_from BIGINT, time_to BIGINT,
  t_min BIGINT, t_max BIGINT, rows UBIGINT, has_minutes BOOLEAN, has_hours BOOLEAN,
  has_rows BOOLEAN);
)";

std::string named(std::string_view family, model::ValueType type, TableNumber table) {
  return std::format("{}_{}_{}", family, model::text(type), number(table));
}

}  // namespace

const std::string_view kCorrectionsTable = R"(
CREATE TABLE corrections(id BIGINT, series INTEGER, time_from BIGINT, time_to BIGINT,
  action VARCHAR, method VARCHAR, interval BIGINT, f64 DOUBLE, i64 BIGINT, u64 UBIGINT,
  bool BOOLEAN, text VARCHAR, bytes BLOB, value_to DOUBLE, made_by VARCHAR, made_role VARCHAR,
  why VARCHAR, time BIGINT, commit BIGINT);
)";

std::string_view sql_type(model::ValueType type) { return kSqlTypes.at(index_of(type)); }

std::string hot_name(model::ValueType type, TableNumber table) { return named("hot", type, table); }
std::string part_name(model::ValueType type, TableNumber table) {
  return named("part", type, table);
}
std::string minute_name(model::ValueType type, TableNumber table) {
  return named("minute", type, table);
}
std::string hour_name(model::ValueType type, TableNumber table) {
  return named("hour", type, table);
}
std::string last_name(model::ValueType type) { return std::format("last_{}", model::text(type)); }

std::string make_sample_table(const std::string& name, model::ValueType type) {
  return std::format(
      "CREATE TABLE {}(series INTEGER, time BIGINT, value {}, quality UINTEGER, received BIGINT, "
      "commit BIGINT);",
      name, sql_type(type));
}

std::string make_rollup_table(const std::string& name) {
  return std::format(
      "CREATE TABLE {}(series INTEGER, bucket BIGINT, head BIGINT, tail BIGINT, samples UBIGINT, "
      "bad UBIGINT, first DOUBLE, last DOUBLE, min DOUBLE, max DOUBLE, sum DOUBLE, "
      "integral DOUBLE, covered BIGINT, is_tail_usable BOOLEAN);",
      name);
}

base::Result<void> make_tables(Connection& connection, std::string_view store_id, base::Time now) {
  std::string sql(kFixedTables);
  sql += kCorrectionsTable;
  std::int64_t next = 1;
  for (const model::ValueType type : kTypes) {
    sql += std::format(
        "CREATE TABLE {}(series INTEGER, time BIGINT, value {}, quality UINTEGER, "
        "received BIGINT);",
        last_name(type), sql_type(type));
    sql += make_sample_table(hot_name(type, TableNumber(next)), type);
    sql += std::format("INSERT INTO hot_tables VALUES ({}, {}, 'writing');", next,
                       static_cast<int>(type));
    ++next;
  }
  sql += std::format("INSERT INTO store VALUES ({}, {}, {}, 0, 1, {});", kFormat,
                     sql_literal(store_id), now.time_since_epoch().count(), next);
  MILLRACE_LET(auto transaction, Transaction::begin(connection));
  MILLRACE_TRY(connection.run(sql));
  return transaction.commit();
}

base::Result<StoreRow> read_store_row(Connection& connection) {
  MILLRACE_LET(auto rows, connection.query("SELECT format, commit, layout, next_table FROM store"));
  MILLRACE_LET(const bool is_there, rows.next());
  if (!is_there || rows.size() != 1) {
    return base::fail(base::ErrorCode::kCorrupt, "the table `store` does not have one row",
                      "Restore the store from a backup.");
  }
  const StoreRow row{rows.column<std::int32_t>(0)[0], rows.column<std::int64_t>(1)[0],
                     rows.column<std::int64_t>(2)[0], rows.column<std::int64_t>(3)[0]};
  if (row.format != kFormat) {
    return base::fail(
        base::ErrorCode::kUnsupported,
        std::format("the store has format {}, this program knows {}", row.format, kFormat),
        "Use the version of Millrace that wrote it, or a newer one.");
  }
  return row;
}

}  // namespace millrace::store::duckdb
