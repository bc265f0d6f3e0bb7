#pragma once

#include <expected>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "config/node.h"
#include "config/problem.h"

namespace millrace::config {

/// What a file may cost. Aliases are expanded; every expanded node counts, and every copy that is
/// kept for an alias, so a "YAML bomb" ends here and not in memory. A node is about 100 bytes.
struct YamlLimits {
  std::size_t bytes_max = 8U << 20;
  std::size_t nodes_max = 500'000;
  std::size_t depth_max = 32;
};

/// One YAML document as a tree. Duplicate keys, keys that are no scalars, tags other than the
/// standard ones, a second document and an empty file are refused. The only place of yaml-cpp.
/// Problems have their places.
std::expected<Node, Problems> parse_yaml(std::string_view text, const YamlLimits& limits = {});

/// The documents of a text, "---" between them; one without content is left out.
struct YamlDocuments {
  std::vector<Node> roots;
  Problems problems;      // what is read before the first of them stands in `roots`
  std::size_t nodes = 0;  // that were held to read it
};

/// As parse_yaml() for any number of documents. The limits are of the whole text.
YamlDocuments parse_yaml_documents(std::string_view text, const YamlLimits& limits = {});

/// The tree as YAML; scalars are quoted where they would otherwise be read as something else.
std::string to_yaml(const Node& node);

}  // namespace millrace::config
