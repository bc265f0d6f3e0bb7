// A thing's values as its Thing Description describes them: bare JSON.
#include "base/time_text.h"
#include "http/api.h"
#include "http/json_writer.h"
#include "http/wot_stream.h"
#include "model/quality.h"

namespace millrace::http {
namespace {

using base::Result;

Result<Response> read_all(const ApiDeps& deps, const Request& request) {
  MILLRACE_LET(const auto values, deps.services.wot_values.all(request.path_values[0]));
  JsonWriter json;
  json.begin_object();
  for (const service::WotValue& value : values) json.key(value.property).raw(value.json);
  json.end_object();
  return json_response(json.take());
}

Result<Response> read(const ApiDeps& deps, const Request& request) {
  MILLRACE_LET(auto value,
               deps.services.wot_values.property(request.path_values[0], request.path_values[1]));
  Response response = json_response(std::move(value.json));
  response.headers.emplace_back("X-Millrace-Time", base::to_text(value.time));
  response.headers.emplace_back("X-Millrace-Quality", model::text(value.quality));
  return response;
}

Result<StreamSource> observe(const ApiDeps& deps, const Request& request) {
  const std::string& thing = request.path_values[0];
  const std::string& property = request.path_values[1];
  MILLRACE_TRY(deps.services.twins.property(thing, property));
  MILLRACE_TRY(deps.services.wot_values.allow_reading(thing, property));
  MILLRACE_LET(auto watch,
               deps.services.live.open(request.caller, {.things = {thing},
                                                        .properties = {property},
                                                        .interval = service::kLiveIntervalMin}));
  return observe_source(std::move(watch), deps.services.wot_values);
}

}  // namespace

void add_wot_property_routes(Routes& routes, const ApiDeps& deps) {
  routes.add({Method::kGet,
              "/api/v1/wot/t/{thing}/properties",
              Access::kLogin,
              {},
              [deps](const Request& request) { return read_all(deps, request); }});
  routes.add({Method::kGet,
              "/api/v1/wot/t/{thing}/properties/{property}",
              Access::kLogin,
              {},
              [deps](const Request& request) { return read(deps, request); }});
  routes.add({Method::kGet,
              "/api/v1/wot/t/{thing}/properties/{property}/observe",
              Access::kTicket,
              {"ticket"},
              {},
              Work::kStream,
              [deps](const Request& request) { return observe(deps, request); }});
}

}  // namespace millrace::http
