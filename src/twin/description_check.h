#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace millrace::twin {

inline constexpr std::size_t kDescriptionBytesMax = 256U << 10;

/// The JSON of a Thing Description or of a patch for one, nested at most 64 deep. Errors:
/// malformed, too_large.
base::Result<nlohmann::ordered_json> parse_description(std::string_view text);

/// One thing that is wrong in a Thing Description; as `validationErrors` of WoT Discovery §7.3.2.1.
struct DescriptionProblem {
  std::string field;  // "(root)", or "properties.flow.forms.0" and the like
  std::string description;
};

/// What a document lacks to be a W3C WoT Thing Description 1.1 (or 1.0) that a consumer can use:
/// the mandatory terms of §5.3, their types, operations that fit their affordance, security that is
/// defined. Terms of other vocabularies are nobody's business. At most 50 problems.
std::vector<DescriptionProblem> check_description(const nlohmann::ordered_json& document);

}  // namespace millrace::twin
