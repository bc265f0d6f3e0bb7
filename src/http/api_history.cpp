#include "http/api.h"
#include "http/decode.h"
#include "http/encode.h"

namespace millrace::http {
namespace {

using base::Result;

constexpr std::size_t kRowBytes = 80;  // a guess that saves most copies

/// The columns of "include", in the order asked for.
Result<RawColumns> columns_of(const Request& request) {
  RawColumns columns;
  for (const std::string& name : split_list(parameter(request, "include").value_or(""))) {
    if (name == "reasons") {
      columns.has_reasons = true;
      columns.is_reasons_first = !columns.has_code;
    } else if (name == "quality_code") {
      columns.has_code = true;
    } else {
      return base::fail(base::ErrorCode::kInvalid,
                        std::format("column '{}' is unknown", name.substr(0, 40)),
                        "There are reasons and quality_code.");
    }
  }
  return columns;
}

Result<Response> get_history(const ApiDeps& deps, const Request& request) {
  MILLRACE_LET(const auto wanted, history_request(request, deps.clock.now()));
  MILLRACE_LET(const auto columns, columns_of(request));
  MILLRACE_LET(const auto history, deps.services.histories.one(wanted));
  JsonWriter json;
  json.reserve(1'000 + kRowBytes * (history.samples.size() + history.buckets.size()));
  write(json, history, columns);
  return json_response(json.take());
}

Result<Response> query_history(const ApiDeps& deps, const Request& request) {
  MILLRACE_LET(const auto wanted, chart_request(request, deps.clock.now()));
  MILLRACE_LET(const auto histories, deps.services.histories.chart(wanted));
  JsonWriter json;
  json.begin_object()
      .member("start", wanted.range.start)
      .member("end", wanted.range.end)
      .member("commit", number(histories.front().commit))
      .key("items")
      .begin_array();
  for (const auto& history : histories) write(json, history, {});
  json.end_array().end_object();
  return json_response(json.take());
}

}  // namespace

void add_history_routes(Routes& routes, const ApiDeps& deps) {
  routes.add(
      {Method::kGet,
       "/api/v1/things/{thing}/properties/{property}/history",
       Access::kLogin,
       {"start", "end", "step", "aggregate", "include", "limit", "cursor", "corrections", "as_of"},
       [deps](const Request& request) { return get_history(deps, request); }});
  routes.add(
      {Method::kPost, "/api/v1/query/history", Access::kLogin, {}, [deps](const Request& request) {
         return query_history(deps, request);
       }});
}

}  // namespace millrace::http
