#include "service/access_files.h"

#include "service/accounts.h"

namespace millrace::service {
namespace {

using base::Result;

Result<void> allow_both(const identity::Caller& caller) {
  MILLRACE_TRY(allow(caller, Permission::kTokens));
  return allow(caller, Permission::kAccounts);
}

}  // namespace

Result<std::optional<std::vector<Account>>> AccessFiles::accounts() const {
  if (deps_.accounts == nullptr) return std::nullopt;
  MILLRACE_LET(auto all, deps_.accounts->accounts());
  return std::optional(std::move(all));
}

Result<AccessPlan> AccessFiles::plan(const identity::Caller& caller,
                                     const AccessPlanRequest& request) const {
  MILLRACE_TRY(allow_both(caller));
  MILLRACE_LET(const auto known, accounts());
  const auto tokens = deps_.identity.tokens();
  const auto catalog = deps_.catalogs.now();
  AccessNow now{.tokens = tokens,
                .check = [this](const Account& one) { return deps_.accounts->check(one); },
                .may_go =
                    [&](const Account& one) {
                      return one.kind == AccountKind::kEdge ? check_edge_unused(*catalog, one.name)
                                                            : Result<void>();
                    }};
  if (known) now.accounts = *known;
  if (caller.via == store::TokenKind::kApi) now.own_token_id = caller.token_id;
  return plan_access(parse_access(request.text, deps_.clock.now()), now, request.options);
}

Result<std::string> AccessFiles::text(const identity::Caller& caller) const {
  MILLRACE_TRY(allow_both(caller));
  MILLRACE_LET(const auto known, accounts());
  return access_text(known, deps_.identity.tokens(), deps_.clock.now());
}

}  // namespace millrace::service
