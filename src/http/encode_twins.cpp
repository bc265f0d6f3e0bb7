// Things, their properties, places and series as the schemas of api/openapi.yaml.
#include <nlohmann/json.hpp>

#include "http/encode.h"
#include "twin/commanding.h"

namespace millrace::http {
namespace {

void write_tags(JsonWriter& json, const model::Series& series) {
  json.begin_object()
      .member("site", series.site)
      .member("area", series.area)
      .member("line", series.line)
      .end_object();
}

void write_source(JsonWriter& json, const service::Source& source) {
  json.begin_object()
      .member("kind", service::text(source.kind))
      .member("name", source.name)
      .end_object();
}

const std::string& title_of(const model::Series& series) {
  return series.title.empty() ? series.property : series.title;
}

void write_optional_text(JsonWriter& json, const std::string& text) {
  text.empty() ? json.null() : json.value(text);
}

void write_duration(JsonWriter& json, std::string_view name,
                    const std::optional<base::Duration>& duration, base::Duration unit) {
  json.key(name);
  duration ? json.value(std::chrono::duration<double>(*duration).count() /
                        std::chrono::duration<double>(unit).count())
           : json.null();
}

/// The edge's filter in words; empty for none.
std::string filter_text(const model::FilterPolicy& filter) {
  if (!filter.is_on()) return {};
  const double heartbeat = std::chrono::duration<double>(filter.heartbeat).count();
  const double window = filter.window ? std::chrono::duration<double>(*filter.window).count() : 0.0;
  std::string words;
  switch (filter.kind) {
    case model::FilterKind::kDeadband:
      if (filter.deadband_absolute > 0)
        words = std::format("deadband {}", filter.deadband_absolute);
      if (filter.deadband_percent > 0) {
        words += std::format("{}deadband {} %", words.empty() ? "" : ", ", filter.deadband_percent);
      }
      break;
    case model::FilterKind::kException:
      words = "changes only";
      break;
    case model::FilterKind::kSwingingDoor:
      words = std::format("swinging door {}", filter.deviation);
      break;
    case model::FilterKind::kSample:
      return std::format("one sample each {} s", window);
    case model::FilterKind::kWindow:
      return std::format("one value for each {} s", window);
  }
  return std::format("{}, heartbeat {} s", words, heartbeat);
}

void write_thing_base(JsonWriter& json, const service::Thing& thing) {
  json.member("id", thing.id)
      .member("title", thing.title)
      .member("enterprise", thing.place.enterprise)
      .member("site", thing.place.site)
      .member("area", thing.place.area)
      .member("line", thing.place.line)
      .member("cell", thing.place.cell)
      .key("tags")
      .begin_object();
  if (thing.resource) {
    for (const auto& [key, value] : thing.resource->tags) json.member(key, value);
  }
  json.end_object().key("model");
  thing.resource ? json.value(text(thing.resource->model_ref)) : json.null();
  json.member("edge", thing.edge)
      .member("source", service::text(thing.source))
      .member("quality", model::text(thing.quality))
      .member("stale", thing.is_stale)
      .member("last_sample", thing.last_sample);
}

/// Where a binding reads, for people.
std::string source_text(const twin::Binding& binding, const twin::Catalog& catalog) {
  if (const auto* source = std::get_if<twin::ConnectionSource>(&binding.source)) {
    const auto found = catalog.connections().find(source->connection);
    const std::string type = found == catalog.connections().end() ? "" : found->second.type + " ";
    return type + source->connection;
  }
  if (const auto* source = std::get_if<twin::SparkplugSource>(&binding.source)) {
    return std::format("sparkplug {}/{}{}{}", source->group, source->node,
                       source->device.empty() ? "" : "/", source->device);
  }
  return "mqtt " + std::get<twin::MqttSource>(binding.source).topic;
}

void write_binding(JsonWriter& json, const service::PropertyTwin& twin,
                   const twin::Catalog& catalog) {
  json.key("binding");
  if (!twin.binding || !twin.row) {
    json.null();
    return;
  }
  const auto* source = std::get_if<twin::ConnectionSource>(&twin.binding->source);
  json.begin_object()
      .member("name", twin.binding->name)
      .member("source", source_text(*twin.binding, catalog))
      .key("connection");
  write_optional_text(json, source ? source->connection : std::string());
  json.member("address", twin.row->address).member("unit", twin.row->unit).end_object();
}

void write_contract(JsonWriter& json, const twin::PropertySpec* spec) {
  json.key("contract");
  if (!spec) {
    json.null();
    return;
  }
  const model::PropertyContract& contract = spec->contract;
  json.begin_object()
      .member("min", contract.range_min)
      .member("max", contract.range_max)
      .member("rate_max_per_s", contract.rate_max_per_s);
  write_duration(json, "interval_ms", contract.interval, std::chrono::milliseconds(1));
  write_duration(json, "flat_line_s", contract.flat_line, std::chrono::seconds(1));
  write_duration(json, "stale_s", contract.stale, std::chrono::seconds(1));
  json.key("filter");
  write_optional_text(json, filter_text(spec->filter));
  json.key("alarms").begin_array();
  for (const twin::AlarmLimit& alarm : spec->alarms) {
    json.begin_object()
        .member("name", alarm.name)
        .member("above", alarm.above)
        .member("below", alarm.below)
        .member("severity", model::text(alarm.severity))
        .end_object();
  }
  json.end_array().end_object();
}

void write_property(JsonWriter& json, const service::Property& property,
                    const service::PropertyTwin& twin, const twin::Catalog& catalog) {
  const model::Series& series = property.series;
  json.begin_object()
      .member("name", series.property)
      .member("title", title_of(series))
      .member("unit", series.unit)
      .member("type", model::text(series.type))
      .key("series");
  write_series_id(json, series.id);
  write_tags(json.key("tags"), series);
  write_source(json.key("source"), property.source);
  json.member("writable", twin.is_writable);
  write_binding(json, twin, catalog);
  write_contract(json, twin.spec);
  json.key("current").begin_object();
  write_current(json, property.current, kInlineBytesMax);
  json.end_object().end_object();
}

/// The actions of its model, and whether a binding carries each to a device.
void write_actions(JsonWriter& json, const service::ThingDetail& detail) {
  json.key("actions").begin_array();
  const twin::Thing* resource = detail.thing.resource;
  if (resource && resource->model) {
    for (const twin::ActionSpec& action : resource->model->actions) {
      const auto schema = nlohmann::json::parse(action.schema, nullptr, false);
      const bool has_input = schema.is_object() && schema.contains("input");
      const std::string title = service::title_of(action.titles);
      json.begin_object()
          .member("name", action.name)
          .member("title", title.empty() ? action.name : title)
          .key("input");
      has_input ? json.raw(schema["input"].dump()) : json.null();
      const auto* binding = detail.catalog->acting(resource->name, action.name).first;
      json.member("bound", twin::takes_invocations(*detail.catalog, action, binding)).end_object();
    }
  }
  json.end_array();
}

void write_counts(JsonWriter& json, const service::PlaceCounts& counts) {
  json.member("name", counts.name)
      .member("title", counts.title)
      .member("things", counts.things)
      .member("stale_things", counts.stale_things)
      .member("bad_things", counts.bad_things);
}

void write_line(JsonWriter& json, const service::Line& line) {
  json.begin_object();
  write_counts(json, line.counts);
  json.key("cells").begin_array();
  for (const service::PlaceCounts& cell : line.cells) {
    json.begin_object();
    write_counts(json, cell);
    json.end_object();
  }
  json.end_array().end_object();
}

}  // namespace

void write(JsonWriter& json, const service::Thing& thing) {
  json.begin_object();
  write_thing_base(json, thing);
  json.member("property_count", thing.property_count).end_object();
}

void write(JsonWriter& json, const service::ThingDetail& detail) {
  json.begin_object();
  write_thing_base(json, detail.thing);
  json.key("properties").begin_array();
  for (std::size_t i = 0; i < detail.properties.size(); ++i) {
    write_property(json, detail.properties[i], detail.twins[i], *detail.catalog);
  }
  json.end_array();
  write_actions(json, detail);
  json.end_object();
}

void write(JsonWriter& json, const service::Site& site) {
  json.begin_object();
  write_counts(json, site.counts);
  json.member("enterprise", site.enterprise)
      .member("series", site.series)
      .key("edges")
      .begin_array();
  for (const std::string& edge : site.edges) json.value(edge);
  json.end_array().key("areas").begin_array();
  for (const service::Area& area : site.areas) {
    json.begin_object();
    write_counts(json, area.counts);
    json.key("lines").begin_array();
    for (const service::Line& line : area.lines) write_line(json, line);
    json.end_array().end_object();
  }
  json.end_array().end_object();
}

void write_series(JsonWriter& json, const service::Property& property) {
  const model::Series& series = property.series;
  json.begin_object()
      .member("id", number(series.id))
      .member("thing", series.thing)
      .member("property", series.property)
      .member("title", title_of(series))
      .member("type", model::text(series.type))
      .member("unit", series.unit);
  write_tags(json.key("tags"), series);
  write_source(json.key("source"), property.source);
  json.key("model_version");
  series.model_version > 0 ? json.value(series.model_version) : json.null();
  json.key("last_sample");
  property.current.last ? json.value(property.current.last->sample.time) : json.null();
  json.end_object();
}

}  // namespace millrace::http
