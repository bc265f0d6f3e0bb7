#include "service/permission.h"

namespace millrace::service {
namespace {

using identity::Role;

bool may(Role role, Permission permission) {
  switch (permission) {
    case Permission::kRead:
      return true;
    case Permission::kImport:
    case Permission::kCorrect:
    case Permission::kQuery:
      return role == Role::kAdministrator || role == Role::kOtEngineer ||
             role == Role::kDataScientist;
    case Permission::kConfigure:
    case Permission::kCommand:
      return role == Role::kAdministrator || role == Role::kOtEngineer;
    case Permission::kMaintain:
    case Permission::kTokens:
    case Permission::kAccounts:
      return role == Role::kAdministrator;
  }
  return false;
}

std::string_view doing(Permission permission) {
  switch (permission) {
    case Permission::kRead:
      return "read";
    case Permission::kImport:
      return "import files";
    case Permission::kConfigure:
      return "configure things, models or bindings";
    case Permission::kCorrect:
      return "correct samples";
    case Permission::kQuery:
      return "ask by SQL";
    case Permission::kCommand:
      return "command devices";
    case Permission::kMaintain:
      return "back up or seal the store";
    case Permission::kTokens:
      return "see or make tokens";
    case Permission::kAccounts:
      return "see or make accounts of the broker";
  }
  return "do this";
}

}  // namespace

base::Result<void> allow(const identity::Caller& caller, Permission permission) {
  if (may(caller.role, permission)) return {};
  return base::fail(
      base::ErrorCode::kForbidden,
      std::format("the role {} may not {}", identity::text(caller.role), doing(permission)),
      "Ask an administrator of this hub.");
}

}  // namespace millrace::service
