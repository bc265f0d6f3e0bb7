#include "twin/model_reader.h"

#include <algorithm>
#include <format>
#include <nlohmann/json.hpp>

#include "config/json.h"
#include "model/name.h"
#include "twin/affordance_reader.h"
#include "twin/model_document.h"
#include "twin/placeholders.h"
#include "twin/plain_texts.h"
#include "twin/tree.h"

namespace millrace::twin {

using config::Node;

namespace {

constexpr std::size_t kAffordancesMax = 5'000;

bool is_optional(const Node& tree, std::string_view section, std::string_view name) {
  const Node* optional = value_of(tree, "tm:optional");
  if (!optional) return false;
  return std::ranges::any_of(optional->items, [&](const Node& item) {
    const auto tokens = pointer_tokens(item.scalar);
    return tokens.size() == 2 && tokens[0] == section && tokens[1] == name;
  });
}

void check_name(const Node::Entry& entry, std::string_view section, const Report& report) {
  if (model::is_name(entry.key)) return;
  report.add("name", entry.place,
             std::format("{}: '{}' is not a name", section, entry.key.substr(0, 80)),
             std::format("Names are small letters, digits, '.', '_' and '-', at most 63; nearest: "
                         "'{}'.",
                         model::nearest_name(entry.key)));
}

/// Reads a resolved tree; the model has neither document nor ref yet.
ThingModel read_tree(const Node& tree, const Report& report, const unit::Units& units) {
  ThingModel model;
  const AffordanceReader reader(report, units);
  model.titles = texts_of(tree, "title", "titles");
  if (const Node* tags = value_of(tree, "mr:tags")) {
    for (const Node& tag : tags->items) model.tags.push_back(tag.scalar);
  }
  if (const Node* properties = value_of(tree, "properties")) {
    for (const Node::Entry& entry : properties->entries) {
      check_name(entry, "properties", report);
      model.properties.push_back(reader.property(entry.key, entry.value));
      model.properties.back().is_optional = is_optional(tree, "properties", entry.key);
    }
  }
  if (const Node* actions = value_of(tree, "actions")) {
    for (const Node::Entry& entry : actions->entries) {
      check_name(entry, "actions", report);
      model.actions.push_back(reader.action(entry.key, entry.value));
      model.actions.back().is_optional = is_optional(tree, "actions", entry.key);
    }
  }
  if (const Node* events = value_of(tree, "events")) {
    for (const Node::Entry& entry : events->entries) check_name(entry, "events", report);
  }
  if (model.properties.size() + model.actions.size() > kAffordancesMax) {
    report.add("size", tree.place, std::format("more than {} affordances", kAffordancesMax),
               "Split the model.");
  }
  std::ranges::sort(model.properties, {}, &PropertySpec::name);
  std::ranges::sort(model.actions, {}, &ActionSpec::name);
  model.resolved = config::to_json(with_header(tree)).dump();
  return model;
}

/// Removes the optional affordances that a thing does not have.
void drop_options(Node& tree, const Node& chosen, const Report& report) {
  std::vector<std::string> names;
  std::set<std::vector<std::string>> wanted;  // pointers, and names alone
  for (const Node& item : chosen.items) {
    const auto tokens = pointer_tokens(item.scalar);
    wanted.insert(tokens.size() == 2 ? tokens : std::vector{item.scalar});
  }
  const Node* optional = value_of(tree, "tm:optional");
  std::vector<std::vector<std::string>> pointers;
  for (const Node& item : optional ? optional->items : std::vector<Node>{}) {
    pointers.push_back(pointer_tokens(item.scalar));
  }
  for (const auto& tokens : pointers) {
    if (tokens.size() != 2) continue;
    names.push_back(tokens[1]);
    Node* section = value_of(tree, tokens[0]);
    const bool is_wanted = wanted.contains(tokens) || wanted.contains({tokens[1]});
    if (section && !is_wanted) erase(*section, tokens[1]);
  }
  for (const Node& item : chosen.items) {
    const auto tokens = pointer_tokens(item.scalar);
    const std::string name = tokens.size() == 2 ? tokens[1] : item.scalar;
    const bool is_there = tokens.size() == 2 ? std::ranges::contains(pointers, tokens)
                                             : std::ranges::contains(names, name);
    if (is_there) continue;
    report.add("unknown_reference", item.place,
               std::format("optional: the model has no optional affordance '{}'", name),
               did_you_mean(name, names, "Remove it: what is not optional is always there."));
  }
}

/// Replaces placeholders in a tree; "motor.MAX" goes before "MAX" for affordances of the submodel
/// "motor". Gives the names that had a value.
std::set<std::string> replace_all(Node& tree, const Node& values) {
  std::set<std::string> used;
  const auto lookup = [&](const std::string& scope, const std::string& name) -> const Node* {
    for (std::string prefix = scope; !prefix.empty();) {
      const std::string scoped = prefix + "." + name;
      if (const Node* value = value_of(values, scoped)) {
        used.insert(scoped);
        return value;
      }
      const std::size_t dot = prefix.rfind('.');
      prefix = dot == std::string::npos ? "" : prefix.substr(0, dot);
    }
    const Node* value = value_of(values, name);
    if (value) used.insert(name);
    return value;
  };
  for (Node::Entry& section : tree.entries) {
    const bool is_affordances =
        section.key == "properties" || section.key == "actions" || section.key == "events";
    if (!is_affordances) {
      replace_placeholders(section.value, [&](const std::string& n) { return lookup("", n); });
      continue;
    }
    for (Node::Entry& affordance : section.value.entries) {
      const std::size_t dot = affordance.key.rfind('.');
      const std::string scope = dot == std::string::npos ? "" : affordance.key.substr(0, dot);
      replace_placeholders(affordance.value,
                           [&](const std::string& n) { return lookup(scope, n); });
    }
  }
  return used;
}

void check_placeholders(const Node& tree, const Node& values, const std::set<std::string>& used,
                        const std::set<std::string>& known, const Report& report) {
  const config::Place place = values.place.line ? values.place : report.resource().spec.place;
  for (const std::string& name : placeholder_names(tree)) {
    report.add("placeholder", place, std::format("the model's placeholder {} has no value", name),
               std::format("Write placeholders: {{{}: …}}.", name));
  }
  for (const Node::Entry& entry : values.entries) {
    if (entry.value.kind != Node::Kind::kScalar) continue;  // its table reports it
    if (used.contains(entry.key) || known.contains(entry.key)) continue;
    report.add("placeholder", entry.place,
               std::format("the model has no placeholder '{}'", entry.key),
               did_you_mean(entry.key, {known.begin(), known.end()}, "Remove it."));
  }
}

}  // namespace

std::shared_ptr<const ThingModel> ModelReader::read(const ModelTree& tree) {
  ResourceProblems found;
  const Report report(*tree.resource, found);
  check_document(tree.tree, report);
  if (!tree.is_whole) {
    problems_.insert(problems_.end(), found.begin(), found.end());
    return nullptr;
  }
  auto model = std::make_shared<ThingModel>(read_tree(tree.tree, report, units_));
  model->ref = tree.ref;
  model->document = config::to_json(with_header(tree.resource->spec)).dump();
  // What is wrong in an imported part was reported where it stands.
  bool is_sound = found.empty();
  for (const auto& [place, ref] : tree.imports) {
    if (this->model(ref)) continue;
    is_sound = false;
    std::erase_if(found, [&](const ResourceProblem& p) { return p.problem.place == place; });
  }
  problems_.insert(problems_.end(), found.begin(), found.end());
  placeholders_[tree.ref] = placeholder_names(tree.tree);
  if (!is_sound) return nullptr;
  return model;
}

std::shared_ptr<const ThingModel> ModelReader::model(const ModelRef& ref) {
  if (const auto known = models_.find(ref); known != models_.end()) return known->second;
  const ModelTree* tree = resolver_.resolve(ref);
  if (!tree) return nullptr;
  return models_[ref] = read(*tree);
}

std::shared_ptr<const ThingModel> ModelReader::variant(const ModelRef& ref, const Node& spec,
                                                       const Report& report) {
  auto whole = model(ref);
  if (!whole) return nullptr;
  const Node* chosen = value_of(spec, "optional");
  const Node* given = value_of(spec, "placeholders");
  const std::set<std::string>& names = placeholders_.at(ref);
  const bool has_values = given && !given->entries.empty();
  if (!chosen && !has_values && names.empty()) return whole;

  Node wishes = map_node();
  if (chosen) put(wishes, "optional", *chosen);
  if (given) put(wishes, "placeholders", *given);
  const std::string key = text(ref) + config::to_json(wishes).dump();
  if (const auto known = variants_.find(key); known != variants_.end()) return known->second;

  Node tree = resolver_.resolve(ref)->tree;
  const Node values = given && given->kind == Node::Kind::kMap ? *given : map_node();
  const std::size_t before = report.count();
  if (chosen) drop_options(tree, *chosen, report);
  const auto used = replace_all(tree, values);
  check_placeholders(tree, values, used, names, report);
  make_texts_plain(tree, report);
  if (report.count() != before) return nullptr;
  move_to(tree, values.place.line ? values.place : spec.place);
  auto model = std::make_shared<ThingModel>(read_tree(tree, report, units_));
  model->ref = ref;
  if (report.count() != before) return nullptr;
  return variants_[key] = std::move(model);
}

}  // namespace millrace::twin
