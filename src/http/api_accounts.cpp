#include "http/api.h"
#include "http/decode.h"
#include "http/encode.h"

namespace millrace::http {
namespace {

using base::Result;

Result<Response> list_accounts(const ApiDeps& deps, const Request& request) {
  MILLRACE_LET(const auto page, page_of(request));
  MILLRACE_LET(const auto accounts, deps.services.accounts.list(request.caller, page));
  return json_response(encode_page(accounts));
}

Result<Response> create_account(const ApiDeps& deps, const Request& request) {
  MILLRACE_LET(const auto account, account_request(request));
  MILLRACE_LET(const auto made, deps.services.accounts.create(request.caller, account));
  return json_response(encode(made), 201);
}

Result<Response> renew_account(const ApiDeps& deps, const Request& request) {
  MILLRACE_LET(const auto made,
               deps.services.accounts.renew(request.caller, request.path_values[0]));
  return json_response(encode(made));
}

Result<Response> remove_account(const ApiDeps& deps, const Request& request) {
  MILLRACE_TRY(deps.services.accounts.remove(request.caller, request.path_values[0]));
  return Response{.status = 204, .content_type = ""};
}

}  // namespace

void add_account_routes(Routes& routes, const ApiDeps& deps) {
  const auto bound = [deps](auto handler) {
    return [deps, handler](const Request& request) { return handler(deps, request); };
  };
  routes.add({Method::kGet,
              "/api/v1/accounts",
              Access::kLogin,
              {"limit", "cursor"},
              bound(list_accounts)});
  routes.add({Method::kPost, "/api/v1/accounts", Access::kLogin, {}, bound(create_account)});
  routes.add({Method::kPost,
              "/api/v1/accounts/{account}/password",
              Access::kLogin,
              {},
              bound(renew_account)});
  routes.add(
      {Method::kDelete, "/api/v1/accounts/{account}", Access::kLogin, {}, bound(remove_account)});
}

}  // namespace millrace::http
