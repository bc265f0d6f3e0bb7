#include "service/connections.h"

#include <algorithm>
#include <array>

namespace millrace::service {
namespace {

using config::Node;
using pipeline::ConnectorKind;

const ConnectorKind* find_kind(std::span<const ConnectorKind> kinds, std::string_view name) {
  const auto found = std::ranges::find(kinds, name, &ConnectorKind::name);
  return found == kinds.end() ? nullptr : &*found;
}

void hide(Node& node, const config::Table& table) {
  for (Node& item : node.items) hide(item, table);
  for (Node::Entry& entry : node.entries) {
    const auto option = std::ranges::find(table.options(), entry.key,
                                          [](const config::Option& one) { return one.row.key; });
    if (option == table.options().end()) continue;
    if (option->row.secrecy == config::Secrecy::kSecret && entry.value.kind != Node::Kind::kNull) {
      entry.value = config::scalar(std::string(kHiddenSecret), true);
    } else if (option->table) {
      hide(entry.value, *option->table);
    }
  }
}

/// Options that say where a connection leads, and as whom it logs in there.
constexpr std::array<std::string_view, 5> kPeerOptions{"url", "host", "port", "user", "security"};

bool leads_elsewhere(const Node& before, const Node& after) {
  return std::ranges::any_of(kPeerOptions, [&](std::string_view key) {
    const Node::Entry* old = before.find(key);
    const Node::Entry* now = after.find(key);
    if (!old || !now) return old != now;
    return old->value.scalar != now->value.scalar;
  });
}

void keep(Node& node, const Node* present, std::vector<config::Place>& missing) {
  if (node.kind == Node::Kind::kScalar) {
    if (node.scalar != kHiddenSecret) return;
    const config::Place place = node.place;
    if (!present || present->kind != Node::Kind::kScalar) return missing.push_back(place);
    node = *present;
    node.place = place;
    return;
  }
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    const bool has_item = present && i < present->items.size();
    keep(node.items[i], has_item ? &present->items[i] : nullptr, missing);
  }
  for (Node::Entry& entry : node.entries) {
    const Node::Entry* found = present ? present->find(entry.key) : nullptr;
    const bool is_same = found && !leads_elsewhere(found->value, entry.value);
    keep(entry.value, is_same ? &found->value : nullptr, missing);
  }
}

}  // namespace

Node named_options(const Node& options) {
  Node node = options;
  if (node.kind == Node::Kind::kNull) node.kind = Node::Kind::kMap;
  if (node.kind == Node::Kind::kMap && !node.find("name")) {
    node.entries.insert(node.entries.begin(), {"name", {}, config::scalar("connection")});
  }
  return node;
}

twin::ConnectionChecks connection_checks(std::span<const ConnectorKind> kinds) {
  twin::ConnectionChecks checks;
  for (const ConnectorKind& kind : kinds) checks.types.push_back(kind.name);
  checks.options = [kinds](const std::string& type, const Node& options) {
    const ConnectorKind* kind = find_kind(kinds, type);
    return kind ? kind->check_options(named_options(options)) : config::Problems{};
  };
  checks.address = [kinds](const std::string& type, std::string_view address) {
    const ConnectorKind* kind = find_kind(kinds, type);
    return kind ? kind->check_address(address) : base::Result<void>();
  };
  checks.takes_writes = [kinds](const std::string& type, std::string_view address) {
    const ConnectorKind* kind = find_kind(kinds, type);
    return !kind || !kind->takes_writes || kind->takes_writes(address);
  };
  return checks;
}

std::vector<twin::ConnectorSchema> connector_schemas(std::span<const ConnectorKind> kinds) {
  std::vector<twin::ConnectorSchema> schemas;
  for (const ConnectorKind& kind : kinds) schemas.push_back({kind.name, kind.options});
  return schemas;
}

twin::Resource without_secrets(const twin::Resource& resource,
                               std::span<const ConnectorKind> kinds) {
  twin::Resource shown = resource;
  if (resource.key.kind != twin::Kind::kConnection) return shown;
  for (Node::Entry& entry : shown.spec.entries) {
    const ConnectorKind* kind = find_kind(kinds, entry.key);
    if (kind && kind->options) hide(entry.value, *kind->options);
  }
  return shown;
}

std::vector<config::Place> keep_secrets(twin::Resource& resource, const twin::Resource* present) {
  std::vector<config::Place> missing;
  if (resource.key.kind == twin::Kind::kConnection) {
    keep(resource.spec, present ? &present->spec : nullptr, missing);
  }
  return missing;
}

}  // namespace millrace::service
