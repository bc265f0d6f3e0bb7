#include "twin/canonical.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "config/json.h"
#include "config/yaml.h"
#include "twin/spec_tables.h"
#include "twin/tree.h"

namespace millrace::twin {

using config::Node;

namespace {

using Order = std::vector<std::string_view>;

const Order& document_order() {
  static const Order kOrder = {"@context",    "@type",        "id",      "title", "titles",
                               "description", "descriptions", "version", "links", "mr:tags",
                               "tm:optional", "properties",   "actions", "events"};
  return kOrder;
}

const Order& affordance_order() {
  static const Order kOrder = {"tm:ref",         "rel",
                               "href",           "instanceName",
                               "@type",          "title",
                               "titles",         "description",
                               "descriptions",   "type",
                               "mr:type",        "unit",
                               "minimum",        "exclusiveMinimum",
                               "maximum",        "exclusiveMaximum",
                               "enum",           "const",
                               "default",        "readOnly",
                               "writeOnly",      "observable",
                               "mr:interval_ms", "mr:quality",
                               "mr:filter",      "mr:alarms",
                               "name",           "above",
                               "below",          "severity",
                               "input",          "output"};
  return kOrder;
}

void sort_entries(Node& node, const Order& order) {
  const auto rank = [&](const Node::Entry& entry) {
    const auto found = std::ranges::find(order, entry.key);
    return std::pair<std::ptrdiff_t, const std::string&>(found - order.begin(), entry.key);
  };
  std::ranges::sort(node.entries, [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
}

void requote(Node& node) {
  if (!node.is_quoted) return;
  node.is_quoted = false;
  node.is_quoted = !config::scalar_json(node).is_string();
}

/// By the rows of a table; a section without one has names of the writer's own.
void order_by_table(Node& node, const config::Table* table) {
  Order order;
  const auto below = [&](const std::string& key) -> const config::Table* {
    if (!table) return nullptr;
    const auto& options = table->options();
    const auto found =
        std::ranges::find(options, key, [](const config::Option& o) { return o.row.key; });
    return found == options.end() ? nullptr : found->table;
  };
  if (table) {
    for (const config::Option& option : table->options()) order.push_back(option.row.key);
  }
  sort_entries(node, order);
  for (Node::Entry& entry : node.entries) {
    const config::Table* inner = below(entry.key);
    order_by_table(entry.value, inner);
    for (Node& item : entry.value.items) order_by_table(item, inner);
  }
  if (!table) {
    for (Node& item : node.items) order_by_table(item, nullptr);
  }
}

void order_schema(Node& node) {
  sort_entries(node, affordance_order());
  for (Node& item : node.items) order_schema(item);
  for (Node::Entry& entry : node.entries) {
    if (entry.key != "properties") {
      order_schema(entry.value);
      continue;
    }
    sort_entries(entry.value, {});
    for (Node::Entry& member : entry.value.entries) order_schema(member.value);
  }
}

void order_model(Node& spec) {
  sort_entries(spec, document_order());
  for (Node::Entry& entry : spec.entries) {
    const bool is_named =
        entry.key == "properties" || entry.key == "actions" || entry.key == "events";
    if (!is_named) {
      order_schema(entry.value);
      continue;
    }
    sort_entries(entry.value, {});
    for (Node::Entry& affordance : entry.value.entries) order_schema(affordance.value);
  }
}

}  // namespace

Node canonical(Kind kind, const Node& spec) {
  Node copy = spec;
  each_scalar(copy, requote);
  if (kind == Kind::kThingModel) {
    order_model(copy);
  } else {
    order_by_table(copy, spec_table(kind));
  }
  return copy;
}

std::string to_text(const Resource& resource) {
  Node root = map_node();
  put(root, "kind", config::scalar(std::string(text(resource.key.kind))));
  Node name = config::scalar(resource.key.name, true);
  requote(name);
  put(root, "name", std::move(name));
  if (resource.key.version != 0) {
    put(root, "version", config::scalar(std::to_string(resource.key.version)));
  }
  put(root, "spec", canonical(resource.key.kind, resource.spec));
  return config::to_yaml(root);
}

}  // namespace millrace::twin
