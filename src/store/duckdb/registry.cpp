#include "store/duckdb/registry.h"

#include <charconv>
#include <format>

#include "store/duckdb/sample_rows.h"
#include "store/duckdb/utf8.h"

namespace millrace::store::duckdb {
namespace {

std::string literal(std::string_view text) { return sql_literal(lossy_utf8(text)); }

std::string ranges_text(const model::SequenceSet& set) {
  std::string text;
  for (const model::SequenceRange& range : set.ranges()) {
    text += std::format("{}{}-{}", text.empty() ? "" : ",", number(range.from), number(range.to));
  }
  return text;
}

base::Result<model::SequenceSet> parse_ranges(std::string_view text) {
  model::SequenceSet set;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    std::uint64_t from = 0, to = 0;
    const auto first = std::from_chars(at, end, from);
    if (first.ec != std::errc() || first.ptr == end || *first.ptr != '-') break;
    const auto second = std::from_chars(first.ptr + 1, end, to);
    if (second.ec != std::errc() || to < from) break;
    set.add({model::Sequence(from), model::Sequence(to)});
    at = second.ptr + (second.ptr < end && *second.ptr == ',' ? 1 : 0);
  }
  if (at == end) return set;
  return base::fail(base::ErrorCode::kCorrupt, std::format("committed ranges '{}'", text));
}

std::string as_text(const Rows& rows, std::size_t column, std::size_t row) {
  return std::string(rows.text(column, row));
}

}  // namespace

base::Result<std::vector<model::Series>> read_series(Connection& connection) {
  MILLRACE_LET(auto rows,
               connection.query("SELECT id, thing, property, type, unit, site, area, line, source, "
                                "model_version, title FROM series ORDER BY id"));
  std::vector<model::Series> all;
  MILLRACE_TRY(for_each_row(rows, [&](std::size_t row) {
    all.push_back({.id = series_at(rows, 0, row),
                   .thing = as_text(rows, 1, row),
                   .property = as_text(rows, 2, row),
                   .type = model::ValueType(rows.column<std::uint8_t>(3)[row]),
                   .unit = as_text(rows, 4, row),
                   .site = as_text(rows, 5, row),
                   .area = as_text(rows, 6, row),
                   .line = as_text(rows, 7, row),
                   .source = as_text(rows, 8, row),
                   .model_version = rows.column<std::int32_t>(9)[row],
                   .title = as_text(rows, 10, row)});
  }));
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (number(all[i].id) == static_cast<std::int32_t>(i) + 1) continue;
    return base::fail(base::ErrorCode::kCorrupt, std::format("series {} is missing", i + 1),
                      "Restore the store from a backup.");
  }
  return all;
}

base::Result<void> write_series(Connection& connection, const std::vector<model::Series>& series,
                                std::size_t known) {
  if (series.empty()) return {};
  MILLRACE_LET(auto appender, Appender::open(connection, "series"));
  std::string updates;
  for (const model::Series& one : series) {
    if (static_cast<std::size_t>(number(one.id)) > known) {
      appender.i32(number(one.id)).text(lossy_utf8(one.thing)).text(lossy_utf8(one.property));
      appender.u8(static_cast<std::uint8_t>(one.type)).text(lossy_utf8(one.unit));
      appender.text(lossy_utf8(one.site)).text(lossy_utf8(one.area)).text(lossy_utf8(one.line));
      appender.text(lossy_utf8(one.source)).i32(one.model_version).text(lossy_utf8(one.title));
      appender.end_row();
      continue;
    }
    updates += std::format(
        "UPDATE series SET unit = {}, site = {}, area = {}, line = {}, source = {}, "
        "model_version = {}, title = {} WHERE id = {};",
        literal(one.unit), literal(one.site), literal(one.area), literal(one.line),
        literal(one.source), one.model_version, literal(one.title), number(one.id));
  }
  MILLRACE_TRY(appender.close());
  if (!updates.empty()) MILLRACE_TRY(connection.run(updates));
  return {};
}

