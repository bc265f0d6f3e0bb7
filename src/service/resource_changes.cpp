#include "service/resource_changes.h"

#include <algorithm>

#include "codec/node_json.h"
#include "service/connections.h"

namespace millrace::service {
namespace {

using config::Node;
using twin::Kind;
using twin::ModelRef;
using twin::Resource;
using twin::ResourceKey;

constexpr std::size_t kDifferencesMax = 200;

std::string shown(const Node* node) { return node ? codec::to_json(*node) : std::string(); }

std::vector<Difference> plain_differences(const Node& before, const Node& after) {
  std::vector<Difference> found;
  for (const auto& one : codec::differences(before, after, kDifferencesMax)) {
    found.push_back({one.pointer, shown(one.before), shown(one.after)});
  }
  return found;
}

/// Without the secrets of connections: that one has changed is told, not what it is.
std::vector<Difference> differences(const Resource& before, const Resource& after,
                                    std::span<const pipeline::ConnectorKind> kinds) {
  auto found = plain_differences(before.spec, after.spec);
  if (found.empty() || after.key.kind != Kind::kConnection) return found;
  auto hidden =
      plain_differences(without_secrets(before, kinds).spec, without_secrets(after, kinds).spec);
  if (!hidden.empty()) return hidden;
  const std::string secret = std::format("\"{}\"", kHiddenSecret);
  return {{found.front().path, secret, secret}};
}

/// Both in order of their keys.
class Merge {
 public:
  Merge(const Configuration& present, const std::set<ResourceKey>& retired,
        std::span<const pipeline::ConnectorKind> kinds)
      : present_(present), retired_(retired), kinds_(kinds) {
    for (const Resource& one : present.catalog->resources()) present_keys_.push_back(one.key);
    for (const Resource& one : present.set_aside) present_keys_.push_back(one.key);
    std::ranges::sort(present_keys_);
  }

  void take(Resource file) {
    const Resource* before = present_.find(file.key);
    for (const config::Place& place : keep_secrets(file, before)) {
      merged_.problems.push_back(
          {file.file,
           "secret_missing",
           {place, std::format("{} has a secret that is hidden here", text(file.key)),
            "Write it again: the hub keeps it only while url, host, port, user and security of the "
            "connection stay as they are."}});
    }
    if (!before) {
      create(file);
    } else if (std::ranges::contains(present_.set_aside, file.key, &Resource::key)) {
      merged_.changes.push_back(
          {ChangeAction::kUpdate, file.key, differences(*before, file, kinds_), file.file});
    } else if (auto differing = differences(*before, file, kinds_); differing.empty()) {
      ++merged_.unchanged;
    } else {
      update(file, std::move(differing));
    }
    merged_.resources.push_back(std::move(file));
  }

  /// What is present and was not taken: kept, or deleted. What was set aside stays there.
  template <class IsGone>
  void take_rest(const std::set<ResourceKey>& taken, IsGone is_gone) {
    for (const ResourceKey& key : present_keys_) {
      if (taken.contains(key)) continue;
      if (is_gone(key)) {
        merged_.changes.push_back({ChangeAction::kDelete, key, {}, {}});
      } else if (std::ranges::contains(present_.set_aside, key, &Resource::key)) {
        merged_.set_aside.push_back(*present_.find(key));
      } else {
        merged_.resources.push_back(*present_.find(key));
        merged_.resources.back().file.clear();
      }
    }
  }

  Merged finish() {
    std::ranges::sort(merged_.changes, {}, &ResourceChange::key);
    return std::move(merged_);
  }

 private:
  void problem(const Resource& file, std::string rule, std::string what, std::string hint) {
    merged_.problems.push_back(
        {file.file, std::move(rule), {file.place, std::move(what), std::move(hint)}});
  }

  int next_version(const std::string& name) const {
    int newest = 0;
    const auto look = [&](const ResourceKey& key) {
      if (key.kind == Kind::kThingModel && key.name == name) newest = std::max(newest, key.version);
    };
    std::ranges::for_each(present_keys_, look);
    std::ranges::for_each(retired_, look);
    return newest + 1;
  }

  void create(const Resource& file) {
    if (is_name_retired(file.key.kind) && retired_.contains(file.key)) {
      problem(file, "name_used",
              std::format("{} was deleted, and names are never given again", text(file.key)),
              file.key.kind == Kind::kThingModel
                  ? std::format("Write version: {}.", next_version(file.key.name))
                  : "Take another name; its title may be the old one.");
    }
    merged_.changes.push_back({ChangeAction::kCreate, file.key, since_before(file), file.file});
  }

