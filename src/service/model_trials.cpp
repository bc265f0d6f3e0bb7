#include "service/model_trials.h"

#include <algorithm>
#include <format>
#include <map>
#include <set>
#include <utility>

#include "service/resource_changes.h"
#include "twin/tree.h"

namespace millrace::service {
namespace {

using twin::Kind;
using twin::ModelRef;
using twin::Resource;

using ModelSet = std::set<ModelRef>;
/// What each thing model refers to.
using ModelEdges = std::map<ModelRef, ModelSet>;

ModelEdges model_edges(const twin::Catalog& catalog) {
  ModelEdges edges;
  for (const Resource& one : catalog.resources()) {
    if (one.key.kind != Kind::kThingModel) continue;
    ModelSet& to = edges[{one.key.name, one.key.version}];
    for (const twin::ResourceKey& key : references(one)) {
      const ModelRef ref{key.name, key.version};
      if (key.kind == Kind::kThingModel && catalog.models().contains(ref)) to.insert(ref);
    }
  }
  return edges;
}

/// The models that these are made of, and themselves.
ModelSet made_of(const ModelEdges& edges, std::vector<ModelRef> models) {
  ModelSet parts;
  while (!models.empty()) {
    const ModelRef ref = std::move(models.back());
    models.pop_back();
    if (!parts.insert(ref).second) continue;
    const auto to = edges.find(ref);
    if (to != edges.end()) models.insert(models.end(), to->second.begin(), to->second.end());
  }
  return parts;
}

template <class Map>
std::vector<ModelRef> all_keys(const Map& map) {
  std::vector<ModelRef> keys;
  for (const auto& [key, value] : map) keys.push_back(key);
  return keys;
}

/// Of each name the newest version that is new and that no thing refers to, unless it is the first.
std::vector<ModelRef> untried_models(const twin::Catalog& before, const twin::Catalog& after,
                                     const std::map<ModelRef, std::size_t>& used) {
  std::vector<ModelRef> untried;
  for (const auto& [ref, model] : after.models()) {  // of a name the newest comes last
    const auto at = after.models().find(ref);
    const bool is_newest =
        std::next(at) == after.models().end() || std::next(at)->first.name != ref.name;
    const bool is_first = at == after.models().begin() || std::prev(at)->first.name != ref.name;
    if (!is_newest || is_first || before.models().contains(ref) || used.contains(ref)) continue;
    untried.push_back(ref);
  }
  return untried;
}

/// Who refers to what when new versions stand in the places of earlier ones. A new version and what
/// it is made of keep their references to the earlier one: they would stand on themselves.
class Supposition {
 public:
  Supposition(const twin::Catalog& before, const twin::Catalog& after)
      : edges_(model_edges(after)) {
    for (const auto& [name, thing] : after.things()) ++used_[thing.model_ref];
    untried_ = untried_models(before, after, used_);
    const ModelSet had = made_of(edges_, all_keys(used_));
    for (const ModelRef& model : untried_) {
      const auto next = had.lower_bound(model);
      if (next == had.begin() || std::prev(next)->name != model.name) continue;
      instead_[*std::prev(next)] = model;
      parts_[model] = made_of(edges_, {model});
    }
    suppose();
  }

  const std::map<ModelRef, std::size_t>& used() const { return used_; }
  /// The version that a thing with `ref` tries: a new one, or the same.
  ModelRef tried(const ModelRef& ref) const {
    const auto found = instead_.find(ref);
    return found == instead_.end() ? ref : found->second;
  }
  /// What `from` would refer to where it refers to `ref`.
  ModelRef referred(const ModelRef& from, const ModelRef& ref) const {
    const ModelRef other = tried(ref);
    return other == ref || parts_.at(other).contains(from) ? ref : other;
  }
  /// The model, or what stands in for one that would be made of other models.
  ModelRef shown(const ModelRef& ref) const {
    const auto found = stand_ins_.find(ref);
    return found == stand_ins_.end() ? ref : found->second;
  }
  const std::map<ModelRef, ModelRef>& stand_ins() const { return stand_ins_; }  // by model
  /// What a model is made of as it is shown.
  ModelSet shown_parts(const ModelRef& shown) const { return made_of(shown_edges_, {shown}); }

  /// New versions that come into a model, and the models that would refer to them.
  std::map<ModelRef, ModelSet> news_in(const ModelRef& ref) const {
    std::map<ModelRef, ModelSet> news;
    for (const ModelRef& part : made_of(supposed_, {ref})) {
      for (const ModelRef& to : edges_.at(part)) {
        const ModelRef other = referred(part, to);
        if (other != to) news[other].insert(part);
      }
    }
    return news;
  }
  std::vector<ModelTrial> trials() const;

