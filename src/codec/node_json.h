#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "config/node.h"

namespace millrace::codec {

/// A tree as JSON, members in their order. A plain scalar that is a JSON number, true or false is
/// written as such, digit for digit; everything else is a text.
std::string to_json(const config::Node& node);

/// JSON as a tree without places. A text that JSON or YAML would take for something else is marked
/// as quoted, so that to_json() gives the same JSON again. Errors: malformed.
base::Result<config::Node> from_json(std::string_view json);

/// Where two trees differ; the order of a map's members is none.
struct NodeDifference {
  std::string pointer;                   // JSON Pointer (RFC 6901)
  const config::Node* before = nullptr;  // nullptr: not there
  const config::Node* after = nullptr;
};
/// At most `count_max`; the nodes belong to the trees. Lists are compared item by item.
std::vector<NodeDifference> differences(const config::Node& before, const config::Node& after,
                                        std::size_t count_max);

}  // namespace millrace::codec