base::Result<std::vector<DeliveryState>> read_deliveries(Connection& connection) {
  MILLRACE_LET(auto rows, connection.query("SELECT origin, epoch, committed, updated "
                                           "FROM deliveries ORDER BY id"));
  std::vector<DeliveryState> states;
  base::Result<void> parsed;
  MILLRACE_TRY(for_each_row(rows, [&](std::size_t row) {
    const auto epoch = base::parse_uuid(rows.text(1, row));
    auto committed = parse_ranges(rows.text(2, row));
    if (!epoch) parsed = std::unexpected(epoch.error());
    if (!committed) parsed = std::unexpected(committed.error());
    if (!parsed) return;
    states.push_back({as_text(rows, 0, row), *epoch, std::move(*committed), time_at(rows, 3, row)});
  }));
  MILLRACE_TRY(parsed);
  return states;
}

base::Result<DeliveryRows> read_delivery_rows(Connection& connection) {
  MILLRACE_LET(const auto states, read_deliveries(connection));
  DeliveryRows rows;
  for (const DeliveryState& state : states) {
    rows.emplace(std::pair(state.origin, state.epoch), static_cast<std::int32_t>(rows.size()) + 1);
  }
  return rows;
}

base::Result<void> write_deliveries(Connection& connection,
                                    const std::vector<DeliveryState>& states, DeliveryRows& rows) {
  // One statement for all of a kind: each costs the engine as much as thousands of samples.
  std::string made, changed;
  for (const DeliveryState& state : states) {
    const auto next = static_cast<std::int32_t>(rows.size()) + 1;
    const auto [it, is_new] = rows.emplace(std::pair(state.origin, state.epoch), next);
    const std::string standing =
        std::format("{}::UBIGINT, '{}', {}::BIGINT", number(state.committed.acked_to()),
                    ranges_text(state.committed), micros(state.updated));
    if (is_new) {
      made += std::format("{}({}, {}, '{}', {})", made.empty() ? "" : ", ", next,
                          literal(state.origin), base::to_text(state.epoch), standing);
    } else {
      changed += std::format("{}({}, {})", changed.empty() ? "" : ", ", it->second, standing);
    }
  }
  std::string sql;
  if (!made.empty()) sql += "INSERT INTO deliveries VALUES " + made + ";";
  if (!changed.empty()) {
    sql += std::format(
        "UPDATE deliveries SET acked_to = now.acked_to, committed = now.committed, "
        "updated = now.updated FROM (VALUES {}) now(id, acked_to, committed, "
        "updated) WHERE deliveries.id = now.id;",
        changed);
  }
  if (!sql.empty()) MILLRACE_TRY(connection.run(sql));
  return {};
}

base::Result<std::vector<LossInterval>> read_losses(Connection& connection, std::string_view origin,
                                                    std::size_t limit) {
  MILLRACE_LET(auto rows, connection.query(std::format(
                              "SELECT origin, epoch, seq_from, seq_to, samples, time_from, "
                              "time_to, reason, recorded, thing, property FROM losses {} "
                              "ORDER BY rowid LIMIT {}",
                              origin.empty() ? "" : "WHERE origin = " + literal(origin), limit)));
  std::vector<LossInterval> losses;
  MILLRACE_TRY(for_each_row(rows, [&](std::size_t row) {
    losses.push_back({.origin = as_text(rows, 0, row),
                      .epoch = base::parse_uuid(rows.text(1, row)).value_or(base::Uuid{}),
                      .range = {model::Sequence(rows.column<std::uint64_t>(2)[row]),
                                model::Sequence(rows.column<std::uint64_t>(3)[row])},
                      .samples = rows.column<std::uint64_t>(4)[row],
                      .time_from = time_at(rows, 5, row),
                      .time_to = time_at(rows, 6, row),
                      .reason = as_text(rows, 7, row),
                      .recorded = time_at(rows, 8, row),
                      .thing = as_text(rows, 9, row),
                      .property = as_text(rows, 10, row)});
  }));
  return losses;
}

