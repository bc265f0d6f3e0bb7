#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace millrace::identity {

/// What a person or a token is here for (DESIGN: who it serves); service decides what each may do.
enum class Role {
  kAdministrator,
  kOtEngineer,
  kDataScientist,
  kOperator,
  kSponsor,
  kChampion,
  kViewer,
};

inline constexpr std::array kRoles{Role::kAdministrator, Role::kOtEngineer, Role::kDataScientist,
                                   Role::kOperator,      Role::kSponsor,    Role::kChampion,
                                   Role::kViewer};

/// "administrator", "ot_engineer", "data_scientist", …, as in tables and JSON.
std::string_view text(Role role);
std::optional<Role> parse_role(std::string_view text);

}  // namespace millrace::identity
