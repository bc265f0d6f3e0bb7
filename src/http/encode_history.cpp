#include "http/encode.h"

namespace millrace::http {
namespace {

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

}  // namespace millrace::http
