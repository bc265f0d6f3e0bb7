#include "http/api.h"
#include "http/decode_onboarding.h"
#include "http/encode_onboarding.h"

namespace millrace::http {
namespace {

using base::Result;
using service::Permission;

// Who may not do it is told so before what is wrong with the question.

Result<Response> browse(const ApiDeps& deps, const Request& request) {
  MILLRACE_TRY(service::allow(request.caller, Permission::kConfigure));
  MILLRACE_LET(const auto wanted, browse_request(request));
  MILLRACE_LET(const auto found, deps.services.browsing.browse(request.caller, wanted));
  return json_response(encode(found, wanted.address));
}

Result<Response> propose(const ApiDeps& deps, const Request& request) {
  MILLRACE_TRY(service::allow(request.caller, Permission::kConfigure));
  MILLRACE_LET(const auto wanted, proposal_request(request));
  MILLRACE_LET(const auto proposal, deps.services.proposals.propose(request.caller, wanted));
  return json_response(encode(proposal));
}

Result<Response> import_tags(const ApiDeps& deps, const Request& request) {
  MILLRACE_TRY(service::allow(request.caller, Permission::kConfigure));
  MILLRACE_LET(const auto wanted, tag_import_request(request));
  MILLRACE_LET(const auto import, deps.services.tag_imports.import(request.caller, wanted));
  return json_response(encode(import));
}

}  // namespace

void add_onboarding_browse_routes(Routes& routes, const ApiDeps& deps) {
  const auto add = [&](std::string_view pattern, std::vector<std::string_view> parameters,
                       auto handler, Work work) {
    routes.add({Method::kPost, pattern, Access::kLogin, std::move(parameters),
                [deps, handler](const Request& request) { return handler(deps, request); }, work});
  };
  add("/api/v1/onboarding/browse", {}, browse, Work::kDevice);
  add("/api/v1/onboarding/proposal", {}, propose, Work::kDevice);
  add("/api/v1/onboarding/tags", {"dry_run", "reason"}, import_tags, Work::kDevice);
}

}  // namespace millrace::http
