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

/// The rows of one thing: what its model says, and what only has data.
std::deque<Row> property_rows(const Roster& roster, const RosterThing& thing,
                              const store::SeriesIndex& index) {
  std::map<std::string, model::Series> with_data;
  for (const model::SeriesId id : thing.series) {
    if (auto series = index.get(id)) with_data.insert_or_assign(series->property, *series);
  }
  std::map<std::string, Row> rows;
  const auto series_of = [&](const std::string& property) {
    const auto found = with_data.find(property);
    return found == with_data.end() ? Value() : Value(std::int64_t{number(found->second.id)});
  };
  for (const auto& [name, series] : with_data) {
    rows[name] = {thing.id,
                  name,
                  text(series.title),
                  std::string(text(series.type)),
                  text(series.unit),
                  {},
                  {},
                  {},
                  {},
                  false,
                  {},
                  series_of(name)};
  }
  const bool has_model = thing.resource && thing.resource->model;
  for (std::size_t i = 0; has_model && i < thing.resource->model->properties.size(); ++i) {
    const twin::PropertySpec& spec = thing.resource->model->properties[i];
    const auto binding = roster.catalog->feeding(thing.id, spec.name).first;
    rows[spec.name] = {thing.id,
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
                       series_of(spec.name)};
  }
  std::deque<Row> all;
  for (auto& [name, row] : rows) all.push_back(std::move(row));
  return all;
}

store::SqlRowSource read_properties(const std::shared_ptr<const Roster>& roster,
                                    const store::SeriesIndex& index) {
  return [roster, &index, next = std::size_t{0}, rows = std::deque<Row>()](Row& row) mutable {
    while (rows.empty() && next < roster->things.size()) {
      rows = property_rows(*roster, roster->things[next++], index);
    }
    if (rows.empty()) return false;
    row = std::move(rows.front());
    rows.pop_front();
    return true;
  };
}

store::SqlGivenTable properties_table(const std::shared_ptr<const Roster>& roster,
                                      const store::SeriesIndex& index) {
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
          [roster, &index] { return read_properties(roster, index); }};
}

}  // namespace

std::vector<store::SqlGivenTable> twin_tables(std::shared_ptr<const Roster> roster,
                                              const store::SeriesIndex& index) {
  std::vector<store::SqlGivenTable> tables;
  tables.push_back(things_table(roster));
  tables.push_back(properties_table(roster, index));
  return tables;
}

}  // namespace millrace::service
