#include "http/encode.h"

#include "codec/base64.h"

namespace millrace::http {
namespace {

constexpr std::int64_t kExactMax = (1LL << 53) - 1;

}  // namespace

void write_reasons(JsonWriter& json, model::Quality quality) {
  json.begin_array();
  for (const model::Reason reason : quality.reasons()) json.value(model::text(reason));
  json.end_array();
}

void write_series_id(JsonWriter& json, model::SeriesId id) {
  number(id) > 0 ? json.value(number(id)) : json.null();
}

void write_head(JsonWriter& json, const model::Series& series) {
  json.member("thing", series.thing)
      .member("property", series.property)
      .member("unit", series.unit)
      .member("type", model::text(series.type))
      .key("series");
  write_series_id(json, series.id);
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
    if (bytes->data.size() <= inline_max) json.member("base64", codec::to_base64(bytes->data));
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

std::string encode_property(const service::Property& property) {
  JsonWriter json;
  json.begin_object();
  write_head(json, property.series);
  write_current(json, property.current, model::kValueBytesMax);
  json.end_object();
  return json.take();
}

std::string encode_values(const service::VersionedPage<service::Property>& page) {
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
  json.end_array().member("next", page.next).member("commit", number(page.commit)).end_object();
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