 private:
  void suppose() {
    for (const auto& [from, to] : edges_) {
      for (const ModelRef& ref : to) {
        const ModelRef other = referred(from, ref);
        supposed_[from].insert(other);
        if (other != ref) stand_ins_.try_emplace(from);
      }
    }
    while (true) {  // upwards: what is made of what is made of other models
      const std::size_t known = stand_ins_.size();
      for (const auto& [from, to] : supposed_) {
        const auto is_other = [&](const ModelRef& ref) { return stand_ins_.contains(ref); };
        if (std::ranges::any_of(to, is_other)) stand_ins_.try_emplace(from);
      }
      if (stand_ins_.size() == known) break;
    }
    int version = twin::kModelVersionMax;
    for (auto& [model, stand_in] : stand_ins_) stand_in = {model.name, ++version};
    shown_edges_ = edges_;
    for (const auto& [model, stand_in] : stand_ins_) {
      for (const ModelRef& ref : supposed_.at(model)) shown_edges_[stand_in].insert(shown(ref));
    }
  }

  ModelEdges edges_, supposed_, shown_edges_;
  std::map<ModelRef, std::size_t> used_;  // by how many things
  std::vector<ModelRef> untried_;
  std::map<ModelRef, ModelRef> instead_;  // the new version by the earlier one
  std::map<ModelRef, ModelSet> parts_;    // of new versions
  std::map<ModelRef, ModelRef> stand_ins_;
};

/// What is only a part of models that things have, or try, shows its effects in them.
std::vector<ModelTrial> Supposition::trials() const {
  std::map<ModelRef, ModelTrial> all;
  for (const ModelRef& model : untried_) all[model].model = model;
  for (const auto& [earlier, model] : instead_) all[model].instead_of = earlier;
  std::vector<ModelRef> looked_at = all_keys(used_);
  for (const auto& [ref, things] : used_) {
    const ModelRef own = tried(ref);
    auto news = news_in(own);
    looked_at.push_back(own);
    if (own != ref) news[own];
    for (const auto& [model, through] : news) {
      all[model].things += things;
      for (const ModelRef& one : through) {
        auto& known = all[model].through;
        if (!std::ranges::contains(known, one)) known.push_back(one);
      }
    }
  }
  const ModelSet parts = made_of(supposed_, looked_at);
  std::vector<ModelTrial> trials;
  for (auto& [model, one] : all) {
    if (one.things == 0 && parts.contains(model)) continue;
    if (one.things == 0) one.instead_of.reset();
    trials.push_back(std::move(one));
  }
  return trials;
}

/// Builds what is supposed; a thing that cannot have it tries less, at last what it has.
class TrialBuilder {
 public:
  TrialBuilder(const twin::Catalog& catalog, const Supposition& supposed)
      : catalog_(catalog), supposed_(supposed) {
    for (const auto& [ref, things] : supposed_.used()) steps_of(ref);
  }

  void build(const unit::Units& units, const twin::ConnectionChecks& checks, Trial& trial) {
    while (true) {
      auto built = twin::Catalog::build(resources(), units, checks);
      if (built) {
        trial.catalog = std::move(*built);
        break;
      }
      // What was not moved needs what a moved thing would lose: none of them can be tried.
      if (!step_back(built.error())) {
        blame_all(built.error().front().problem.what);
        break;
      }
    }
    for (auto& [thing, why] : why_) trial.not_movable.push_back({thing, std::move(why)});
  }

 private:
  struct Step {
    ModelRef model;    // as it is shown
    ModelSet parts;    // of it, with itself
    std::string news;  // what a thing gets by it that it does not have one step later
  };

  void steps_of(const ModelRef& ref) {
    std::vector<Step>& steps = steps_[ref];
    const ModelRef own = supposed_.tried(ref);
    std::string news;
    const auto add = [&](const ModelRef& model) {
      if (!steps.empty() && steps.back().model == model) return;
      steps.push_back({model, supposed_.shown_parts(model), std::exchange(news, {})});
    };
    for (const auto& [model, through] : supposed_.news_in(own)) {
      news += (news.empty() ? "" : " and ") + text(model);
    }
    if (supposed_.shown(own) != own) add(supposed_.shown(own));
    if (own != ref) news = text(own);
    add(own);
    add(ref);
  }

