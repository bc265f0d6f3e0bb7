#pragma once

#include <string>
#include <vector>

#include "twin/resource.h"

namespace millrace::twin {

/// One thing that differs between two states of a resource. `path` is
/// "spec.properties.flow.maximum" (an item of a list is "[2]", or "[property=flow]" where items
/// have a name of their own); values are JSON, empty where there is none.
struct Difference {
  std::string path;
  std::string before;
  std::string after;
  bool operator==(const Difference&) const = default;
};

/// What changes from one spec to the other; the order of keys and the way in which scalars are
/// quoted or numbers written do not count. By path.
std::vector<Difference> differences(const config::Node& before, const config::Node& after);

}  // namespace millrace::twin
