#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "service/deps.h"
#include "twin/catalog.h"

namespace millrace::service {

/// A thing of which some properties have a new or another contract.
struct ChangedThing {
  const twin::Thing* before = nullptr;  // null: it is new
  const twin::Thing* after = nullptr;
  std::vector<std::string> properties;  // new, or with another contract
};

/// By name. Both catalogs outlive what is given.
std::vector<ChangedThing> changed_things(const twin::Catalog& before, const twin::Catalog& after);

/// Properties that hold samples in one unit and would get them in another: (thing, property, the
/// series' unit, the contract's). The series is the one of the contract's type, which would get
/// them; before there is one, the present one. Units that only are spelled differently are the
/// same.
struct UnitClash {
  std::string thing;
  std::string property;
  std::string stored;
  std::string wanted;
};
std::vector<UnitClash> unit_clashes(const twin::Catalog& before, const twin::Catalog& after,
                                    const Deps& deps);

}  // namespace millrace::service
