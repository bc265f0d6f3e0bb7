#pragma once

#include <string>
#include <utility>
#include <vector>

#include "model/value.h"

namespace millrace::model {

/// How a source's raw value becomes the value of a property, in this order: a table of values where
/// there is one, else `raw * factor + offset` in the property's own unit. Units are already in it:
/// whoever binds an address combines scale, offset and the conversion between units into one pair.
struct Transform {
  double factor = 1;
  double offset = 0;
  std::vector<std::pair<std::string, std::string>> values;  // raw text → text of the result
  ValueType type = ValueType::kF64;                         // of the result

  bool is_identity() const { return factor == 1 && offset == 0 && values.empty(); }
  bool operator==(const Transform&) const = default;
};

}  // namespace millrace::model
