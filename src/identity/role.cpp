#include "identity/role.h"

namespace millrace::identity {

std::string_view text(Role role) {
  switch (role) {
    case Role::kAdministrator: return "administrator";
    case Role::kOtEngineer: return "ot_engineer";
    case Role::kDataScientist: return "data_scientist";
    case Role::kOperator: return "operator";
    case Role::kSponsor: return "sponsor";
    case Role::kChampion: return "champion";
    case Role::kViewer: return "viewer";
  }
  return "viewer";
}

std::optional<Role> parse_role(std::string_view name) {
  for (const Role role : kRoles) {
    if (text(role) == name) return role;
  }
  return std::nullopt;
}

}  // namespace millrace::identity
