#include "service/offered_things.h"

#include <algorithm>
#include <map>
#include <ranges>

#include "codec/json_path.h"

namespace millrace::service {
namespace {

using pipeline::BrowsedNode;
using twin::OfferedValue;

constexpr std::size_t kDepthMax = 64;      // folders above a node; a server's loop ends here
constexpr double kShareOfNames = 0.5;      // in common by two things whose folders are called alike
constexpr double kShareOfManyNames = 0.8;  // and by others
constexpr int kManyNames = 4;

/// A node with the folders above it, outermost first.
struct Placed {
  const BrowsedNode* node = nullptr;
  std::vector<const BrowsedNode*> above;
};

using ByAddress = std::map<std::string_view, const BrowsedNode*>;

std::vector<const BrowsedNode*> folders_above(const BrowsedNode& node, const ByAddress& by) {
  std::vector<const BrowsedNode*> above;
  const BrowsedNode* at = &node;
  while (above.size() < kDepthMax) {
    const auto parent = by.find(at->parent);
    if (parent == by.end() || parent->second == at) break;
    at = parent->second;
    above.push_back(at);
  }
  std::ranges::reverse(above);
  return above;
}

std::vector<Placed> picked_variables(const std::vector<BrowsedNode>& nodes,
                                     const std::set<std::string, std::less<>>& picked) {
  ByAddress by;
  for (const BrowsedNode& node : nodes) by.emplace(node.address, &node);
  std::vector<Placed> found;
  for (const BrowsedNode& node : nodes) {
    if (!node.is_variable) continue;
    Placed placed{&node, folders_above(node, by)};
    const bool is_below = std::ranges::any_of(placed.above, [&](const BrowsedNode* folder) {
      return !folder->is_variable && picked.contains(folder->address);
    });
    if (is_below || picked.contains(node.address)) found.push_back(std::move(placed));
  }
  return found;
}

/// How many folders stand above all of them.
std::size_t common_depth(const std::vector<Placed>& all) {
  std::size_t depth = 0;
  while (std::ranges::all_of(all, [&](const Placed& one) {
    return one.above.size() > depth && one.above[depth] == all.front().above[depth];
  })) {
    ++depth;
  }
  return depth;
}

std::set<std::string> names_of(const std::vector<Placed>& all) {
  std::set<std::string> names;
  for (const Placed& one : all) names.insert(one.node->name);
  return names;
}

/// Words without numbers: of pump-1 and pump-2 the same.
std::vector<std::string> stem_of(const BrowsedNode& folder) {
  std::vector<std::string> stem;
  for (const twin::TagWord& word : twin::tag_words(folder.name)) {
    if (word.weight != twin::TagWord::Weight::kNumber) stem.push_back(word.meaning);
  }
  return stem;
}

/// Whether two folders are called alike and have mostly the same variables, or nearly all of many.
bool is_same_kind(const std::vector<Placed>& one, const std::vector<Placed>& other,
                  std::size_t depth) {
  const auto names = names_of(one), others = names_of(other);
  const auto both = std::ranges::count_if(names, [&](const auto& n) { return others.contains(n); });
  const auto all = names.size() + others.size() - static_cast<std::size_t>(both);
  const double share = static_cast<double>(both) / static_cast<double>(all);
  if (stem_of(*one.front().above[depth]) == stem_of(*other.front().above[depth])) {
    return share >= kShareOfNames;
  }
  return both >= kManyNames && share >= kShareOfManyNames;
}

/// The groups of the folders at a depth, where they are the same kind of thing; nothing otherwise.
std::vector<std::vector<Placed>> split_at(const std::vector<Placed>& all, std::size_t depth) {
  std::vector<std::vector<Placed>> groups;
  std::map<const BrowsedNode*, std::size_t> place;
  for (const Placed& one : all) {
    if (one.above.size() <= depth) return {};  // the folder has values of its own: it is the thing
    const auto [at, is_new] = place.emplace(one.above[depth], groups.size());
    if (is_new) groups.emplace_back();
    groups[at->second].push_back(one);
  }
  const bool is_kind = std::ranges::all_of(
      groups, [&](const auto& group) { return is_same_kind(groups.front(), group, depth); });
  return is_kind ? groups : std::vector<std::vector<Placed>>();
}

OfferedValue value_of(const Placed& placed, std::size_t thing_depth) {
  const BrowsedNode& node = *placed.node;
  OfferedValue value{.address = node.address,
                     .name = node.name,
                     .title = node.title == node.name ? "" : node.title,
                     .folders = {},
                     .type = node.type,
                     .unit = node.unit,
                     .range_min = node.range_min,
                     .range_max = node.range_max,
                     .is_writable = node.is_writable};
  for (std::size_t i = thing_depth; i < placed.above.size(); ++i) {
    value.folders.push_back(placed.above[i]->name);
  }
  return value;
}

OfferedThing thing_of(const std::vector<Placed>& all, std::size_t depth,
                      const std::string& fallback) {
  OfferedThing thing{.name = fallback};
  if (depth > 0) {
    const BrowsedNode& folder = *all.front().above[depth - 1];
    thing.name = folder.name;
    thing.title = folder.title;
  }
  for (const Placed& one : all) thing.values.push_back(value_of(one, depth));
  return thing;
}

/// The level of a topic that names the machine, with its number where that is a level: the last one
/// that does not only say what is sent ("compressor-3" of "hall/compressor/3/state").
std::string machine_of(const std::string& topic) {
  using enum twin::TagWord::Weight;
  static const std::set<std::string, std::less<>> kMessages = {
      "state", "telemetry", "message", "messages", "event", "events", "json", "mode"};
  std::string machine;
  for (const auto part : std::views::split(topic, '/')) {
    const std::string level{std::string_view(part)};
    const auto words = twin::tag_words(level);
    const auto is_telling = [](const twin::TagWord& word) {
      return word.weight != kFiller && word.weight != kNumber && !kMessages.contains(word.meaning);
    };
    if (std::ranges::any_of(words, is_telling)) {
      machine = level;
    } else if (words.size() == 1 && words.front().weight == kNumber && !machine.empty()) {
      machine += "-" + level;
    }
  }
  return machine.empty() ? topic : machine;
}

std::vector<std::string> parts_of(const std::string& metric) {
  std::vector<std::string> parts;
  for (const auto part : std::views::split(metric, '/')) {
    const std::string_view name(part);
    if (!name.empty()) parts.emplace_back(name);
  }
  return parts;
}

std::vector<std::string> words_of_path(const std::string& address) {
  const auto path = codec::JsonPath::parse(address);
  return path ? path->words() : std::vector<std::string>();
}

}  // namespace

std::vector<OfferedThing> offered_things(const std::vector<BrowsedNode>& nodes,
                                         const std::set<std::string, std::less<>>& picked,
                                         const std::string& fallback) {
  const std::vector<Placed> all = picked_variables(nodes, picked);
  std::vector<OfferedThing> things;
  if (all.empty()) return things;
  const std::size_t depth = common_depth(all);
  for (const auto& group : split_at(all, depth)) {
    things.push_back(thing_of(group, std::max(depth + 1, common_depth(group)), fallback));
  }
  if (things.empty()) things.push_back(thing_of(all, depth, fallback));
  return things;
}

OfferedThing offered_thing(const Candidate& candidate) {
  const bool is_topic = candidate.kind == CandidateKind::kMqtt;
  OfferedThing thing{.name = is_topic ? machine_of(candidate.source) : candidate.title,
                     .title = is_topic ? std::string() : candidate.title};
  for (const CandidateProperty& one : candidate.properties) {
    if (!one.feeds.empty()) continue;
    OfferedValue value{.address = one.address, .type = one.type, .unit = one.unit};
    value.folders = is_topic ? words_of_path(one.address) : parts_of(one.address);
    if (!value.folders.empty()) {
      value.name = std::move(value.folders.back());
      value.folders.pop_back();
    }
    thing.values.push_back(std::move(value));
  }
  return thing;
}

}  // namespace millrace::service
