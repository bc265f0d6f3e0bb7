#include "connector/file/mapping.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "config/yaml.h"

namespace millrace::connector::file {
namespace {

using config::Node;
using nlohmann::json;

Problem problem_of(const config::Problem& from) {
  return {Weight::kError, "mapping", static_cast<std::uint64_t>(from.place.line), "",
          from.what,      from.hint};
}

json value_json(const Node& node) {
  if (node.kind == Node::Kind::kMap) {
    json object = json::object();
    for (const Node::Entry& entry : node.entries) object[entry.key] = value_json(entry.value);
    return object;
  }
  if (node.kind != Node::Kind::kList) return node.scalar;
  json list = json::array();
  for (const Node& item : node.items) list.push_back(value_json(item));
  return list;
}

/// The entries that differ from the defaults. Lists of sections are shown whole, each of their
/// items against the defaults of an item.
Node changed(const Node& map, const Node& defaults, const Node& item_defaults) {
  Node shown;
  shown.kind = Node::Kind::kMap;
  for (const Node::Entry& entry : map.entries) {
    Node value = entry.value;
    const Node& fallback = defaults.find(entry.key)->value;
    if (value.kind == Node::Kind::kMap) {
      value = changed(value, fallback, item_defaults);
      if (value.entries.empty()) continue;
    } else if (!value.items.empty() && value.items[0].kind == Node::Kind::kMap) {
      for (Node& item : value.items) item = changed(item, item_defaults, {});
    } else if (value_json(value) == value_json(fallback)) {
      continue;
    }
    shown.entries.push_back({entry.key, {}, std::move(value)});
  }
  return shown;
}

Node changed(const Mapping& mapping) {
  const auto shown = config::Secrets::kShown;
  const Mapping no_mapping;
  const PropertyRule no_rule;
  return changed(mapping_table().show(&mapping, shown), mapping_table().show(&no_mapping, shown),
                 property_table().show(&no_rule, shown));
}

bool is_word(std::string_view text) {
  constexpr std::string_view kReserved = " true false yes no on off null y n ";
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.' || c == '/' || c == '[' || c == ']' || c == ' ';
  };
  std::string small(text);
  std::ranges::transform(small, small.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (text.empty() || !std::isalpha(static_cast<unsigned char>(text[0]))) return false;
  return text.back() != ' ' && std::ranges::all_of(text, is_plain) &&
         !kReserved.contains(std::format(" {} ", small));
}

/// Words need no quotes.
void unquote(Node& node) {
  if (node.kind == Node::Kind::kScalar && is_word(node.scalar)) node.is_quoted = false;
  for (Node& item : node.items) unquote(item);
  for (Node::Entry& entry : node.entries) unquote(entry.value);
}

}  // namespace

base::Result<Mapping> parse_mapping(std::string_view yaml, const ProblemSink& problems) {
  Mapping mapping;
  config::Problems found;
  auto tree = config::parse_yaml(yaml);
  if (tree) {
    mapping_table().read(*tree, &mapping, found);
  } else {
    found = std::move(tree).error();
  }
  for (const config::Problem& one : found) problems(problem_of(one));
  if (found.empty()) return mapping;
  return base::fail(base::ErrorCode::kInvalid,
                    std::format("mapping, line {}: {}", found[0].place.line, found[0].what),
                    found[0].hint);
}

std::string canonical_json(const Mapping& mapping) {
  return value_json(changed(mapping)).dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string to_yaml(const Mapping& mapping) {
  Node node = changed(mapping);
  unquote(node);
  return config::to_yaml(node);
}

char character_of(std::string_view word) {
  if (word == "tab") return '\t';
  if (word == "space") return ' ';
  if (word == "none" || word.empty()) return '\0';
  return word[0];
}

}  // namespace millrace::connector::file
