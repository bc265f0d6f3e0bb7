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

void write_reasons(JsonWriter& json, model::Quality quality) {
  json.begin_array();
  for (const model::Reason reason : quality.reasons()) json.value(model::text(reason));
  json.end_array();
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

void write_head(JsonWriter& json, const model::Series& series) {
  json.member("thing", series.thing)
      .member("property", series.property)
      .member("unit", series.unit)
      .member("type", model::text(series.type))
      .member("series", number(series.id));
}

void write_token_members(JsonWriter& json, const store::Token& token) {
  json.member("id", token.id)
      .member("name", token.name)
      .member("role", token.role)
      .member("created", token.created)
      .member("created_by", token.created_by)
      .member("expires", token.expires)
      .member("last_used", token.last_used);
}

double seconds_of(base::Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

void write_raw_row(JsonWriter& json, const model::Sample& sample, const RawColumns& columns) {
  json.begin_array().value(sample.time);
  write_value(json, sample.value, model::kValueBytesMax);
  json.value(model::text(sample.quality.severity()));
  if (columns.has_reasons && columns.is_reasons_first) write_reasons(json, sample.quality);
  if (columns.has_code) json.value(sample.quality.bits());
  if (columns.has_reasons && !columns.is_reasons_first) write_reasons(json, sample.quality);
  json.end_array();
}

void write_raw_columns(JsonWriter& json, const RawColumns& columns) {
  json.key("columns").begin_array().value("time").value("value").value("quality");
  if (columns.has_reasons && columns.is_reasons_first) json.value("reasons");
  if (columns.has_code) json.value("quality_code");
  if (columns.has_reasons && !columns.is_reasons_first) json.value("reasons");
  json.end_array();
}

bool is_count(store::Aggregate aggregate) {
  return aggregate == store::Aggregate::kCount || aggregate == store::Aggregate::kBadCount;
}

void write_bucket_row(JsonWriter& json, const store::BucketRow& row,
                      const std::vector<store::Aggregate>& aggregates) {
  json.begin_array().value(row.time);
  for (std::size_t i = 0; i < row.values.size(); ++i) {
    if (is_count(aggregates[i])) {
      json.value(static_cast<std::int64_t>(row.values[i]));
    } else {
      json.value(row.values[i]);
    }
  }
  json.end_array();
}

}  // namespace

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

void write(JsonWriter& json, const service::Edge& edge) {
  const pipeline::OriginSnapshot& origin = edge.origin;
  const bool is_millrace = origin.kind == pipeline::OriginKind::kMillrace;
  json.begin_object()
      .member("name", origin.name)
      .member("kind", is_millrace ? "millrace" : "third_party")
      .member("site", origin.site)
      .member("group", origin.group)
      .member("node", origin.node)
      .member("connected", origin.is_connected)
      .member("since", origin.since)
      .member("delivery", is_millrace ? "exactly_once" : "at_most_once")
      .key("note");
  is_millrace ? json.null()
              : json.value("What this node sends while the hub or the broker is away is not sent "
                           "again.");
  json.member("things", edge.things)
      .member("last_sample", origin.last_received)
      .member("samples_per_second", origin.samples_per_second)
      .key("spool");
  if (const auto& spool = origin.spool) {
    json.begin_object()
        .member("batches", spool->batches)
        .member("bytes", spool->bytes)
        .member("evicted_batches", spool->evicted_batches)
        .member("reported", spool->reported)
        .end_object();
  } else {
    json.null();
  }
  json.key("clock_offset_ms");
  origin.clock_offset ? json.value(1000 * seconds_of(*origin.clock_offset)) : json.null();
  json.key("epoch");
  origin.epoch ? json.value(base::to_text(*origin.epoch)) : json.null();
  json.member("acked_to", origin.acked_to).key("committed_above");
  origin.acked_to ? json.value(origin.committed_above) : json.null();
  json.key("losses")
      .begin_object()
      .member("intervals", origin.losses.intervals)
      .member("batches", origin.losses.batches)
      .member("samples", origin.losses.samples)
      .end_object()
      .end_object();
}

void write(JsonWriter& json, const store::LossInterval& loss) {
  const std::uint64_t first = number(loss.range.from);
  const std::uint64_t last = number(loss.range.to);
  const bool has_times = loss.time_from != loss.time_to || loss.samples == 1;
  json.begin_object()
      .member("epoch", base::to_text(loss.epoch))
      .member("first_sequence", first)
      .member("last_sequence", last)
      .member("batches", last - first + 1)
      .key("samples");
  loss.samples > 0 ? json.value(loss.samples) : json.null();
  json.key("start");
  has_times ? json.value(loss.time_from) : json.null();
  json.key("end");
  has_times ? json.value(loss.time_to) : json.null();
  json.member("reason", loss.reason).member("recorded", loss.recorded).end_object();
}

void write(JsonWriter& json, const store::Event& event) {
  json.begin_object()
      .member("id", event.id)
      .member("time", event.time)
      .member("kind", event.kind)
      .member("subject", event.subject)
      .member("actor_role", event.actor_role)
      .key("body")
      .raw(event.body.empty() ? "{}" : event.body)
      .end_object();
}

void write(JsonWriter& json, const store::Token& token) {
  json.begin_object();
  write_token_members(json, token);
  json.end_object();
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

void write(JsonWriter& json, const service::History& history, const RawColumns& columns) {
  json.begin_object();
  write_head(json, history.series);
  json.member("start", history.range.start).member("end", history.range.end).key("step_ms");
  if (history.step) {
    json.value(history.step->count() / 1000).member("commit", number(history.commit));
    json.key("columns").begin_array().value("time");
    for (const store::Aggregate one : history.aggregates) json.value(store::text(one));
    json.end_array().key("rows").begin_array();
    for (const store::BucketRow& row : history.buckets) {
      write_bucket_row(json, row, history.aggregates);
    }
  } else {
    json.null().member("commit", number(history.commit));
    write_raw_columns(json, columns);
    json.key("rows").begin_array();
    for (const model::Sample& sample : history.samples) write_raw_row(json, sample, columns);
  }
  json.end_array().member("next", history.next).end_object();
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

std::string encode(const identity::Session& session) {
  JsonWriter json;
  json.begin_object()
      .member("token", session.secret)
      .member("user", session.user)
      .member("role", identity::text(session.role))
      .member("expires", session.expires)
      .end_object();
  return json.take();
}

std::string encode(const identity::Caller& caller) {
  JsonWriter json;
  json.begin_object()
      .member("user", caller.name)
      .member("role", identity::text(caller.role))
      .member("via", caller.via == store::TokenKind::kSession ? "session" : "token")
      .member("expires", caller.expires)
      .end_object();
  return json.take();
}

std::string encode(const identity::NewToken& made) {
  JsonWriter json;
  json.begin_object();
  write_token_members(json, made.token);
  json.member("token", made.secret).end_object();
  return json.take();
}

std::string encode(const service::Health& health) {
  JsonWriter json;
  json.begin_object()
      .member("status", health.failing.empty() ? "ok" : "unavailable")
      .member("version", health.version)
      .member("uptime_seconds", health.uptime_seconds);
  if (!health.failing.empty()) {
    json.key("failing").begin_array();
    for (const std::string& part : health.failing) json.value(part);
    json.end_array();
  }
  json.end_object();
  return json.take();
}

std::string encode_store(const store::StoreStats& stats, std::size_t series,
                         std::string_view engine) {
  JsonWriter json;
  json.begin_object()
      .member("engine", engine)
      .member("commit", number(stats.commit))
      .member("series", series)
      .member("hot_rows", stats.hot_rows)
      .member("sealed_rows", stats.sealed_rows)
      .member("out_of_range_rows", stats.out_of_range_rows)
      .member("partitions", stats.partitions.size())
      .member("bytes", stats.bytes_on_disk)
      .end_object();
  return json.take();
}

std::string encode(const service::SystemInfo& info) {
  JsonWriter json;
  json.begin_object()
      .member("version", info.facts.version)
      .member("hub", info.facts.hub)
      .member("started", info.started)
      .member("uptime_seconds", info.uptime_seconds)
      .member("time", info.now)
      .key("store")
      .raw(encode_store(info.store, info.series, info.facts.series_engine))
      .key("metadata")
      .begin_object()
      .member("engine", info.metadata.engine)
      .member("bytes", info.metadata.bytes_on_disk)
      .end_object()
      .key("broker")
      .begin_object()
      .member("kind", info.broker.is_embedded ? "embedded" : "external")
      .member("connected", info.broker.is_connected)
      .member("address", info.broker.address)
      .end_object()
      .key("ingest")
      .begin_object()
      .member("samples_per_second", info.ingest.samples_per_second)
      .member("queue", info.ingest.queue)
      .member("queue_max", info.ingest.queue_max)
      .member("dropped_messages", info.ingest.dropped_messages)
      .end_object()
      .end_object();
  return json.take();
}

std::string encode(const service::Backup& backup) {
  JsonWriter json;
  json.begin_object()
      .member("name", backup.name)
      .member("path", backup.path.native())
      .member("commit", number(backup.commit))
      .member("bytes", backup.bytes)
      .member("started", backup.started)
      .member("finished", backup.finished)
      .end_object();
  return json.take();
}

}  // namespace millrace::http
