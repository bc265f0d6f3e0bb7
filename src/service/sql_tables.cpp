#include "service/sql_tables.h"

#include <algorithm>
#include <deque>
#include <nlohmann/json.hpp>

#include "service/resources.h"

namespace millrace::service {
namespace {

using model::Value;
using Row = std::vector<Value>;

/// NULL where there is nothing to say.
Value text(std::string_view said) { return said.empty() ? Value() : Value(std::string(said)); }
Value maybe(const std::optional<double>& number) { return number ? Value(*number) : Value(); }
Value maybe(const std::optional<base::Duration>& time) {
  return time ? Value(static_cast<double>(time->count()) / 1000) : Value();
}

Value tags_of(const RosterThing& thing) {
  if (!thing.resource || thing.resource->tags.empty()) return {};
  return nlohmann::json(thing.resource->tags).dump();
}

Row thing_row(const RosterThing& thing) {
  const bool has_model = thing.resource && thing.resource->model;
  return {thing.id,
          text(thing.title),
          text(thing.place.enterprise),
          text(thing.place.site),
          text(thing.place.area),
          text(thing.place.line),
          text(thing.place.cell),
          has_model ? text(twin::text(thing.resource->model_ref)) : Value(),
          tags_of(thing),
          static_cast<std::int64_t>(thing.property_count),
          text(thing.sources.empty() ? thing.edge : thing.source)};
}

store::SqlRowSource read_things(const std::shared_ptr<const Roster>& roster) {
  return [roster, next = std::size_t{0}](Row& row) mutable {
    if (next == roster->things.size()) return false;
    row = thing_row(roster->things[next++]);
    return true;
  };
}

store::SqlGivenTable things_table(const std::shared_ptr<const Roster>& roster) {
  return {{"things",
           "Every thing that is configured or has data: its place, model and tags.",
           {{"thing", "text", "Its name, which never changes"},
            {"title", "text", "What people call it"},
            {"enterprise", "text", "ISA-95 place: enterprise"},
            {"site", "text", "site"},
            {"area", "text", "area"},
            {"line", "text", "line"},
            {"cell", "text", "cell"},
            {"model", "text", "Thing model as name@version; NULL without one"},
            {"tags", "text", "Free tags, a JSON object: tags->>'criticality'"},
            {"properties", "i64", "How many properties it has"},
            {"source", "text", "Edge, node or import that feeds it"}}},
          [roster] { return read_things(roster); }};
}

/// What is said of a property that no model has.
Row table_row(const std::string& thing, const model::Series& series) {
  return {thing,
          series.property,
          text(series.title),
          std::string(text(series.type)),
          text(series.unit),
          {},
          {},
          {},
          {},
          false,
          {},
          std::int64_t{number(series.id)}};
}

Row table_row(const Roster& roster, const RosterThing& thing, const twin::PropertySpec& spec) {
  const auto binding = roster.catalog->feeding(thing.id, spec.name).first;
  return {thing.id,
          spec.name,
          text(title_of(spec.titles)),
          std::string(model::text(spec.contract.type)),
          text(spec.contract.unit),
          maybe(spec.contract.range_min),
          maybe(spec.contract.range_max),
          maybe(spec.contract.interval),
          text(twin::text(thing.resource->model_ref)),
          spec.is_writable,
          binding ? text(binding->name) : Value(),
          {}};
}

/// The rows of one thing: what its model says, and what only has data.
std::deque<Row> property_rows(const Roster& roster, const RosterThing& thing, const Deps& deps) {
  std::map<std::string, Row> rows;
  for (const model::SeriesId id : present_series(thing, store::last_times(deps.series))) {
    if (const auto series = deps.index.get(id))
      rows[series->property] = table_row(thing.id, *series);
  }
  const bool has_model = thing.resource && thing.resource->model;
  for (std::size_t i = 0; has_model && i < thing.resource->model->properties.size(); ++i) {
    const twin::PropertySpec& spec = thing.resource->model->properties[i];
    Row row = table_row(roster, thing, spec);
    const auto with_data = rows.find(spec.name);
    if (with_data != rows.end()) row.back() = with_data->second.back();
    rows[spec.name] = std::move(row);
  }
  std::deque<Row> all;
  for (auto& [name, row] : rows) all.push_back(std::move(row));
  return all;
}

store::SqlRowSource read_properties(const std::shared_ptr<const Roster>& roster, const Deps& deps) {
  return [roster, &deps, next = std::size_t{0}, rows = std::deque<Row>()](Row& row) mutable {
    while (rows.empty() && next < roster->things.size()) {
      rows = property_rows(*roster, roster->things[next++], deps);
    }
    if (rows.empty()) return false;
    row = std::move(rows.front());
    rows.pop_front();
    return true;
  };
}

store::SqlGivenTable properties_table(const std::shared_ptr<const Roster>& roster,
                                      const Deps& deps) {
  return {{"properties",
           "Every property of every thing: unit, range and rate that its model promises.",
           {{"thing", "text", "Name of the thing"},
            {"property", "text", "Name of the property"},
            {"title", "text", "What people call it"},
            {"type", "text", "f64, i64, u64, bool, text or bytes"},
            {"unit", "text", "Unit of its values"},
            {"range_min", "f64", "Smallest plausible value"},
            {"range_max", "f64", "Largest plausible value"},
            {"interval_ms", "f64", "Expected time between samples"},
            {"model", "text", "Thing model that says so; NULL for one that only has data"},
            {"writable", "bool", "Whether the model lets it be written"},
            {"binding", "text", "Binding that feeds it"},
            {"series", "i64", "Number of its series; NULL before the first sample"}}},
          [roster, &deps] { return read_properties(roster, deps); }};
}

}  // namespace

std::vector<store::SqlGivenTable> twin_tables(std::shared_ptr<const Roster> roster,
                                              const Deps& deps) {
  std::vector<store::SqlGivenTable> tables;
  tables.push_back(things_table(roster));
  tables.push_back(properties_table(roster, deps));
  return tables;
}

}  // namespace millrace::service
