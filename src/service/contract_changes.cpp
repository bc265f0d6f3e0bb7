#include "service/contract_changes.h"

#include <algorithm>
#include <format>
#include <map>
#include <set>

#include "service/resource_changes.h"
#include "twin/tree.h"

namespace millrace::service {
namespace {

using twin::Kind;
using twin::ModelRef;
using twin::Resource;

std::vector<std::string> changed_properties(const twin::Thing* before, const twin::Thing& after) {
  std::vector<std::string> changed;
  for (const twin::PropertySpec& property : after.model->properties) {
    const twin::PropertySpec* known =
        before && before->model ? before->model->property(property.name) : nullptr;
    if (!known || known->contract != property.contract) changed.push_back(property.name);
  }
  return changed;
}

/// The newest version below `model` that things refer to, and how many.
std::optional<std::pair<ModelRef, std::size_t>> used_before(
    const std::map<ModelRef, std::size_t>& used, const ModelRef& model) {
  const auto next = used.lower_bound(model);
  if (next == used.begin() || std::prev(next)->first.name != model.name) return std::nullopt;
  return *std::prev(next);
}

/// Thing models that these are made of, and themselves.
std::set<ModelRef> parts_of(const twin::Catalog& catalog, std::vector<ModelRef> models) {
  std::set<ModelRef> parts;
  while (!models.empty()) {
    const ModelRef ref = std::move(models.back());
    models.pop_back();
    if (!parts.insert(ref).second) continue;
    const twin::ResourceKey key{Kind::kThingModel, ref.name, ref.version};
    const auto found = std::ranges::lower_bound(catalog.resources(), key, {}, &Resource::key);
    if (found == catalog.resources().end() || found->key != key) continue;
    for (const twin::ResourceKey& one : references(*found)) {
      if (one.kind == Kind::kThingModel) models.push_back({one.name, one.version});
    }
  }
  return parts;
}

/// Of each name the newest version that is new and that no thing refers to, unless it is the first.
/// What is only a part of models that things have, or try, shows its effects in them.
std::vector<ModelTrial> model_trials(const twin::Catalog& before, const twin::Catalog& after) {
  std::map<ModelRef, std::size_t> used;
  for (const auto& [name, thing] : after.things()) ++used[thing.model_ref];
  std::vector<ModelTrial> trials;
  for (const auto& [ref, model] : after.models()) {  // of a name the newest comes last
    const auto at = after.models().find(ref);
    const bool is_newest =
        std::next(at) == after.models().end() || std::next(at)->first.name != ref.name;
    const bool is_first = at == after.models().begin() || std::prev(at)->first.name != ref.name;
    if (!is_newest || is_first || before.models().contains(ref) || used.contains(ref)) continue;
    const auto found = used_before(used, ref);
    trials.push_back(
        {ref, found ? std::optional(found->first) : std::nullopt, found ? found->second : 0});
  }
  std::vector<ModelRef> looked_at;
  for (const auto& [ref, things] : used) looked_at.push_back(ref);
  for (const ModelTrial& one : trials) {
    if (one.instead_of) looked_at.push_back(one.model);
  }
  const auto parts = parts_of(after, std::move(looked_at));
  std::erase_if(
      trials, [&](const ModelTrial& one) { return !one.instead_of && parts.contains(one.model); });
  return trials;
}

/// What things are made of; a problem of one that was moved names it as its file.
std::vector<Resource> moved(const twin::Catalog& catalog,
                            const std::map<ModelRef, ModelTrial>& trials,
                            const std::set<std::string>& staying) {
  std::vector<Resource> resources;
  for (const Resource& one : catalog.resources()) {
    const Kind kind = one.key.kind;
    if (kind != Kind::kSite && kind != Kind::kThingModel && kind != Kind::kThing) continue;
    Resource& copy = resources.emplace_back(one);
    copy.file.clear();
    if (kind != Kind::kThing) continue;
    const auto trial = trials.find(catalog.thing(one.key.name)->model_ref);
    config::Node* model = twin::value_of(copy.spec, "model");
    if (trial == trials.end() || !model || staying.contains(one.key.name)) continue;
    model->scalar = twin::text(trial->second.model);
    copy.file = one.key.name;
  }
  return resources;
}

}  // namespace

std::vector<ChangedThing> changed_things(const twin::Catalog& before, const twin::Catalog& after) {
  std::vector<ChangedThing> things;
  for (const auto& [name, thing] : after.things()) {
    if (!thing.model) continue;
    const twin::Thing* old = before.thing(name);
    if (old && old->model == thing.model) continue;
    auto properties = changed_properties(old, thing);
    if (!properties.empty()) things.push_back({old, &thing, std::move(properties)});
  }
  return things;
}

std::optional<model::Series> newest_series(const std::vector<model::Series>& of_thing,
                                           std::string_view property) {
  std::optional<model::Series> newest;
  for (const model::Series& one : of_thing) {
    if (one.property == property && (!newest || number(newest->id) < number(one.id))) newest = one;
  }
  return newest;
}

std::vector<UnitClash> unit_clashes(const twin::Catalog& before, const twin::Catalog& after,
                                    const store::SeriesIndex& index, const unit::Units& units) {
  std::vector<UnitClash> clashes;
  for (const ChangedThing& one : changed_things(before, after)) {
    const std::string& thing = one.after->name;
    const auto known = index.of_thing(thing);
    for (const std::string& property : one.properties) {
      const std::string& wanted = one.after->model->property(property)->contract.unit;
      const auto series = newest_series(known, property);
      if (!series || series->unit.empty() || series->unit == wanted) continue;
      if (!wanted.empty()) {
        // What nobody knows as a unit is a source's own spelling, and no promise.
        if (!units.check(series->unit)) continue;
        const auto same = units.convert(series->unit, wanted);
        if (same && same->factor == 1 && same->offset == 0) continue;
      }
      clashes.push_back({thing, property, series->unit, wanted});
    }
  }
  return clashes;
}

Trial trial_of(const twin::Catalog& before, const twin::Catalog& after, const unit::Units& units,
               const twin::ConnectionChecks& checks) {
  Trial trial{.models = model_trials(before, after)};
  std::map<ModelRef, ModelTrial> trials;  // by the version whose things try
  for (const ModelTrial& one : trial.models) {
    if (one.instead_of) trials[*one.instead_of] = one;
  }
  if (trials.empty()) return trial;
  std::map<std::string, std::string> why;  // by thing that stays
  std::set<std::string> staying;
  while (true) {
    auto built = twin::Catalog::build(moved(after, trials, staying), units, checks);
    if (built) {
      trial.catalog = std::move(*built);
      break;
    }
    const std::size_t known = staying.size();
    for (const twin::ResourceProblem& one : built.error()) {
      if (one.file.empty()) continue;
      staying.insert(one.file);
      why.try_emplace(one.file, one.problem.what);
    }
    // A thing that was not moved needs what a moved one would lose: none of them can be tried.
    if (staying.size() == known) {
      const std::string& what = built.error().front().problem.what;
      for (const auto& [name, thing] : after.things()) {
        if (trials.contains(thing.model_ref)) why.try_emplace(name, what);
      }
      break;
    }
  }
  for (const auto& [name, what] : why) {
    const ModelTrial& one = trials.at(after.thing(name)->model_ref);
    trial.not_movable.push_back(
        {name, std::format("it cannot have {} as it is: {}", text(one.model), what)});
  }
  return trial;
}

}  // namespace millrace::service
