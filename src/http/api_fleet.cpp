#include "http/api.h"
#include "http/decode.h"
#include "http/encode.h"

namespace millrace::http {
namespace {

using base::Result;

Result<Response> list_edges(const ApiDeps& deps, const Request& request) {
  MILLRACE_LET(const auto page, page_of(request));
  MILLRACE_LET(const auto filter, filter_of(request));
  MILLRACE_LET(const auto edges, deps.services.fleet.edges({filter.words, filter.site}, page));
  return json_response(encode_page(edges));
}

Result<Response> get_edge(const ApiDeps& deps, const Request& request) {
  MILLRACE_LET(const auto edge, deps.services.fleet.edge(request.path_values[0]));
  JsonWriter json;
  write(json, edge);
  return json_response(json.take());
}

Result<Response> list_losses(const ApiDeps& deps, const Request& request) {
  MILLRACE_LET(const auto page, page_of(request));
  MILLRACE_LET(const auto losses, deps.services.fleet.losses(request.path_values[0], page));
  return json_response(encode_page(losses));
}

Result<Response> list_events(const ApiDeps& deps, const Request& request) {
  MILLRACE_LET(const auto page, page_of(request));
  service::EventFilter filter{.kind = parameter(request, "kind").value_or(""),
                              .subject = parameter(request, "subject").value_or("")};
  const base::Time now = deps.clock.now();
  if (const auto start = parameter(request, "start")) {
    MILLRACE_LET(filter.start, parse_moment(*start, now));
  }
  if (const auto end = parameter(request, "end")) {
    MILLRACE_LET(filter.end, parse_moment(*end, now));
  }
  MILLRACE_LET(const auto events, deps.services.fleet.events(filter, page));
  return json_response(encode_page(events));
}

}  // namespace

void add_fleet_routes(Routes& routes, const ApiDeps& deps) {
  const auto get = [&](std::string_view pattern, std::vector<std::string_view> parameters,
                       auto handler) {
    routes.add({Method::kGet, pattern, Access::kLogin, std::move(parameters),
                [deps, handler](const Request& request) { return handler(deps, request); }});
  };
  get("/api/v1/edges", {"limit", "cursor", "q", "site"}, list_edges);
  get("/api/v1/edges/{edge}", {}, get_edge);
  get("/api/v1/edges/{edge}/losses", {"limit", "cursor"}, list_losses);
  get("/api/v1/events", {"limit", "cursor", "kind", "subject", "start", "end"}, list_events);
}

}  // namespace millrace::http
