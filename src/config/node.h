#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace millrace::config {

/// Where something stands in a file; lines and columns from 1, 0 for nowhere.
struct Place {
  int line = 0;
  int column = 0;
  bool operator==(const Place&) const = default;
};

/// A configuration file as a tree, with the place of everything in it.
struct Node {
  enum class Kind { kNull, kScalar, kList, kMap };
  struct Entry;

  Kind kind = Kind::kNull;
  std::string scalar;
  bool is_quoted = false;  // a quoted scalar is always text
  Place place;
  std::vector<Node> items;     // of a list
  std::vector<Entry> entries;  // of a map, in the order of the file, keys unique

  /// The entry of a map; nullptr without one.
  const Entry* find(std::string_view key) const;
};

struct Node::Entry {
  std::string key;
  Place place;
  Node value;
};

/// A scalar without a place, for writing.
Node scalar(std::string text, bool is_quoted = false);

}  // namespace millrace::config