base::Result<void> write_losses(Connection& connection, const std::vector<LossInterval>& losses,
                                std::int64_t commit) {
  if (losses.empty()) return {};
  MILLRACE_LET(auto appender, Appender::open(connection, "losses"));
  for (const LossInterval& loss : losses) {
    appender.text(lossy_utf8(loss.origin)).text(base::to_text(loss.epoch));
    appender.u64(number(loss.range.from)).u64(number(loss.range.to)).u64(loss.samples);
    appender.i64(micros(loss.time_from)).i64(micros(loss.time_to)).text(lossy_utf8(loss.reason));
    appender.i64(micros(loss.recorded)).i64(commit);
    appender.text(lossy_utf8(loss.thing)).text(lossy_utf8(loss.property)).end_row();
  }
  return appender.close();
}

base::Result<std::vector<Event>> read_events(Connection& connection, std::int64_t before,
                                             std::size_t limit) {
  const std::string where = before > 0 ? std::format("WHERE id < {}", before) : "";
  MILLRACE_LET(auto rows,
               connection.query(std::format("SELECT id, time, kind, subject, actor_role, body "
                                            "FROM events {} ORDER BY id DESC LIMIT {}",
                                            where, limit)));
  std::vector<Event> events;
  MILLRACE_TRY(for_each_row(rows, [&](std::size_t row) {
    events.push_back({rows.column<std::int64_t>(0)[row], time_at(rows, 1, row),
                      as_text(rows, 2, row), as_text(rows, 3, row), as_text(rows, 4, row),
                      as_text(rows, 5, row)});
  }));
  return events;
}

base::Result<void> write_events(Connection& connection, const std::vector<Event>& events,
                                std::int64_t first_id, std::int64_t commit) {
  if (events.empty()) return {};
  MILLRACE_LET(auto appender, Appender::open(connection, "events"));
  for (const Event& event : events) {
    appender.i64(first_id++).i64(micros(event.time)).text(lossy_utf8(event.kind));
    appender.text(lossy_utf8(event.subject)).text(lossy_utf8(event.actor_role));
    appender.text(lossy_utf8(event.body)).i64(commit).end_row();
  }
  return appender.close();
}

base::Result<std::optional<ImportMark>> read_import(Connection& connection,
                                                    std::string_view file_hash) {
  MILLRACE_LET(auto rows, connection.query(std::format(
                              "SELECT name, rows_done, is_complete, updated, samples, "
                              "samples_uncertain, samples_bad FROM imports WHERE file_hash = {}",
                              literal(file_hash))));
  std::optional<ImportMark> mark;
  MILLRACE_TRY(for_each_row(rows, [&](std::size_t row) {
    mark = ImportMark{.file_hash = std::string(file_hash),
                      .name = as_text(rows, 0, row),
                      .rows_done = rows.column<std::uint64_t>(1)[row],
                      .samples = rows.column<std::uint64_t>(4)[row],
                      .samples_uncertain = rows.column<std::uint64_t>(5)[row],
                      .samples_bad = rows.column<std::uint64_t>(6)[row],
                      .is_complete = rows.column<bool>(2)[row],
                      .updated = time_at(rows, 3, row)};
  }));
  return mark;
}

base::Result<void> write_imports(Connection& connection, const std::vector<ImportMark>& marks) {
  for (const ImportMark& mark : marks) {
    const std::string hash = literal(mark.file_hash);
    MILLRACE_LET(const std::uint64_t changed,
                 connection.run(std::format(
                     "UPDATE imports SET name = {}, rows_done = {}, samples = {}, "
                     "samples_uncertain = {}, samples_bad = {}, is_complete = {}, updated = {} "
                     "WHERE file_hash = {}",
                     literal(mark.name), mark.rows_done, mark.samples, mark.samples_uncertain,
                     mark.samples_bad, mark.is_complete, micros(mark.updated), hash)));
    if (changed > 0) continue;
    MILLRACE_TRY(connection.run(
        std::format("INSERT INTO imports VALUES ({}, {}, {}, {}, {}, {}, {}, {})", hash,
                    literal(mark.name), mark.rows_done, mark.samples, mark.samples_uncertain,
                    mark.samples_bad, mark.is_complete, micros(mark.updated))));
  }
  return {};
}

}  // namespace millrace::store::duckdb
