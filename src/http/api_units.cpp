#include "http/api.h"
#include "http/decode.h"
#include "http/json_writer.h"

namespace millrace::http {
namespace {

using base::Result;

constexpr std::size_t kUnitBytesMax = 64;

Result<Response> check_unit(const ApiDeps& deps, const Request& request) {
  const auto text = parameter(request, "unit");
  if (!text || text->size() > kUnitBytesMax) {
    return base::fail(base::ErrorCode::kInvalid,
                      text ? "unit has more than 64 bytes" : "unit is missing",
                      "Ask for one unit, such as ?unit=m3/h.");
  }
  const auto canonical = deps.services.units.canonical(*text);
  JsonWriter json;
  json.begin_object().member("unit", *text);
  if (canonical) {
    json.member("canonical", *canonical).key("hint").null();
  } else {
    const base::Error& error = canonical.error();
    json.key("canonical").null();
    json.member("hint", error.hint.empty() ? error.what : error.hint);
  }
  json.end_object();
  return json_response(json.take());
}

}  // namespace

void add_unit_routes(Routes& routes, const ApiDeps& deps) {
  routes.add({.method = Method::kGet,
              .pattern = "/api/v1/units/check",
              .parameters = {"unit"},
              .handler = [deps](const Request& request) { return check_unit(deps, request); },
              .work = Work::kQuick});
}

}  // namespace millrace::http
