#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace millrace::config {

/// A YAML document as plain values, each with the line it stands on, so that whoever reads it can
/// say where something is wrong. Scalars are texts; what they mean is the reader's.
struct YamlNode {
  enum class Kind { kNull, kScalar, kList, kMap };

  Kind kind = Kind::kNull;
  int line = 0;                                           // from 1
  std::string scalar;                                     // kScalar
  std::vector<YamlNode> items;                            // kList
  std::vector<std::pair<std::string, YamlNode>> members;  // kMap, in file order, keys unique

  bool is_null() const { return kind == Kind::kNull; }
  /// The member, or null when there is none (or this is no map).
  const YamlNode* find(std::string_view key) const;
};

/// Errors: malformed with line and column; too_large beyond 100,000 nodes (aliases count each time
/// they are used).
base::Result<YamlNode> parse_yaml(std::string_view text);

/// The one of `known` that is nearest to `word` by edit distance, or empty when none is near.
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& known);

}  // namespace millrace::config
