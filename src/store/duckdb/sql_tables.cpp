#include "store/duckdb/sql_tables.h"

#include <algorithm>

namespace millrace::store::duckdb {
namespace {

using enum SqlType;

constexpr std::string_view kTypeText =
    "CASE type WHEN 1 THEN 'f64' WHEN 2 THEN 'i64' WHEN 3 THEN 'u64' WHEN 4 THEN 'bool' "
    "WHEN 5 THEN 'text' ELSE 'bytes' END";

StoredTable series_table() {
  return {"series",
          StoredKind::kRows,
          "Every series of samples: one for each thing, property and type.",
          "series",
          {{"series", kI64, "id::BIGINT", "Number of the series"},
           {"thing", kText, "thing", "Name of the thing"},
           {"property", kText, "property", "Name of the property"},
           {"type", kText, kTypeText, "f64, i64, u64, bool, text or bytes"},
           {"unit", kText, "nullif(unit, '')", "As the thing model or the source writes it"},
           {"site", kText, "nullif(site, '')", "Name of the site"},
           {"area", kText, "nullif(area, '')", "Name of the area"},
           {"line", kText, "nullif(line, '')", "Name of the line"},
           {"source", kText, "nullif(source, '')", "Edge, node or import that feeds it"},
           {"title", kText, "nullif(title, '')", "What its source calls it"}}};
}

StoredTable events_table() {
  return {"events",
          StoredKind::kRows,
          "What has happened: connections, seals, imports, corrections.",
          "events WHERE commit <= {}",
          {{"id", kI64, "id", "Rising number"},
           {"time", kTimestamp, "time", "When it happened, UTC"},
           {"kind", kText, "kind", "Noun and verb, such as edge.connected"},
           {"subject", kText, "nullif(subject, '')", "The thing, edge or import it is about"},
           {"role", kText, "actor_role", "Role of whoever did it"},
           {"body", kText, "body", "More about it, a JSON object"},
           {"commit", kI64, "commit", "Data version that brought it"}}};
}

StoredTable losses_table() {
  return {"losses",
          StoredKind::kRows,
          "Samples that an edge knows to be lost: they will never come.",
          "losses WHERE commit <= {}",
          {{"edge", kText, "origin", "Name of the edge"},
           {"seq_from", kU64, "seq_from", "First lost sequence number of its spool"},
           {"seq_to", kU64, "seq_to", "Last one"},
           {"samples", kU64, "nullif(samples, 0)", "How many samples; NULL when unknown"},
           {"time_from", kTimestamp, "time_from", "Of the first lost sample, UTC"},
           {"time_to", kTimestamp, "time_to", "Of the last one; of 'held' the latest possible"},
           {"reason", kText, "reason", "evicted, erased, refused, held …"},
           {"thing", kText, "nullif(thing, '')", "Of 'held': whose samples, at least so many"},
           {"property", kText, "nullif(property, '')", "Of 'held', as thing"},
           {"recorded", kTimestamp, "recorded", "When the hub learned of it"},
           {"commit", kI64, "commit", "Data version that brought it"}}};
}

StoredTable corrections_table() {
  return {"corrections",
          StoredKind::kRows,
          "What people and programs corrected; `samples` shows samples with these laid over.",
          "corrections c JOIN (SELECT id AS number, thing, property FROM series) s "
          "ON s.number = c.series WHERE c.commit <= {}",
          {{"id", kI64, "c.id", "Rising number; `correction` in samples"},
           {"thing", kText, "s.thing", "Name of the thing"},
           {"property", kText, "s.property", "Name of the property"},
           {"time_from", kTimestamp, "c.time_from", "Samples from here, UTC"},
           {"time_to", kTimestamp, "c.time_to", "and before here"},
           {"action", kText, "c.action", "replace, invalidate, fill or restore"},
           {"method", kText, "nullif(c.method, '')",
            "Of a fill: constant, linear or previous; of a replace: linear, previous"},
           {"value", kF64, "coalesce(c.f64, c.i64::DOUBLE, c.u64::DOUBLE, c.bool::INTEGER::DOUBLE)",
            "The value set, as a number"},
           {"value_text", kText, "c.text", "The value set, of a text"},
           {"value_to", kF64, "c.value_to", "Of a linear one: the value at its end"},
           {"interval_ms", kI64, "nullif(c.interval, 0) // 1000", "Of a fill: between its samples"},
           {"made_by", kText, "c.made_by", "Who made it"},
           {"role", kText, "c.made_role", "and in which role"},
           {"reason", kText, "nullif(c.why, '')", "Why"},
           {"made", kTimestamp, "c.time", "When it was made, UTC"},
           {"commit", kI64, "c.commit", "Data version that brought it"},
           {"series", kI64, "c.series::BIGINT", "Number of the series"}}};
}

StoredTable samples_table() {
  return {"samples",
          StoredKind::kSamples,
          "Every sample as the history of its property shows it, corrections applied.",
          "",
          {{"series", kI64, "", "Number of the series"},
           {"time", kTimestamp, "", "Of the source, UTC"},
           {"value", kF64, "", "As a number, bool as 0 and 1; NULL for text and bytes"},
           {"value_i64", kI64, "", "Exact value of a property of type i64"},
           {"value_u64", kU64, "", "Exact value of a property of type u64"},
           {"value_bool", kBool, "", "Value of a property of type bool"},
           {"value_text", kText, "", "Value of a property of type text"},
           {"value_bytes", kBytes, "", "Value of a property of type bytes"},
           {"quality_code", kU32, "", "Quality as 32 bits: OPC UA severity, sub code, reasons"},
           {"correction", kI64, "", "Correction that says how it is seen; NULL for none"}}};
}

StoredTable rollup_table(std::string_view name, StoredKind kind, std::string_view comment) {
  return {name,
          kind,
          comment,
          "",
          {{"series", kI64, "", "Number of the series"},
           {"time", kTimestamp, "", "Where the bucket begins, UTC"},
           {"samples", kI64, "", "Usable samples: with a number, not bad, no duplicates"},
           {"bad", kI64, "", "Bad samples"},
           {"avg", kF64, "", "Arithmetic mean of the usable samples"},
           {"time_weighted_avg", kF64, "", "Mean in which a value holds until the next sample"},
           {"min", kF64, "", "Smallest"},
           {"max", kF64, "", "Largest"},
           {"first", kF64, "", "First"},
           {"last", kF64, "", "Last"},
           {"sum", kF64, "", "Sum"}}};
}

SqlTableColumn described(const StoredColumn& column) {
  return {std::string(column.name),
          std::string(kSqlTypeNames.at(static_cast<std::size_t>(column.type))),
          std::string(column.comment)};
}

/// The columns of a view (sql_statement.cpp): some of the scan's, some of the series'.
SqlTable described_view(const StoredTable& table, std::span<const std::string_view> names) {
  SqlTable view{std::string(table.name), std::string(table.comment), {}};
  const StoredTable series = series_table();
  for (const std::string_view name : names) {
    for (const auto* columns : {&table.columns, &series.columns}) {
      const auto found = std::ranges::find(*columns, name, &StoredColumn::name);
      if (found == columns->end()) continue;
      view.columns.push_back(described(*found));
      break;
    }
    if (name == "quality") view.columns.push_back({"quality", "text", "good, uncertain or bad"});
    if (name == "reasons") {
      view.columns.push_back({"reasons", "text", "Why it is not good, by semicolons; or NULL"});
    }
  }
  return view;
}

constexpr std::string_view kSampleNames[] = {
    "time",       "thing",      "property",    "value",        "unit",  "quality",   "reasons",
    "correction", "site",       "area",        "line",         "type",  "value_i64", "value_u64",
    "value_bool", "value_text", "value_bytes", "quality_code", "series"};
constexpr std::string_view kRollupNames[] = {
    "time",  "thing", "property", "unit", "samples", "bad",  "avg",  "time_weighted_avg",
    "min",   "max",   "first",    "last", "sum",     "site", "area", "line",
    "series"};

}  // namespace

std::span<const StoredTable> stored_tables() {
  static const std::vector<StoredTable> kAll = {
      samples_table(),
      rollup_table("minutes", StoredKind::kMinutes, "Numeric samples by minute."),
      rollup_table("hours", StoredKind::kHours,
                   "Numeric samples by hour: for months and years, far quicker than samples."),
      series_table(),
      events_table(),
      losses_table(),
      corrections_table()};
  return kAll;
}

std::vector<SqlTable> described_tables() {
  std::vector<SqlTable> all;
  for (const StoredTable& table : stored_tables()) {
    if (table.kind == StoredKind::kRows) {
      SqlTable& one = all.emplace_back(std::string(table.name), std::string(table.comment));
      for (const StoredColumn& column : table.columns) one.columns.push_back(described(column));
    } else if (table.kind == StoredKind::kSamples) {
      all.push_back(described_view(table, kSampleNames));
    } else {
      all.push_back(described_view(table, kRollupNames));
    }
  }
  return all;
}

}  // namespace millrace::store::duckdb
