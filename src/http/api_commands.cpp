#include "http/api.h"
#include "http/body.h"

namespace millrace::http {
namespace {

using base::Result;

const Response kTaken{.status = 204, .content_type = ""};

Result<Response> write_property(const ApiDeps& deps, const Request& request) {
  MILLRACE_TRY(service::allow(request.caller, service::Permission::kCommand));
  MILLRACE_LET(const auto value, value_body(request));
  if (!value || !model::type_of(*value)) {
    return base::fail(base::ErrorCode::kInvalid, "there is no value in the body",
                      "Send the value alone, as JSON.");
  }
  MILLRACE_TRY(deps.services.commands.write(
      request.caller, {request.path_values[0], request.path_values[1]}, *value));
  return kTaken;
}

/// `null` is the same as no body: some consumers send it where there is no input.
Result<Response> invoke_action(const ApiDeps& deps, const Request& request) {
  MILLRACE_TRY(service::allow(request.caller, service::Permission::kCommand));
  MILLRACE_LET(auto input, value_body(request));
  if (input && !model::type_of(*input)) input.reset();
  MILLRACE_TRY(deps.services.commands.invoke(request.caller, request.path_values[0],
                                             request.path_values[1], input));
  return kTaken;
}

}  // namespace

void add_command_routes(Routes& routes, const ApiDeps& deps) {
  routes.add({Method::kPut,
              "/api/v1/wot/t/{thing}/properties/{property}",
              Access::kLogin,
              {},
              [deps](const Request& request) { return write_property(deps, request); },
              Work::kDevice});
  routes.add({Method::kPost,
              "/api/v1/wot/t/{thing}/actions/{action}",
              Access::kLogin,
              {},
              [deps](const Request& request) { return invoke_action(deps, request); },
              Work::kDevice});
}

}  // namespace millrace::http
