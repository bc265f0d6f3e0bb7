#include "base/time_text.h"
#include "http/encode.h"

namespace millrace::http {
namespace {

JsonWriter& name_or_null(JsonWriter& json, std::string_view key, const std::string& name) {
  json.key(key);
  name.empty() ? json.null() : json.value(name);
  return json;
}

JsonWriter& number_or_null(JsonWriter& json, std::string_view key,
                           const std::optional<double>& number) {
  json.key(key);
  number ? json.value(*number) : json.null();
  return json;
}

}  // namespace

std::string encode(const service::QualityScores& scores, service::QualityLevel level) {
  JsonWriter json;
  json.begin_object()
      .member("start", scores.range.start)
      .member("end", scores.range.end)
      .member("step_ms", scores.step.count() / 1000)
      .member("commit", number(scores.commit))
      .key("rows")
      .begin_array();
  for (const service::QualityScore& row : scores.rows) {
    const service::QualityTally& tally = row.tally;
    json.begin_object().member("level", text(level)).member("site", row.site);
    name_or_null(json, "thing", row.thing);
    name_or_null(json, "property", row.property);
    json.member("time", row.time);
    number_or_null(json, "completeness", tally.completeness());
    number_or_null(json, "validity", tally.validity());
    number_or_null(json, "timeliness", tally.timeliness());
    number_or_null(json, "consistency", tally.consistency());
    number_or_null(json, "score", tally.score());
    json.member("samples", tally.samples).key("expected");
    tally.expected > 0 ? json.value(tally.expected) : json.null();
    json.end_object();
  }
  json.end_array().end_object();
  return json.take();
}

void write(JsonWriter& json, const service::QualityProblem& problem) {
  json.begin_object()
      .member("thing", problem.thing)
      .member("property", problem.property)
      .member("rule", model::text(problem.rule))
      .member("severity", model::text(problem.severity))
      .member("since", problem.since)
      .member("since_at_least", problem.since_at_least)
      .member("last", problem.last)
      .member("samples", problem.samples)
      .member("share", problem.share)
      .member("active", problem.is_active)
      .key("affects")
      .begin_array();
  for (const service::Affected& one : problem.affects) {
    json.begin_object().member("kind", one.kind).member("name", one.name).end_object();
  }
  json.end_array().member("advice", problem.advice).end_object();
}

void write(JsonWriter& json, const service::FilterReport& report) {
  json.begin_object()
      .member("thing", report.thing)
      .member("property", report.property)
      .member("edge", report.edge)
      .member("unit", report.unit)
      .member("policy", report.policy)
      .member("received", report.received)
      .member("sent", report.sent)
      .member("bytes_saved", report.bytes_saved);
  number_or_null(json, "error_max", report.error_max);
  number_or_null(json, "error_mean", report.error_mean);
  number_or_null(json, "stepped_max", report.stepped_max);
  number_or_null(json, "stepped_mean", report.stepped_mean)
      .member("since", base::to_text(report.since))
      .member("reported", base::to_text(report.reported))
      .end_object();
}

}  // namespace millrace::http
