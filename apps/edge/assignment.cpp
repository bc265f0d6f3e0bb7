#include "edge/assignment.h"

#include <algorithm>
#include <set>

#include "config/yaml.h"

namespace millrace::apps {
namespace {

using config::Need;
using config::Node;
using config::TableOf;

// 20,000 tags with everything that a contract may say.
constexpr config::YamlLimits kLimits{
    .bytes_max = 16U << 20, .nodes_max = 2'000'000, .depth_max = 32};

const TableOf<Assignment>& assignment_table() {
  static const auto kTable = [] {
    using O = Assignment;
    TableOf<O> table("Assignment", "What the hub wants this edge to read.");
    table
        .integer({.key = "version", .sentence = "Of this form.", .need = Need::kRequired},
                 &O::version, {1, 1})
        .integer(
            {.key = "revision", .sentence = "Of the hub's resources.", .need = Need::kRequired},
            &O::revision, {0, 9e15});
    add_connections(table, &O::connections);
    return table;
  }();
  return kTable;
}

}  // namespace

base::Result<Assignment> parse_assignment(std::string_view text) {
  auto tree = config::parse_yaml(text, kLimits);
  if (!tree) return std::unexpected(config::to_error("assignment", std::move(tree).error()));
  Assignment read;
  config::Problems problems;
  assignment_table().read(*tree, &read, problems);
  if (!problems.empty()) {
    return std::unexpected(config::to_error("assignment", std::move(problems)));
  }
  MILLRACE_TRY(check_together(read.connections));
  return read;
}

std::string to_text(const Assignment& assignment) {
  Node node;
  node.kind = Node::Kind::kMap;
  node.entries.push_back({"version", {}, config::scalar(std::to_string(assignment.version))});
  node.entries.push_back({"revision", {}, config::scalar(std::to_string(assignment.revision))});
  for (const std::string& kind : connection_kinds()) {
    Node list = show_briefly(kind, assignment.connections);
    if (!list.items.empty()) node.entries.push_back({kind, {}, std::move(list)});
  }
  return config::to_yaml(node);
}

MergedConnections merge(const std::vector<EdgeConnection>& local,
                        const std::vector<EdgeConnection>& assigned) {
  MergedConnections merged{local, {}};
  std::set<std::pair<std::string, std::string>> fed;
  for (const EdgeConnection& one : local) {
    for (const EdgeTag& tag : one.tags) fed.emplace(tag.thing, tag.property);
  }
  for (EdgeConnection one : assigned) {
    if (std::ranges::contains(local, one.name, &EdgeConnection::name)) {
      merged.conflicts[one.name] = {one.kind, "edge.yaml has a connection of this name"};
      continue;
    }
    std::string taken;
    std::erase_if(one.tags, [&](const EdgeTag& tag) {
      if (!fed.contains({tag.thing, tag.property})) return false;
      taken += std::format("{}{}/{}", taken.empty() ? "" : ", ", tag.thing, tag.property);
      return true;
    });
    if (!taken.empty()) {
      merged.conflicts[one.name] = {one.kind, "edge.yaml already reads " + taken};
    }
    if (!one.tags.empty() || !one.actions.empty()) merged.connections.push_back(std::move(one));
  }
  return merged;
}

std::string desired_topic(std::string_view site, std::string_view edge) {
  return std::format("millrace/{}/{}/desired", site, edge);
}
std::string reported_topic(std::string_view site, std::string_view edge) {
  return std::format("millrace/{}/{}/reported", site, edge);
}

std::string filters_topic(std::string_view site, std::string_view edge) {
  return std::format("millrace/{}/{}/filters", site, edge);
}

}  // namespace millrace::apps
