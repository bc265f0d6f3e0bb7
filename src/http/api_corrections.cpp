#include "http/api.h"
#include "http/decode.h"
#include "http/encode.h"

namespace millrace::http {
namespace {

using base::Result;

void write_entry(JsonWriter& json, const service::CorrectionEntry& entry) {
  const store::Correction& one = entry.correction;
  json.begin_object()
      .member("id", one.id)
      .member("thing", entry.property.thing)
      .member("property", entry.property.property)
      .member("start", one.range.from)
      .member("end", one.range.to)
      .member("action", store::text(one.action))
      .key("value");
  write_value(json, one.value, kInlineBytesMax);
  json.key("value_to");
  one.value_to ? json.value(*one.value_to) : json.null();
  const bool is_fill = one.method != store::FillMethod::kNone;
  json.key("method");
  is_fill ? json.value(store::text(one.method)) : json.null();
  json.key("interval_ms");
  is_fill ? json.value(one.interval.count() / 1000) : json.null();
  json.member("by", one.by)
      .member("role", one.role)
      .member("reason", one.why)
      .member("time", one.time)
      .member("commit", number(one.commit))
      .end_object();
}

Result<Response> list_corrections(const ApiDeps& deps, const Request& request) {
  MILLRACE_LET(const auto page, page_of(request));
  MILLRACE_LET(const auto filter, corrections_filter(request, deps.clock.now()));
  MILLRACE_LET(const auto entries, deps.services.corrections.list(filter, page));
  return json_response(encode_page(entries, write_entry));
}

Result<Response> create_correction(const ApiDeps& deps, const Request& request) {
  MILLRACE_TRY(service::allow(request.caller, service::Permission::kCorrect));
  MILLRACE_LET(const auto wanted, correction_request(request, deps.clock.now()));
  MILLRACE_LET(const auto made, deps.services.corrections.create(request.caller, wanted));
  JsonWriter json;
  json.begin_object()
      .member("id", made.id)
      .member("count", made.count)
      .member("commit", number(made.commit))
      .end_object();
  return json_response(json.take(), 201);
}

}  // namespace

void add_correction_routes(Routes& routes, const ApiDeps& deps) {
  routes.add({Method::kGet,
              "/api/v1/corrections",
              Access::kLogin,
              {"thing", "property", "start", "end", "limit", "cursor"},
              [deps](const Request& request) { return list_corrections(deps, request); }});
  routes.add(
      {Method::kPost, "/api/v1/corrections", Access::kLogin, {}, [deps](const Request& request) {
         return create_correction(deps, request);
       }});
}

}  // namespace millrace::http
