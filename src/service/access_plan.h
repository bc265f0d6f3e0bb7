#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "service/access_file.h"

namespace millrace::service {

enum class AccessAction { kCreate, kReplace, kRemove };  // replace: remove, then create
std::string_view text(AccessAction action);

/// One account or token that comes or goes.
struct AccessChange {
  AccessAction action = AccessAction::kCreate;
  bool is_token = false;
  std::string name;
  std::string about;                            // for people: "edge of site works"
  std::optional<Account> account;               // to be made
  std::optional<identity::TokenRequest> token;  // to be made
  std::string token_id;                         // of the one that goes
};

struct AccessPlan {
  config::Problems problems;
  std::vector<AccessChange> changes;  // to be carried out in this order; none with problems
  std::size_t unchanged = 0;
  std::optional<std::string> own_token;  // the caller's, which prune leaves
};

/// What makes the hub as the file says.
struct AccessPlanOptions {
  bool is_pruning = false;    // what the file has not goes, of the lists that it has
  bool is_replacing = false;  // what the file has otherwise is made anew
};

/// The hub as it is, and what it says of accounts. All of it outlives the call.
struct AccessNow {
  std::optional<std::span<const Account>> accounts;  // none without a broker of its own
  std::span<const store::Token> tokens;
  std::string own_token_id;                                  // of an API token that calls
  std::function<base::Result<void>(const Account&)> check;   // whether it could be made
  std::function<base::Result<void>(const Account&)> may_go;  // whether it could be removed
};

/// Creations come first, then what is made anew, then what goes.
AccessPlan plan_access(ParsedAccess parsed, const AccessNow& now, AccessPlanOptions options);

}  // namespace millrace::service
