#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "twin/catalog.h"

namespace millrace::twin {

/// The thing and the property that a sibling's name means at a thing.
std::pair<std::string, std::string> sibling_of(const std::string& thing, const std::string& name);

/// Why the rules never compare a property with one that its contract names as its sibling: other
/// processes see them first, or they are in other units. Empty where they are compared, and as long
/// as either is fed by nothing.
std::optional<std::string> not_compared(const Catalog& catalog,
                                        const model::PropertyContract& contract,
                                        const std::string& sibling);

struct UncomparedSibling {
  std::string thing;
  std::string property;
  std::string why;
  auto operator<=>(const UncomparedSibling&) const = default;
};
/// Of each property of a catalog all that it names in vain, in order.
std::vector<UncomparedSibling> uncompared_siblings(const Catalog& catalog);

}  // namespace millrace::twin
