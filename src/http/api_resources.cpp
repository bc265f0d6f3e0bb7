#include "http/api.h"
#include "http/decode.h"
#include "http/decode_resources.h"
#include "http/encode.h"

namespace millrace::http {
namespace {

using base::ErrorCode;
using base::Result;

/// Files that cannot be applied: the problem, and all that is wrong in them.
Response refused(const twin::ResourceProblems& problems) {
  const twin::ResourceProblem& first = problems.front();
  std::string hint = config::to_text(first.file, first.problem);
  const base::Error error{ErrorCode::kInvalid, base::Retry::kNever,
                          std::format("{} {} in the files; nothing was changed", problems.size(),
                                      problems.size() == 1 ? "problem" : "problems"),
                          std::move(hint)};
  return {.status = 400,
          .content_type = "application/problem+json",
          .body = encode_problem(error, problems)};
}

Result<Response> validate(const ApiDeps& deps, const Request& request) {
  MILLRACE_TRY(service::allow(request.caller, service::Permission::kConfigure));
  MILLRACE_LET(const auto files, files_request(request));
  MILLRACE_LET(const auto found, deps.services.resources.validate(request.caller, files));
  return json_response(encode(found));
}

Result<Response> plan(const ApiDeps& deps, const Request& request) {
  MILLRACE_TRY(service::allow(request.caller, service::Permission::kConfigure));
  MILLRACE_LET(const auto wanted, plan_request(request));
  MILLRACE_LET(const auto plan,
               deps.services.resources.plan(request.caller, wanted.files, wanted.prune));
  return json_response(encode(plan));
}

Result<Response> apply(const ApiDeps& deps, const Request& request) {
  MILLRACE_TRY(service::allow(request.caller, service::Permission::kConfigure));
  MILLRACE_LET(const auto wanted, apply_request(request));
  MILLRACE_LET(const auto applied, deps.services.resources.apply(request.caller, wanted));
  if (!applied.problems.empty()) return refused(applied.problems);
  return json_response(encode(applied));
}

Result<Response> drift(const ApiDeps& deps, const Request& request) {
  MILLRACE_TRY(service::allow(request.caller, service::Permission::kConfigure));
  MILLRACE_LET(const auto files, files_request(request));
  MILLRACE_LET(const auto drift, deps.services.resources.drift(request.caller, files));
  if (!drift.problems.empty()) return refused(drift.problems);
  return json_response(encode_drift(drift));
}

Result<Response> list_resources(const ApiDeps& deps, const Request& request) {
  MILLRACE_LET(const auto page, page_of(request));
  MILLRACE_LET(const auto kind, kind_of(request));
  const std::string words = parameter(request, "q").value_or("");
  MILLRACE_LET(const auto found, deps.services.resources.list(kind, words, page));
  return json_response(encode_page(found));
}

Result<Response> get_resource(const ApiDeps& deps, const Request& request) {
  MILLRACE_LET(const auto kind, parse_kind(request.path_values[0]));
  MILLRACE_LET(const auto version, version_of(request));
  MILLRACE_LET(const auto found,
               deps.services.resources.get(kind, request.path_values[1], version));
  return json_response(encode(found));
}

Result<Response> delete_resource(const ApiDeps& deps, const Request& request) {
  MILLRACE_TRY(service::allow(request.caller, service::Permission::kConfigure));
  MILLRACE_LET(const auto kind, parse_kind(request.path_values[0]));
  MILLRACE_LET(const auto version, version_of(request));
  MILLRACE_LET(
      const std::int64_t revision,
      deps.services.resources.remove(request.caller, kind, request.path_values[1], version));
  return json_response(std::format("{{\"revision\":{}}}", revision));
}

Result<Response> export_resources(const ApiDeps& deps, const Request& request) {
  MILLRACE_LET(const auto kind, kind_of(request));
  return json_response(encode(deps.services.resources.exported(kind)));
}

Result<Response> list_revisions(const ApiDeps& deps, const Request& request) {
  MILLRACE_LET(const auto page, page_of(request));
  service::RevisionFilter filter;
  MILLRACE_LET(filter.kind, kind_of(request));
  MILLRACE_LET(filter.name, name_of(request, "name"));
  MILLRACE_LET(const auto found, deps.services.resources.revisions(filter, page));
  return json_response(encode_page(found));
}

Result<Response> get_schema(const ApiDeps& deps, const Request& request) {
  MILLRACE_LET(const auto kind, parse_kind(request.path_values[0]));
  return Response{.content_type = "application/schema+json",
                  .body = deps.services.resources.schema(kind)};
}

Result<Response> list_thing_models(const ApiDeps& deps, const Request& request) {
  MILLRACE_LET(const auto page, page_of(request));
  const std::string words = parameter(request, "q").value_or("");
  MILLRACE_LET(const auto found, deps.services.resources.thing_models(words, page));
  return json_response(encode_page(found));
}

Result<Response> get_thing_model(const ApiDeps& deps, const Request& request) {
  MILLRACE_LET(const auto is_resolved, flag_of(request, "resolved"));
  MILLRACE_LET(const auto found, deps.services.resources.thing_model(request.path_values[0]));
  return Response{.content_type = "application/tm+json",
                  .body = is_resolved.value_or(false) ? found->resolved : found->document};
}

Result<Response> list_tags(const ApiDeps& deps, const Request& request) {
  MILLRACE_LET(const auto page, page_of(request));
  MILLRACE_LET(const auto filter, filter_of(request));
  MILLRACE_LET(const auto found, deps.services.twins.tags(filter.site, page));
  return json_response(encode_page(found));
}

}  // namespace

void add_resource_routes(Routes& routes, const ApiDeps& deps) {
  const auto add = [&](Method method, std::string_view pattern,
                       std::vector<std::string_view> parameters, auto handler,
                       Work work = Work::kBlocking) {
    routes.add({method, pattern, Access::kLogin, std::move(parameters),
                [deps, handler](const Request& request) { return handler(deps, request); }, work});
  };
  const std::string_view one = "/api/v1/resources/{kind}/{name}";
  add(Method::kGet, "/api/v1/resources", {"kind", "q", "limit", "cursor"}, list_resources);
  add(Method::kGet, "/api/v1/resources/export", {"kind"}, export_resources);
  add(Method::kPost, "/api/v1/resources/validate", {}, validate);
  add(Method::kPost, "/api/v1/resources/plan", {}, plan, Work::kDevice);
  add(Method::kPost, "/api/v1/resources/apply", {}, apply);
  add(Method::kPost, "/api/v1/resources/drift", {}, drift);
  add(Method::kGet, one, {"version"}, get_resource);
  add(Method::kDelete, one, {"version"}, delete_resource);
  add(Method::kGet, "/api/v1/revisions", {"kind", "name", "limit", "cursor"}, list_revisions);
  add(Method::kGet, "/api/v1/schemas/{kind}", {}, get_schema);
  add(Method::kGet, "/api/v1/thing-models", {"q", "limit", "cursor"}, list_thing_models);
  add(Method::kGet, "/api/v1/thing-models/{model}", {"resolved"}, get_thing_model);
  add(Method::kGet, "/api/v1/tags", {"site", "limit", "cursor"}, list_tags);
}

}  // namespace millrace::http
