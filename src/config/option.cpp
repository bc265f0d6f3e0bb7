#include "config/option.h"

#include <algorithm>
#include <format>

namespace millrace::config {

void Table::add_option(Option option) {
  for (const Option& other : options_) MILLRACE_CHECK(other.row.key != option.row.key);
  options_.push_back(std::move(option));
}

void Table::report_unknown(const Node::Entry& entry, Problems& problems) const {
  std::vector<std::string> keys;
  for (const Option& option : options_) keys.push_back(option.row.key);
  const std::string near = nearest(entry.key, keys);
  std::string hint = near.empty() ? "Known here:" : std::format("Did you mean '{}'?", near);
  if (near.empty()) {
    for (const std::string& key : keys) hint += " " + key;
  }
  problems.push_back(
      {entry.place, std::format("unknown option '{}'", entry.key.substr(0, 80)), std::move(hint)});
}

void Table::read(const Node& node, void* target, Problems& problems) const {
  if (node.kind != Node::Kind::kMap) {
    problems.push_back(
        {node.place, std::format("{}: a section with options is needed here", title_), ""});
    return;
  }
  const std::size_t before = problems.size();
  for (const Option& option : options_) {
    if (const Node::Entry* entry = node.find(option.row.key)) {
      const std::size_t first = problems.size();
      option.store(entry->value, target, problems);
      // Problems of this option itself name its key; those of a section below name theirs.
      if (option.table || problems.size() == first) continue;
      for (std::size_t i = first; i < problems.size(); ++i) {
        problems[i].what = option.row.key + ": " + problems[i].what;
      }
    } else if (option.row.need == Need::kRequired) {
      problems.push_back(
          {node.place, std::format("'{}' is missing", option.row.key), option.row.sentence});
    }
  }
  for (const Node::Entry& entry : node.entries) {
    const bool is_known = std::ranges::any_of(
        options_, [&](const Option& option) { return option.row.key == entry.key; });
    if (!is_known) report_unknown(entry, problems);
  }
  if (problems.size() != before) return;  // rules may rely on the rest being right
  for (const Rule& rule : rules_) rule(target, node, problems);
}

Node Table::show(const void* source, Secrets secrets) const {
  Node map;
  map.kind = Node::Kind::kMap;
  for (const Option& option : options_) {
    Node value = option.show(source, secrets);
    const bool is_hidden = option.row.secrecy == Secrecy::kSecret &&
                           secrets == Secrets::kRedacted && !value.scalar.empty();
    if (is_hidden) value.scalar = "***";
    map.entries.push_back({option.row.key, {}, std::move(value)});
  }
  return map;
}

Option describe(Row row, OptionType type, const Table& table) {
  Option option;
  option.row = std::move(row);
  option.type = type;
  option.table = &table;
  return option;
}

Option describe(Row row, const About& about, Node default_value) {
  Option option;
  option.row = std::move(row);
  option.type = about.type;
  option.limits = about.limits;
  option.choices = about.choices;
  option.default_value = std::move(default_value);
  return option;
}

Node list_node() {
  Node node;
  node.kind = Node::Kind::kList;
  return node;
}

std::vector<const Node*> list_items(const Node& node, Bounds limits, Problems& problems) {
  if (node.kind != Node::Kind::kList) {
    problems.push_back({node.place, "a list is needed here", "Begin each item with '- '."});
    return {};
  }
  const auto count = static_cast<double>(node.items.size());
  if (count < limits.min || count > limits.max) {
    problems.push_back({node.place, std::format("the list has {} items", count),
                        std::format("Allowed: {} to {}.", limits.min, limits.max)});
    return {};
  }
  std::vector<const Node*> items;
  for (const Node& item : node.items) items.push_back(&item);
  return items;
}

}  // namespace millrace::config
