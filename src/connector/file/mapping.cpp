#include "connector/file/mapping.h"

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
  if (node.kind != Node::Kind::kList) return node.scalar;
  json list = json::array();
  for (const Node& item : node.items) list.push_back(value_json(item));
  return list;
}

/// The entries that differ from the defaults. Lists of sections are shown whole, each of their
/// items against the defaults of an item.
json changed(const Node& map, const Node& defaults, const Node& item_defaults) {
  json object = json::object();
  for (const Node::Entry& entry : map.entries) {
    const Node& value = entry.value;
    const Node::Entry* fallback = defaults.find(entry.key);
    json shown;
    if (value.kind == Node::Kind::kMap) {
      shown = changed(value, fallback->value, item_defaults);
    } else if (!value.items.empty() && value.items[0].kind == Node::Kind::kMap) {
      for (const Node& item : value.items) shown.push_back(changed(item, item_defaults, {}));
    } else if (value_json(value) != value_json(fallback->value)) {
      shown = value_json(value);
    }
    if (!shown.is_null() && !(shown.is_object() && shown.empty())) {
      object[entry.key] = std::move(shown);
    }
  }
  return object;
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
  const auto shown = config::Secrets::kShown;
  const Mapping no_mapping;
  const PropertyRule no_rule;
  return changed(mapping_table().show(&mapping, shown), mapping_table().show(&no_mapping, shown),
                 property_table().show(&no_rule, shown))
      .dump(-1, ' ', false, json::error_handler_t::replace);
}

char character_of(std::string_view word) {
  if (word == "tab") return '\t';
  if (word == "space") return ' ';
  if (word == "none" || word.empty()) return '\0';
  return word[0];
}

}  // namespace millrace::connector::file
