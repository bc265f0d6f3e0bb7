#include "twin/placeholders.h"

#include "twin/tree.h"

namespace millrace::twin {

using config::Node;

namespace {

struct Part {
  std::size_t begin = std::string::npos;  // of "{{"
  std::size_t end = 0;                    // after "}}"
  std::string name;
};

Part next_placeholder(const std::string& text, std::size_t from) {
  Part part;
  const std::size_t open = text.find("{{", from);
  if (open == std::string::npos) return part;
  const std::size_t close = text.find("}}", open + 2);
  if (close == std::string::npos) return part;
  return {open, close + 2, text.substr(open + 2, close - open - 2)};
}

void replace_in(Node& node, const PlaceholderValue& value) {
  std::size_t from = 0;
  while (true) {
    const Part part = next_placeholder(node.scalar, from);
    if (part.begin == std::string::npos) return;
    const Node* given = value(part.name);
    if (!given) {
      from = part.end;
      continue;
    }
    if (part.begin == 0 && part.end == node.scalar.size()) {
      const config::Place place = node.place;
      node = *given;
      node.place = place;
      return;
    }
    node.scalar.replace(part.begin, part.end - part.begin, given->scalar);
    from = part.begin + given->scalar.size();  // what was put in is not looked at again
  }
}

}  // namespace

std::set<std::string> placeholder_names(const Node& node) {
  std::set<std::string> names;
  if (node.kind == Node::Kind::kScalar) {
    for (Part part = next_placeholder(node.scalar, 0); part.begin != std::string::npos;
         part = next_placeholder(node.scalar, part.end)) {
      names.insert(part.name);
    }
  }
  for (const Node& item : node.items) names.merge(placeholder_names(item));
  for (const Node::Entry& entry : node.entries) names.merge(placeholder_names(entry.value));
  return names;
}

void replace_placeholders(Node& node, const PlaceholderValue& value) {
  each_scalar(node, [&](Node& scalar) { replace_in(scalar, value); });
}

}  // namespace millrace::twin
