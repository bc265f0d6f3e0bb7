#include "http/api.h"
#include "http/decode_wot.h"
#include "http/encode.h"
#include "http/url.h"
#include "http/wot_stream.h"

namespace millrace::http {
namespace {

using base::ErrorCode;
using base::Result;

constexpr std::string_view kThings = "/api/v1/wot/things";
constexpr int kPreconditionFailed = 412;

/// Descriptions that cannot be registered: the problem, and all that is wrong (WoT Discovery
/// §7.3.2.1, validationErrors).
Response refused(const std::vector<twin::DescriptionProblem>& problems) {
  const twin::DescriptionProblem& first = problems.front();
  const base::Error error{ErrorCode::kInvalid, base::Retry::kNever,
                          std::format("the Thing Description has {} problem{}; nothing was changed",
                                      problems.size(), problems.size() == 1 ? "" : "s"),
                          std::format("{}: {}", first.field, first.description)};
  return {.status = 400,
          .content_type = "application/problem+json",
          .body = encode_problem(error, problems)};
}

Result<Response> get_directory(const ApiDeps& deps, const Request& request) {
  return Response{.content_type = "application/td+json",
                  .body = deps.services.directory.description(base_of(request))};
}

Result<Response> list(const ApiDeps& deps, const Request& request) {
  MILLRACE_LET(const auto range, description_range(request));
  MILLRACE_LET(const auto page, deps.services.directory.list(request.caller, base_of(request),
                                                             range.offset, range.limit));
  Response response{.content_type = "application/ld+json", .body = "["};
  for (const std::string& document : page.documents) {
    if (response.body.size() > 1) response.body += ',';
    response.body += document;
  }
  response.body += ']';
  std::string links = std::format("<{}>; rel=\"canonical\"", kThings);
  if (range.offset + range.limit < page.total) {
    links = std::format("<{}?offset={}&limit={}>; rel=\"next\", {}", kThings,
                        range.offset + range.limit, range.limit, links);
  }
  response.headers.emplace_back("Link", std::move(links));
  return response;
}

Result<Response> get_one(const ApiDeps& deps, const Request& request) {
  // The tag first: one that changes meanwhile has a newer document than its tag, never an older
  // one.
  MILLRACE_LET(auto tag, deps.services.directory.tag(request.path_values[0]));
  MILLRACE_LET(auto document, deps.services.directory.get(request.caller, base_of(request),
                                                          request.path_values[0]));
  Response response{.content_type = "application/td+json", .body = std::move(document)};
  if (!tag.empty()) response.headers.emplace_back("ETag", std::move(tag));
  return response;
}

Result<Response> add(const ApiDeps& deps, const Request& request) {
  MILLRACE_LET(const auto done, deps.services.directory.add(request.caller, request.body));
  if (!done.problems.empty()) return refused(done.problems);
  Response response{.status = 201, .content_type = ""};
  response.headers.emplace_back("Location", std::format("{}/{}", kThings, encode_url(done.id)));
  return response;
}

Result<Response> put(const ApiDeps& deps, const Request& request) {
  MILLRACE_LET(const auto done,
               deps.services.directory.put(request.caller, request.path_values[0], request.body,
                                           {request.if_match, request.if_none_match}));
  if (done.unmet) return problem_as(kPreconditionFailed, *done.unmet);
  if (!done.problems.empty()) return refused(done.problems);
  return Response{.status = done.is_new ? 201 : 204, .content_type = ""};
}

Result<Response> patch(const ApiDeps& deps, const Request& request) {
  MILLRACE_LET(const auto done,
               deps.services.directory.patch(request.caller, request.path_values[0], request.body,
                                             {request.if_match, {}}));
  if (done.unmet) return problem_as(kPreconditionFailed, *done.unmet);
  if (!done.problems.empty()) return refused(done.problems);
  return Response{.status = 204, .content_type = ""};
}

Result<Response> remove(const ApiDeps& deps, const Request& request) {
  MILLRACE_TRY(deps.services.directory.remove(request.caller, request.path_values[0]));
  return Response{.status = 204, .content_type = ""};
}

}  // namespace

void add_wot_routes(Routes& routes, const ApiDeps& deps) {
  const auto add_route = [&](Method method, std::string_view pattern, auto handler,
                             std::vector<std::string_view> parameters = {}) {
    routes.add({method, pattern, Access::kLogin, std::move(parameters),
                [deps, handler](const Request& request) { return handler(deps, request); }});
  };
  const std::string_view one = "/api/v1/wot/things/{wot_id}";
  routes.add({Method::kGet, "/.well-known/wot", Access::kOpen, {}, [deps](const Request& request) {
                return get_directory(deps, request);
              }});
  add_route(Method::kGet, kThings, list, {"limit", "offset"});
  add_route(Method::kPost, kThings, add);
  add_route(Method::kGet, one, get_one);
  add_route(Method::kPut, one, put);
  add_route(Method::kPatch, one, patch);
  add_route(Method::kDelete, one, remove);
  const StreamOpener open = [deps](const Request& request) -> Result<StreamSource> {
    MILLRACE_LET(const auto wanted, description_events_request(request));
    MILLRACE_LET(auto watch, deps.services.directory.watch(request.caller));
    return description_source(std::move(watch), wanted);
  };
  routes.add({Method::kGet,
              "/api/v1/wot/events",
              Access::kLogin,
              {"type", "diff"},
              {},
              Work::kStream,
              open});
}

}  // namespace millrace::http