  const std::vector<Step>& steps(const twin::Thing& thing) const {
    return steps_.at(thing.model_ref);
  }
  const Step& step(const twin::Thing& thing) const {
    const auto back = back_.find(thing.name);
    return steps(thing)[back == back_.end() ? 0 : back->second];
  }

  /// What things are made of; a problem of one that was moved names it as its file, and one of a
  /// stand-in the stand-in.
  std::vector<Resource> resources() const {
    ModelSet needed;
    for (const auto& [name, thing] : catalog_.things()) needed.insert(step(thing).model);
    ModelSet parts;
    for (const ModelRef& model : needed) parts.merge(supposed_.shown_parts(model));
    std::vector<Resource> resources;
    for (const Resource& one : catalog_.resources()) {
      if (one.key.kind == Kind::kSite) add(resources, one);
      if (one.key.kind == Kind::kThing) add_thing(resources, one);
      if (one.key.kind == Kind::kThingModel) add_model(resources, one, parts);
    }
    return resources;
  }

  static Resource& add(std::vector<Resource>& resources, const Resource& one) {
    Resource& copy = resources.emplace_back(one);
    copy.file.clear();
    return copy;
  }

  void add_thing(std::vector<Resource>& resources, const Resource& one) const {
    Resource& copy = add(resources, one);
    const twin::Thing& thing = *catalog_.thing(one.key.name);
    const ModelRef& model = step(thing).model;
    config::Node* node = twin::value_of(copy.spec, "model");
    if (!node || model == thing.model_ref) return;
    node->scalar = text(model);
    copy.file = one.key.name;
  }

  void add_model(std::vector<Resource>& resources, const Resource& one,
                 const ModelSet& needed) const {
    const ModelRef ref{one.key.name, one.key.version};
    if (needed.contains(ref)) add(resources, one);
    const ModelRef shown = supposed_.shown(ref);
    if (shown == ref || !needed.contains(shown)) return;
    Resource& copy = add(resources, one);
    copy.key.version = shown.version;
    copy.file = text(shown);
    refer_otherwise(copy, [&](const ModelRef& to) {
      return to == ref ? shown : supposed_.shown(supposed_.referred(ref, to));
    });
  }

  /// Things that cannot have what they try go one step back; false when none can.
  bool step_back(const twin::ResourceProblems& problems) {
    std::map<std::string, std::string> blamed;  // why, by thing
    for (const twin::ResourceProblem& one : problems) {
      if (one.file.empty()) continue;
      const std::string what = plain(one.problem.what);
      if (!one.file.contains('@')) {
        blamed.try_emplace(one.file, what);
        continue;
      }
      const ModelRef model = twin::parse_model_ref(one.file).value();
      const std::string why = plain(one.file) + ": " + what;
      for (const auto& [name, thing] : catalog_.things()) {
        if (step(thing).parts.contains(model)) blamed.try_emplace(name, why);
      }
    }
    bool is_back = false;
    for (const auto& [name, what] : blamed) {
      const twin::Thing& thing = *catalog_.thing(name);
      if (step(thing).news.empty()) continue;
      why_[name] = refusal(step(thing), what);
      ++back_[name];
      is_back = true;
    }
    return is_back;
  }

  void blame_all(const std::string& what) {
    for (const auto& [name, thing] : catalog_.things()) {
      if (!step(thing).news.empty()) why_[name] = refusal(step(thing), plain(what));
    }
  }

  static std::string refusal(const Step& step, const std::string& what) {
    return std::format("it cannot have {} as it is: {}", step.news, what);
  }

  /// With models by the names that people know.
  std::string plain(std::string text) const {
    for (const auto& [model, stand_in] : supposed_.stand_ins()) {
      const std::string name = twin::text(stand_in);
      for (auto at = text.find(name); at != text.npos; at = text.find(name)) {
        text.replace(at, name.size(), twin::text(model));
      }
    }
    return text;
  }

  const twin::Catalog& catalog_;
  const Supposition& supposed_;
  std::map<ModelRef, std::vector<Step>> steps_;  // by the model of things
  std::map<std::string, std::size_t> back_;      // by thing
  std::map<std::string, std::string> why_;       // by thing
};

}  // namespace

Trial trial_of(const twin::Catalog& before, const twin::Catalog& after, const unit::Units& units,
               const twin::ConnectionChecks& checks) {
  const Supposition supposed(before, after);
  Trial trial{.models = supposed.trials()};
  const bool is_tried = std::ranges::any_of(
      trial.models, [](const ModelTrial& one) { return one.instead_of.has_value(); });
  if (is_tried) TrialBuilder(after, supposed).build(units, checks, trial);
  return trial;
}

}  // namespace millrace::service
