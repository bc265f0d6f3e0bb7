#include "hub/assignment_texts.h"

#include <algorithm>
#include <tuple>

#include "builtin.h"
#include "edge/edge_report.h"

namespace millrace::apps {
namespace {

constexpr std::size_t kTitleMax = 200;  // as the contract's table has it

EdgeTag tag_of(const twin::Catalog& catalog, const twin::Binding& binding,
               const twin::PropertyBinding& row) {
  EdgeTag tag{.address = row.address, .thing = binding.thing, .property = row.property};
  tag.contract = catalog.contract(binding.thing, row.property).value();
  tag.contract.title = shortened(tag.contract.title, kTitleMax);
  tag.transform = row.transform;
  tag.source_unit = row.raw_unit;
  const twin::PropertySpec* spec = catalog.thing(binding.thing)->model->property(row.property);
  tag.filter = spec->filter;
  tag.is_writable = spec->is_writable && row.takes_writes;
  return tag;
}

void add(const twin::Catalog& catalog, const twin::Binding& binding, EdgeConnection& into) {
  for (const twin::PropertyBinding& row : binding.properties) {
    into.tags.push_back(tag_of(catalog, binding, row));
  }
  for (const twin::ActionBinding& row : binding.actions) {
    into.actions.push_back({row.address, binding.thing, row.action, row.transform});
  }
}

}  // namespace

std::map<std::string, std::vector<EdgeConnection>> connections_by_edge(
    const twin::Catalog& catalog) {
  std::map<std::string, EdgeConnection> by_name;
  for (const auto& [name, binding] : catalog.bindings()) {
    const auto* source = std::get_if<twin::ConnectionSource>(&binding.source);
    if (source == nullptr) continue;
    const auto connection = catalog.connections().find(source->connection);
    if (connection == catalog.connections().end()) continue;
    EdgeConnection& into = by_name[source->connection];
    into.kind = connection->second.type;
    into.name = source->connection;
    into.options = named_options(connection->second.options, source->connection);
    add(catalog, binding, into);
  }
  std::map<std::string, std::vector<EdgeConnection>> edges;
  for (auto& [name, connection] : by_name) {
    if (connection.tags.empty() && connection.actions.empty()) continue;
    std::ranges::sort(connection.tags, {},
                      [](const EdgeTag& tag) { return std::tie(tag.thing, tag.property); });
    edges[catalog.connections().find(name)->second.edge].push_back(std::move(connection));
  }
  return edges;
}

void AssignmentTexts::follow(const twin::Catalog& catalog, std::int64_t revision,
                             const std::set<std::string>& others) {
  auto wanted = connections_by_edge(catalog);
  for (const std::string& edge : others) wanted.try_emplace(edge);
  std::erase_if(entries_, [&](const auto& one) {
    if (wanted.contains(one.first)) return false;
    if (!one.second.topic.empty()) left_.push_back(one.second.topic);
    revisions_.erase(one.first);
    return true;
  });
  for (auto& [edge, connections] : wanted) put(edge, std::move(connections), revision);
}

void AssignmentTexts::put(const std::string& edge, std::vector<EdgeConnection> connections,
                          std::int64_t revision) {
  Entry& entry = entries_[edge];
  Assignment assignment{.revision = revisions_[edge], .connections = std::move(connections)};
  if (to_text(assignment) == entry.text) return;
  assignment.revision = revision;
  revisions_[edge] = revision;
  entry.text = to_text(assignment);
  entry.is_published = false;
}

void AssignmentTexts::place(const std::string& edge, std::string topic) {
  Entry& entry = entries_[edge];
  if (entry.topic == topic) return;
  if (!entry.topic.empty()) left_.push_back(entry.topic);
  entry.topic = std::move(topic);
  entry.is_published = false;
}

void AssignmentTexts::forget_published() {
  for (auto& [edge, entry] : entries_) entry.is_published = false;
}

std::vector<std::string> AssignmentTexts::take_left() { return std::exchange(left_, {}); }

}  // namespace millrace::apps
