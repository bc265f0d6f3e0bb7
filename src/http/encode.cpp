#include "http/encode.h"

namespace millrace::http {
namespace {

constexpr std::int64_t kExactMax = (1LL << 53) - 1;

std::string base64(std::string_view bytes) {
  static constexpr char kAlphabet[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t bits = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      bits = bits << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      out += i + k <= bytes.size() ? kAlphabet[bits >> (18 - 6 * k) & 63U] : '=';
    }
  }
  return out;
}

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

void write_thing_base(JsonWriter& json, const service::Thing& thing) {
  json.member("id", thing.id)
      .member("title", thing.title)
      .member("site", thing.site)
      .member("area", thing.area)
      .member("line", thing.line)
      .key("model")
      .null()
      .member("edge", thing.edge)
      .member("source", service::text(thing.source))
      .member("quality", model::text(thing.quality))
      .member("stale", thing.is_stale)
      .member("last_sample", thing.last_sample);
}

void write_property(JsonWriter& json, const service::Property& property) {
  const model::Series& series = property.series;
  json.begin_object()
      .member("name", series.property)
      .member("title", title_of(series))
      .member("unit", series.unit)
      .member("type", model::text(series.type))
      .member("series", number(series.id));
  write_tags(json.key("tags"), series);
  write_source(json.key("source"), property.source);
  json.key("current").begin_object();
  write_current(json, property.current, kInlineBytesMax);
  json.end_object().end_object();
}

void write_counts(JsonWriter& json, const service::PlaceCounts& counts) {
  json.member("name", counts.name)
      .member("title", counts.title)
      .member("things", counts.things)
      .member("stale_things", counts.stale_things)
      .member("bad_things", counts.bad_things);
}

}  // namespace

void write_reasons(JsonWriter& json, model::Quality quality) {
  json.begin_array();
  for (const model::Reason reason : quality.reasons()) json.value(model::text(reason));
  json.end_array();
}

void write_head(JsonWriter& json, const model::Series& series) {
  json.member("thing", series.thing)
      .member("property", series.property)
      .member("unit", series.unit)
      .member("type", model::text(series.type))
      .member("series", number(series.id));
}

void write_value(JsonWriter& json, const model::Value& value, std::size_t inline_max) {
  if (const auto* f64 = std::get_if<double>(&value)) {
    json.value(*f64);
  } else if (const auto* i64 = std::get_if<std::int64_t>(&value)) {
    const bool is_exact = *i64 <= kExactMax && *i64 >= -kExactMax;
    is_exact ? json.value(*i64) : json.value(std::to_string(*i64));
  } else if (const auto* u64 = std::get_if<std::uint64_t>(&value)) {
    const bool is_exact = *u64 <= static_cast<std::uint64_t>(kExactMax);
    is_exact ? json.value(*u64) : json.value(std::to_string(*u64));
  } else if (const auto* truth = std::get_if<bool>(&value)) {
    json.value(*truth);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    json.value(*text);
  } else if (const auto* bytes = std::get_if<model::Bytes>(&value)) {
    json.begin_object()
        .member("content_type", "application/octet-stream")
        .member("length", bytes->data.size());
    if (bytes->data.size() <= inline_max) json.member("base64", base64(bytes->data));
    json.end_object();
  } else {
    json.null();
  }
}

void write_current(JsonWriter& json, const service::CurrentValue& current, std::size_t inline_max) {
  json.key("value");
  write_value(json, current.last ? current.last->sample.value : model::Value(), inline_max);
  const model::Quality quality = current.quality();
  json.key("time");
  current.last ? json.value(current.last->sample.time) : json.null();
  json.key("received");
  current.last ? json.value(current.last->received) : json.null();
  json.member("quality", model::text(quality.severity())).member("quality_code", quality.bits());
  write_reasons(json.key("reasons"), quality);
  json.member("stale", current.staleness.is_stale).member("stale_since", current.staleness.since);
}

void write(JsonWriter& json, const service::Thing& thing) {
  json.begin_object();
  write_thing_base(json, thing);
  json.member("property_count", thing.property_count).end_object();
}

void write(JsonWriter& json, const service::ThingDetail& detail) {
  json.begin_object();
  write_thing_base(json, detail.thing);
  json.key("properties").begin_array();
  for (const service::Property& property : detail.properties) write_property(json, property);
  json.end_array().end_object();
}

void write(JsonWriter& json, const service::Site& site) {
  json.begin_object();
  write_counts(json, site.counts);
  json.member("series", site.series).key("edges").begin_array();
  for (const std::string& edge : site.edges) json.value(edge);
  json.end_array().key("areas").begin_array();
  for (const service::Area& area : site.areas) {
    json.begin_object();
    write_counts(json, area.counts);
    json.key("lines").begin_array();
    for (const service::PlaceCounts& line : area.lines) {
      json.begin_object();
      write_counts(json, line);
      json.end_object();
    }
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

std::string encode_property(const service::Property& property) {
  JsonWriter json;
  json.begin_object();
  write_head(json, property.series);
  write_current(json, property.current, model::kValueBytesMax);
  json.end_object();
  return json.take();
}

std::string encode_values(const service::Page<service::Property>& page) {
  JsonWriter json;
  json.reserve(100 * page.items.size());
  json.begin_object().key("columns").begin_array();
  for (const char* column : {"thing", "property", "value", "time", "quality", "stale"}) {
    json.value(column);
  }
  json.end_array().key("rows").begin_array();
  for (const service::Property& property : page.items) {
    const service::CurrentValue& current = property.current;
    json.begin_array().value(property.series.thing).value(property.series.property);
    write_value(json, current.last ? current.last->sample.value : model::Value(), kInlineBytesMax);
    current.last ? json.value(current.last->sample.time) : json.null();
    json.value(model::text(current.quality().severity()))
        .value(current.staleness.is_stale)
        .end_array();
  }
  json.end_array().member("next", page.next).end_object();
  return json.take();
}

std::string encode_live_value(const service::Property& property) {
  JsonWriter json;
  json.begin_object()
      .member("thing", property.series.thing)
      .member("property", property.series.property);
  write_current(json, property.current, kInlineBytesMax);
  json.end_object();
  return json.take();
}

}  // namespace millrace::http
