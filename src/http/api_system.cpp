#include "http/api.h"
#include "http/body.h"
#include "http/encode.h"
#include "http/openapi_document.h"

namespace millrace::http {
namespace {

using base::Result;

Result<Response> get_health(const ApiDeps& deps, const Request&) {
  const auto health = deps.services.system.health();
  return json_response(encode(health), health.failing.empty() ? 200 : 503);
}

Result<Response> get_metrics(const ApiDeps& deps, const Request&) {
  return Response{.content_type = "text/plain; version=0.0.4; charset=utf-8",
                  .body = deps.services.system.metrics().render()};
}

Result<Response> get_system(const ApiDeps& deps, const Request&) {
  MILLRACE_LET(const auto info, deps.services.system.info());
  return json_response(encode(info));
}

Result<Response> create_backup(const ApiDeps& deps, const Request& request) {
  MILLRACE_LET(const auto backup, deps.services.system.back_up(request.caller));
  return json_response(encode(backup), 201);
}

Result<Response> verify_backup(const ApiDeps& deps, const Request& request) {
  MILLRACE_TRY(service::allow(request.caller, service::Permission::kMaintain));
  MILLRACE_LET(const nlohmann::json body, parse_body(request));
  BodyReader reader(body, "");
  const std::string name = reader.text("name", 100);
  MILLRACE_TRY(reader.finish());
  MILLRACE_LET(const auto check, deps.services.system.verify(request.caller, name));
  return json_response(encode(name, check));
}

Result<Response> seal_store(const ApiDeps& deps, const Request& request) {
  MILLRACE_TRY(deps.services.system.seal(request.caller));
  MILLRACE_LET(const auto info, deps.services.system.info());
  return json_response(encode_store(info.store, info.series, info.facts.series_engine));
}

/// The contract never changes while the program runs; it is made on the first call for it.
const Result<OpenApiDocument>& document() {
  static const Result<OpenApiDocument> kDocument = make_openapi_document(kOpenApiYaml);
  return kDocument;
}

Handler document_as(std::string_view type, std::string OpenApiDocument::* form) {
  return [type, form](const Request&) -> Result<Response> {
    if (!document()) return std::unexpected(document().error());
    return Response{.content_type = std::string(type), .body = (*document()).*form};
  };
}

}  // namespace

void add_system_routes(Routes& routes, const ApiDeps& deps) {
  const auto bound = [deps](auto handler) {
    return [deps, handler](const Request& request) { return handler(deps, request); };
  };
  routes.add({Method::kGet, "/healthz", Access::kOpen, {}, bound(get_health)});
  routes.add({Method::kGet, "/metrics", Access::kLogin, {}, bound(get_metrics)});
  routes.add({Method::kGet, "/api/v1/system", Access::kLogin, {}, bound(get_system)});
  routes.add({Method::kPost, "/api/v1/system/backup", Access::kLogin, {}, bound(create_backup)});
  routes.add(
      {Method::kPost, "/api/v1/system/backup/verify", Access::kLogin, {}, bound(verify_backup)});
  routes.add({Method::kGet,
              "/api/docs",
              Access::kLogin,
              {},
              document_as("text/html; charset=utf-8", &OpenApiDocument::html)});
  routes.add({Method::kGet,
              "/api/v1/openapi.yaml",
              Access::kLogin,
              {},
              document_as("application/yaml", &OpenApiDocument::yaml)});
  routes.add({Method::kGet,
              "/api/v1/openapi.json",
              Access::kLogin,
              {},
              document_as("application/json", &OpenApiDocument::json)});
  routes.add({Method::kPost, "/api/v1/system/seal", Access::kLogin, {}, bound(seal_store)});
}

}  // namespace millrace::http
