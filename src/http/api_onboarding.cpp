#include "http/api.h"
#include "http/decode.h"
#include "http/encode.h"

namespace millrace::http {
namespace {

using base::Result;

void write_property(JsonWriter& json, const service::CandidateProperty& property) {
  json.begin_object()
      .member("address", property.address)
      .member("type", model::text(property.type))
      .member("unit", property.unit)
      .key("recent")
      .begin_array();
  for (const model::Sample& sample : property.recent) {
    json.begin_object().member("time", sample.time).key("value");
    write_value(json, sample.value, kInlineBytesMax);
    json.end_object();
  }
  json.end_array().key("feeds");
  property.feeds.empty() ? json.null() : json.value(property.feeds);
  json.end_object();
}

void write_candidate(JsonWriter& json, const service::Candidate& one) {
  json.begin_object()
      .member("id", one.id)
      .member("kind", text(one.kind))
      .member("source", one.source)
      .member("title", one.title)
      .member("thing", one.thing)
      .member("first_seen", one.first_seen)
      .member("last_seen", one.last_seen)
      .member("samples", one.samples)
      .key("properties")
      .begin_array();
  for (const service::CandidateProperty& property : one.properties) write_property(json, property);
  json.end_array().end_object();
}

Result<Response> list_candidates(const ApiDeps& deps, const Request& request) {
  MILLRACE_LET(const auto page, page_of(request));
  MILLRACE_LET(const auto filter, filter_of(request));
  MILLRACE_LET(const auto found, deps.services.onboarding.candidates(filter.words, page));
  return json_response(encode_page(found, write_candidate));
}

}  // namespace

void add_onboarding_routes(Routes& routes, const ApiDeps& deps) {
  routes.add({Method::kGet,
              "/api/v1/onboarding",
              Access::kLogin,
              {"limit", "cursor", "q"},
              [deps](const Request& request) { return list_candidates(deps, request); }});
}

}  // namespace millrace::http