  /// How a new version of a thing model differs from the one before.
  std::vector<Difference> since_before(const Resource& file) const {
    if (file.key.kind != Kind::kThingModel) return {};
    const auto next = std::ranges::lower_bound(present_keys_, file.key);
    if (next == present_keys_.begin()) return {};
    const ResourceKey& before = *std::prev(next);
    if (before.kind != file.key.kind || before.name != file.key.name) return {};
    return differences(*present_.find(before), file, kinds_);
  }

  void update(const Resource& file, std::vector<Difference> differing) {
    if (file.key.kind == Kind::kThingModel) {
      problem(file, "immutable",
              std::format("{} is applied and never changes; {} differs", text(file.key),
                          differing.front().path),
              std::format("Write version: {} and let things refer to {}@{}.",
                          next_version(file.key.name), file.key.name, next_version(file.key.name)));
    }
    merged_.changes.push_back({ChangeAction::kUpdate, file.key, std::move(differing), file.file});
  }

  const Configuration& present_;
  const std::set<ResourceKey>& retired_;
  const std::span<const pipeline::ConnectorKind> kinds_;
  std::vector<ResourceKey> present_keys_;
  Merged merged_;
};

/// The model of "pump@2" and of "pump@2#/properties/flow".
std::optional<ModelRef> model_of(std::string_view reference) {
  return twin::parse_model_ref(reference.substr(0, reference.find('#')));
}

std::string member(const Node& node, std::string_view key) {
  const Node::Entry* entry = node.find(key);
  return entry && entry->value.kind == Node::Kind::kScalar ? entry->value.scalar : std::string();
}

/// Calls `visit` with the text of every reference to a thing model.
template <class AnyNode, class Visit>
void each_model_reference(AnyNode& node, const Visit& visit) {
  for (auto& item : node.items) each_model_reference(item, visit);
  for (auto& entry : node.entries) {
    const bool is_reference = entry.key == "href" || entry.key == "tm:ref";
    if (is_reference && entry.value.kind == Node::Kind::kScalar) {
      visit(entry.value.scalar);
    } else {
      each_model_reference(entry.value, visit);
    }
  }
}

}  // namespace

std::string_view text(ChangeAction action) {
  switch (action) {
    case ChangeAction::kCreate:
      return "create";
    case ChangeAction::kUpdate:
      return "update";
    case ChangeAction::kDelete:
      return "delete";
  }
  return "update";
}

bool is_name_retired(Kind kind) {
  return kind == Kind::kSite || kind == Kind::kThingModel || kind == Kind::kThing;
}

Merged merge(const Configuration& present, std::vector<Resource> files, Prune prune,
             const Names& names) {
  Merge merging(present, names.retired, names.kinds);
  std::set<ResourceKey> taken;
  for (Resource& file : files) {
    taken.insert(file.key);
    merging.take(std::move(file));
  }
  merging.take_rest(taken, [&](const ResourceKey&) { return prune == Prune::kYes; });
  return merging.finish();
}

Merged merge_without(const Configuration& present, const std::set<ResourceKey>& gone) {
  static const std::set<ResourceKey> kNone;
  Merge merging(present, kNone, {});
  merging.take_rest({}, [&](const ResourceKey& key) { return gone.contains(key); });
  return merging.finish();
}

std::set<ResourceKey> references(const Resource& resource) {
  std::set<ResourceKey> keys;
  const Node& spec = resource.spec;
  const auto add = [&](Kind kind, const std::string& name) {
    if (!name.empty()) keys.insert({kind, name, 0});
  };
  const auto add_model = [&](const std::string& reference) {
    const auto ref = model_of(reference);
    if (ref) keys.insert({Kind::kThingModel, ref->name, ref->version});
  };
  switch (resource.key.kind) {
    case Kind::kThingModel:
      each_model_reference(spec, add_model);
      break;
    case Kind::kThing:
      add_model(member(spec, "model"));
      if (const auto* place = spec.find("place")) add(Kind::kSite, member(place->value, "site"));
      break;
    case Kind::kBinding:
      add(Kind::kThing, member(spec, "thing"));
      add(Kind::kConnection, member(spec, "connection"));
      break;
    case Kind::kSite:
    case Kind::kConnection:
    case Kind::kRetention:
      break;
  }
  keys.erase(resource.key);
  return keys;
}

void refer_otherwise(Resource& model, const OtherModel& other) {
  each_model_reference(model.spec, [&](std::string& reference) {
    const auto ref = model_of(reference);
    if (!ref) return;
    const std::size_t hash = std::min(reference.find('#'), reference.size());
    reference = twin::text(other(*ref)) + reference.substr(hash);
  });
}

}  // namespace millrace::service
