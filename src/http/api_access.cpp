#include "http/api.h"
#include "http/decode.h"
#include "http/encode.h"

namespace millrace::http {
namespace {

using base::Result;

std::string cookie(std::string_view value, std::chrono::seconds life) {
  return std::format("{}={}; HttpOnly; SameSite=Strict; Path=/; Max-Age={}", kSessionCookie, value,
                     life.count());
}

Result<Response> login(const ApiDeps& deps, const Request& request) {
  MILLRACE_LET(const auto body, login_request(request));
  MILLRACE_LET(const auto session, deps.services.access.login(body));
  const auto life =
      std::chrono::floor<std::chrono::seconds>(session.expires - deps.clock.now());
  Response response = json_response(encode(session));
  response.headers.emplace_back("Set-Cookie", cookie(session.secret, life));
  return response;
}

Result<Response> logout(const ApiDeps& deps, const Request& request) {
  MILLRACE_TRY(deps.services.access.logout(request.caller));
  Response response{.status = 204, .content_type = ""};
  response.headers.emplace_back("Set-Cookie", cookie("", std::chrono::seconds(0)));
  return response;
}

Result<Response> list_tokens(const ApiDeps& deps, const Request& request) {
  MILLRACE_LET(const auto page, page_of(request));
  MILLRACE_LET(const auto tokens, deps.services.access.tokens(request.caller, page));
  return json_response(encode_page(tokens));
}

Result<Response> create_token(const ApiDeps& deps, const Request& request) {
  MILLRACE_LET(const auto body, token_request(request));
  MILLRACE_LET(const auto made, deps.services.access.create_token(request.caller, body));
  return json_response(encode(made), 201);
}

Result<Response> revoke_token(const ApiDeps& deps, const Request& request) {
  MILLRACE_TRY(deps.services.access.revoke_token(request.caller, request.path_values[0]));
  return Response{.status = 204, .content_type = ""};
}

Result<Response> plan_access(const ApiDeps& deps, const Request& request) {
  MILLRACE_LET(const auto body, access_plan_request(request));
  MILLRACE_LET(const auto plan, deps.services.access_files.plan(request.caller, body));
  return json_response(encode(plan));
}

Result<Response> export_access(const ApiDeps& deps, const Request& request) {
  MILLRACE_LET(std::string text, deps.services.access_files.text(request.caller));
  return Response{.content_type = "application/yaml", .body = std::move(text)};
}

}  // namespace

Response json_response(std::string body, int status) {
  return {.status = status, .body = std::move(body)};
}

void add_access_routes(Routes& routes, const ApiDeps& deps) {
  const auto bound = [deps](auto handler) {
    return [deps, handler](const Request& request) { return handler(deps, request); };
  };
  routes.add({Method::kPost, "/api/v1/login", Access::kOpen, {}, bound(login)});
  routes.add({Method::kPost, "/api/v1/logout", Access::kLogin, {}, bound(logout)});
  routes.add({Method::kGet, "/api/v1/me", Access::kLogin, {}, [](const Request& request) {
                return Result<Response>(json_response(encode(request.caller)));
              }});
  routes.add({Method::kGet, "/api/v1/tokens", Access::kLogin, {"limit", "cursor"},
              bound(list_tokens)});
  routes.add({Method::kPost, "/api/v1/tokens", Access::kLogin, {}, bound(create_token)});
  routes.add({Method::kDelete, "/api/v1/tokens/{token_id}", Access::kLogin, {},
              bound(revoke_token)});
  routes.add({Method::kPost, "/api/v1/access/plan", Access::kLogin, {}, bound(plan_access)});
  routes.add({Method::kGet, "/api/v1/access/export", Access::kLogin, {}, bound(export_access)});
  routes.add({Method::kGet, "/api/v1/access/schema", Access::kLogin, {}, [](const Request&) {
                return Result<Response>({.content_type = "application/schema+json",
                                         .body = service::access_schema()});
              }});
}

}  // namespace millrace::http
