#include "service/proposal_files.h"

#include <algorithm>
#include <ranges>

#include "service/resources.h"

namespace millrace::service {
namespace {

using config::Node;
using twin::Kind;
using twin::Resource;

Node map_of(std::vector<Node::Entry> entries) {
  Node node;
  node.kind = Node::Kind::kMap;
  node.entries = std::move(entries);
  return node;
}

Node::Entry entry(std::string key, Node value) { return {std::move(key), {}, std::move(value)}; }
Node::Entry entry(std::string key, std::string text) {
  return entry(std::move(key), config::scalar(std::move(text), true));
}

twin::FileText file_text(const Resource& resource, const std::string& note = {}) {
  return {file_of(resource.key), note + twin::to_text(resource)};
}

/// The options without secrets, whose keys go to `left_out`.
Node without_secrets(const Node& options, const config::Table& table,
                     std::vector<std::string>& left_out) {
  Node node = options;
  const auto is_secret = [&](const Node::Entry& one) {
    const auto row = std::ranges::find(table.options(), one.key,
                                       [](const config::Option& option) { return option.row.key; });
    return row != table.options().end() && row->row.secrecy == config::Secrecy::kSecret;
  };
  for (const Node::Entry& one : node.entries) {
    if (is_secret(one)) left_out.push_back(one.key);
  }
  std::erase_if(node.entries,
                [&](const Node::Entry& one) { return one.key == "name" || is_secret(one); });
  return node;
}

Node row_of(const ProposedMatch& one) {
  std::vector<Node::Entry> row;
  row.push_back(entry("property", *one.match.property));
  row.push_back(entry("address", one.address));
  if (!one.match.unit.empty()) row.push_back(entry("unit", one.match.unit));
  if (one.match.is_truth) {
    row.push_back(entry("values", map_of({entry("0", "false"), entry("1", "true")})));
  }
  return map_of(std::move(row));
}

}  // namespace

TakenNames::TakenNames(const Configuration& present,
                       const std::vector<store::ResourceName>& deleted) {
  for (const auto& [key, about] : present.about) taken_[key.kind].insert(key.name);
  for (const store::ResourceName& one : deleted) {
    const auto kind = twin::parse_kind(one.kind);
    if (!kind || !is_name_retired(*kind)) continue;
    if (!taken_[*kind].contains(one.name)) retired_[*kind].insert(one.name);
    taken_[*kind].insert(one.name);
  }
}

bool TakenNames::has(Kind kind, std::string_view name) const {
  const auto found = taken_.find(kind);
  return found != taken_.end() && found->second.contains(name);
}

bool TakenNames::is_retired(Kind kind, std::string_view name) const {
  const auto found = retired_.find(kind);
  return found != retired_.end() && found->second.contains(name);
}

std::string TakenNames::take(Kind kind, std::string_view wanted) {
  std::string name = twin::free_name(wanted, taken_[kind]);
  taken_[kind].insert(name);
  return name;
}

twin::FileText model_file(const Resource& model) { return file_text(model); }

twin::FileText site_file(const std::string& name) {
  return file_text({.key = {Kind::kSite, name, 0}, .spec = map_of({entry("title", name)})});
}

twin::FileText thing_file(const std::string& name, const std::string& title,
                          const twin::ModelRef& model, const twin::Place& place) {
  Resource thing{.key = {Kind::kThing, name, 0}, .spec = map_of({})};
  if (!title.empty()) thing.spec.entries.push_back(entry("title", twin::plain_title(title)));
  thing.spec.entries.push_back(entry("model", text(model)));
  std::vector<Node::Entry> levels;
  for (const auto& [key, level] :
       {std::pair("site", &place.site), std::pair("area", &place.area),
        std::pair("line", &place.line), std::pair("cell", &place.cell)}) {
    if (!level->empty()) levels.push_back(entry(key, *level));
  }
  if (!levels.empty()) thing.spec.entries.push_back(entry("place", map_of(std::move(levels))));
  return file_text(thing);
}

Node::Entry source_entry(const std::string& connection) { return entry("connection", connection); }

Node::Entry source_entry(const Candidate& candidate) {
  if (candidate.kind == CandidateKind::kMqtt) {
    std::vector<Node::Entry> topic = {entry("topic", candidate.source)};
    if (!candidate.time_path.empty()) topic.push_back(entry("time", candidate.time_path));
    return entry("mqtt", map_of(std::move(topic)));
  }
  std::vector<Node::Entry> ids;
  const std::array<std::string, 3> keys = {"group", "node", "device"};
  for (const auto part : std::views::split(candidate.source, '/')) {
    if (ids.size() == keys.size()) break;
    ids.push_back(entry(keys[ids.size()], std::string(std::string_view(part))));
  }
  return entry("sparkplug", map_of(std::move(ids)));
}

twin::FileText binding_file(const std::string& name, const std::string& thing,
                            const Node::Entry& source, const std::vector<ProposedMatch>& matches) {
  Node rows;
  rows.kind = Node::Kind::kList;
  for (const ProposedMatch& one : matches) {
    if (one.match.property) rows.items.push_back(row_of(one));
  }
  return file_text(
      {.key = {Kind::kBinding, name, 0},
       .spec = map_of({entry("thing", thing), source, entry("properties", std::move(rows))})});
}

twin::FileText connection_file(const std::string& name, const std::string& edge,
                               const ConnectionChoice& choice, const config::Table* options) {
  std::vector<std::string> left_out;
  Node shown = options ? without_secrets(choice.options, *options, left_out) : choice.options;
  std::string note = "# The edge that reads it: name another one where that is wrong.\n";
  for (const std::string& key : left_out) {
    note += std::format("# {} is a secret and not shown: write it below {}.\n", key, choice.type);
  }
  return file_text({.key = {Kind::kConnection, name, 0},
                    .spec = map_of({entry("edge", edge), entry(choice.type, std::move(shown))})},
                   note);
}

}  // namespace millrace::service
