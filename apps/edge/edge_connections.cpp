#include "edge/edge_connections.h"

#include <algorithm>
#include <map>
#include <set>

#include "builtin.h"
#include "codec/contract_options.h"
#include "config/yaml.h"

namespace millrace::apps {
namespace {

using config::Need;
using config::Node;
using config::Problems;
using config::Secrets;
using config::Table;
using config::TableOf;
using model::Transform;
using model::ValueType;

constexpr double kAnyNumber = 1e300;
constexpr double kTagsMax = 100'000;

/// The rows that say how a raw value becomes a property's.
const TableOf<Transform>& transform_table() {
  static const auto kTable = [] {
    using O = Transform;
    TableOf<O> table("Transform", "How a raw value becomes the property's.");
    table
        .number({.key = "factor", .sentence = "value = raw × factor + offset, in the unit."},
                &O::factor, {-kAnyNumber, kAnyNumber})
        .number({.key = "offset", .sentence = "Added after the factor, in the unit."}, &O::offset,
                {-kAnyNumber, kAnyNumber})
        .texts_by_text({.key = "values", .sentence = "Raw values and what they stand for."},
                       &O::values, {0, 1000})
        .check([](const O& read) -> std::optional<TableOf<O>::Complaint> {
          if (read.factor != 0) return std::nullopt;
          return TableOf<O>::Complaint{"factor", "factor: 0 would make every value the same",
                                       "Leave it out for 1."};
        });
    return table;
  }();
  return kTable;
}

const TableOf<EdgeTag>& tag_table() {
  static const auto kTable = [] {
    using O = EdgeTag;
    TableOf<O> table("Tag", "One value to read and the property it feeds.");
    table
        .text({.key = "address",
               .sentence = "Where it stands, as the protocol writes it.",
               .need = Need::kRequired},
              &O::address, {1, 1024})
        .name({.key = "thing", .sentence = "Name of the thing.", .need = Need::kRequired},
              &O::thing)
        .name({.key = "property", .sentence = "Name of the property.", .need = Need::kRequired},
              &O::property)
        .flag({.key = "writable", .sentence = "Commands may write the property at this address."},
              &O::is_writable)
        .text({.key = "source_unit",
               .sentence = "Unit in which the source has the value; where the source itself says "
                           "another, samples are marked wrong_unit."},
              &O::source_unit, {0, 100})
        .include(&O::contract, codec::contract_table())
        .include(&O::filter, codec::filter_table())
        .include(&O::transform, transform_table());
    return table;
  }();
  return kTable;
}

const TableOf<EdgeAction>& action_table() {
  static const auto kTable = [] {
    using O = EdgeAction;
    TableOf<O> table("Action", "An address that invoking an action writes.");
    table
        .text({.key = "address",
               .sentence = "Where it stands, as the protocol writes it.",
               .need = Need::kRequired},
              &O::address, {1, 1024})
        .name({.key = "thing", .sentence = "Name of the thing.", .need = Need::kRequired},
              &O::thing)
        .name({.key = "action", .sentence = "Name of the action.", .need = Need::kRequired},
              &O::action)
        .include(&O::transform, transform_table());
    return table;
  }();
  return kTable;
}

struct Lists {
  std::vector<EdgeTag> tags;
  std::vector<EdgeAction> actions;
};

const TableOf<Lists>& lists_table() {
  static const auto kTable = [] {
    TableOf<Lists> table("Tags and actions", "What a connection is read for.");
    table
        .sections({.key = "tags", .sentence = "The values to read."}, &Lists::tags, tag_table(),
                  {0, kTagsMax})
        .sections({.key = "actions", .sentence = "What commands may do."}, &Lists::actions,
                  action_table(), {0, kTagsMax});
    return table;
  }();
  return kTable;
}

/// The rows of a kind and those of the lists, for reference and schema; read piece by piece.
class ConnectionTable final : public Table {
 public:
  explicit ConnectionTable(const pipeline::ConnectorKind& kind)
      : Table(kind.options->title(), kind.options->sentence()) {
    for (const config::Option& option : kind.options->options()) add_option(option);
    for (const config::Option& option : lists_table().options()) add_option(option);
  }
};

bool is_list(std::string_view key) { return key == "tags" || key == "actions"; }

/// A section as the part for its kind and the part that all kinds have.
std::pair<Node, Node> split(const Node& item) {
  Node own = item, lists = item;
  std::erase_if(own.entries, [](const Node::Entry& one) { return is_list(one.key); });
  std::erase_if(lists.entries, [](const Node::Entry& one) { return !is_list(one.key); });
  return {std::move(own), std::move(lists)};
}

void check_addresses(const pipeline::ConnectorKind& kind, const Node& lists, Problems& problems) {
  if (!kind.check_address) return;
  for (const Node::Entry& list : lists.entries) {
    for (const Node& item : list.value.items) {
      const Node::Entry* address = item.find("address");
      if (address == nullptr || address->value.kind != Node::Kind::kScalar) continue;
      const auto checked = kind.check_address(address->value.scalar);
      if (checked) continue;
      problems.push_back({address->place, checked.error().what, checked.error().hint});
    }
  }
}

void finish(EdgeConnection& connection) {
  for (EdgeTag& tag : connection.tags) {
    tag.contract.thing = tag.thing;
    tag.contract.property = tag.property;
    tag.transform.type = tag.contract.type;
  }
  for (EdgeAction& action : connection.actions) action.transform.type = ValueType::kText;
}

Node show(const EdgeConnection& connection, Secrets secrets) {
  Node node = find_kind(connection.kind)->show_options(connection.options, secrets);
  const Lists lists{connection.tags, connection.actions};
  for (Node::Entry& entry : lists_table().show(&lists, secrets).entries) {
    node.entries.push_back(std::move(entry));
  }
  return node;
}

bool is_default(const Node& value, const config::Option& option) {
  if (value.kind == Node::Kind::kNull) return true;
  if (option.row.need == Need::kRequired) return false;
  if (value.kind != Node::Kind::kScalar) return value.items.empty() && value.entries.empty();
  return option.default_value.kind == Node::Kind::kScalar &&
         option.default_value.scalar == value.scalar;
}

/// Leaves out what has its default, in sections below, too.
Node brief(Node node, const Table& table) {
  for (const config::Option& option : table.options()) {
    const auto entry = std::ranges::find(node.entries, option.row.key, &Node::Entry::key);
    if (entry == node.entries.end()) continue;
    if (option.table != nullptr && entry->value.kind == Node::Kind::kMap) {
      entry->value = brief(std::move(entry->value), *option.table);
    }
    if (is_default(entry->value, option)) {
      node.entries.erase(entry);
      continue;
    }
    if (option.table == nullptr) continue;
    for (Node& item : entry->value.items) item = brief(std::move(item), *option.table);
  }
  return node;
}

}  // namespace

const Table& connection_table(std::string_view kind) {
  static const auto kTables = [] {
    std::map<std::string, ConnectionTable, std::less<>> tables;
    for (const auto& one : connector_kinds()) tables.emplace(one.name, ConnectionTable(one));
    return tables;
  }();
  return kTables.find(kind)->second;
}

void read_connection(std::string_view kind, const Node& item, std::vector<EdgeConnection>& into,
                     Problems& problems) {
  const std::size_t before = problems.size();
  const auto [own, rest] = split(item);
  std::ranges::move(find_kind(kind)->check_options(own), std::back_inserter(problems));
  Lists lists;
  lists_table().read(rest, &lists, problems);
  check_addresses(*find_kind(kind), rest, problems);
  if (problems.size() != before) return;
  if (lists.tags.empty() && lists.actions.empty()) {
    problems.push_back({item.place, "'tags' is missing", "The values to read."});
    return;
  }
  const Node::Entry* name = own.find("name");
  into.push_back({.kind = std::string(kind),
                  .name = name ? name->value.scalar : std::string(kind),
                  .options = own,
                  .tags = std::move(lists.tags),
                  .actions = std::move(lists.actions)});
  finish(into.back());
}

Node show_connections(std::string_view kind, const std::vector<EdgeConnection>& all,
                      Secrets secrets) {
  Node list = config::list_node();
  for (const EdgeConnection& one : all) {
    if (one.kind == kind) list.items.push_back(show(one, secrets));
  }
  return list;
}

Node show_briefly(std::string_view kind, const std::vector<EdgeConnection>& all) {
  Node list = show_connections(kind, all, Secrets::kShown);
  for (Node& item : list.items) item = brief(std::move(item), connection_table(kind));
  return list;
}

std::string to_text(const EdgeConnection& connection) {
  return connection.kind + "\n" +
         config::to_yaml(
             brief(show(connection, Secrets::kShown), connection_table(connection.kind)));
}

base::Result<void> check_together(const std::vector<EdgeConnection>& all) {
  std::set<std::string> names;
  std::map<std::pair<std::string, std::string>, std::string> fed;
  for (const EdgeConnection& one : all) {
    if (!names.insert(one.name).second) {
      return base::fail(base::ErrorCode::kConflict,
                        std::format("two connections are called '{}'", one.name),
                        "Rename one of them.");
    }
    for (const EdgeTag& tag : one.tags) {
      const auto [known, is_new] = fed.emplace(std::pair(tag.thing, tag.property), one.name);
      if (is_new) continue;
      return base::fail(base::ErrorCode::kConflict,
                        std::format("two tags feed {}/{}: one of '{}' and one of '{}'", tag.thing,
                                    tag.property, known->second, one.name),
                        "Keep one of them.");
    }
  }
  return {};
}

std::vector<std::string> connection_kinds() {
  std::vector<std::string> names;
  for (const auto& one : connector_kinds()) names.push_back(one.name);
  return names;
}

std::string connection_sentence(std::string_view kind) {
  return find_kind(kind)->options->sentence();
}

}  // namespace millrace::apps
