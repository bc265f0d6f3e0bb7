#include "http/api.h"
#include "http/decode.h"
#include "http/encode.h"

namespace millrace::http {
namespace {

using base::Result;

Result<Response> list_sites(const ApiDeps& deps, const Request& request) {
  MILLRACE_LET(const auto page, page_of(request));
  MILLRACE_LET(const auto sites, deps.services.twins.sites(page));
  return json_response(encode_page(sites));
}

Result<Response> list_things(const ApiDeps& deps, const Request& request) {
  MILLRACE_LET(const auto page, page_of(request));
  MILLRACE_LET(const auto filter, filter_of(request));
  MILLRACE_LET(const auto things, deps.services.twins.things(filter, page));
  return json_response(encode_page(things));
}

Result<Response> get_thing(const ApiDeps& deps, const Request& request) {
  MILLRACE_LET(const auto thing, deps.services.twins.thing(request.path_values[0]));
  JsonWriter json;
  write(json, thing);
  return json_response(json.take());
}

Result<Response> get_property(const ApiDeps& deps, const Request& request) {
  MILLRACE_LET(const auto property,
               deps.services.twins.property(request.path_values[0], request.path_values[1]));
  return json_response(encode_property(property));
}

Result<Response> list_values(const ApiDeps& deps, const Request& request) {
  MILLRACE_LET(const auto page, page_of(request, 1'000, 20'000));
  MILLRACE_LET(const auto filter, filter_of(request));
  MILLRACE_LET(const auto values, deps.services.twins.values(filter, page));
  return json_response(encode_values(values));
}

Result<Response> list_series(const ApiDeps& deps, const Request& request) {
  MILLRACE_LET(const auto page, page_of(request));
  MILLRACE_LET(const auto filter, filter_of(request));
  MILLRACE_LET(const auto series, deps.services.twins.series(filter, page));
  return json_response(encode_page(series, write_series));
}

}  // namespace

void add_twin_routes(Routes& routes, const ApiDeps& deps) {
  const auto get = [&](std::string_view pattern, std::vector<std::string_view> parameters,
                       auto handler) {
    routes.add({Method::kGet, pattern, Access::kLogin, std::move(parameters),
                [deps, handler](const Request& request) { return handler(deps, request); }});
  };
  get("/api/v1/sites", {"limit", "cursor"}, list_sites);
  get("/api/v1/things",
      {"limit", "cursor", "q", "site", "area", "line", "cell", "edge", "quality", "attention",
       "tag", "model"},
      list_things);
  get("/api/v1/things/{thing}", {}, get_thing);
  get("/api/v1/things/{thing}/properties/{property}", {}, get_property);
  get("/api/v1/values", {"limit", "cursor", "q", "site", "things"}, list_values);
  get("/api/v1/series", {"limit", "cursor", "q", "site", "area", "line", "things"}, list_series);
}

}  // namespace millrace::http
