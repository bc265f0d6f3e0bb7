#include "service/resources.h"

#include <algorithm>

#include "base/log.h"
#include "codec/node_json.h"
#include "service/binding_events.h"
#include "service/binding_units.h"
#include "service/connections.h"
#include "service/edge_notes.h"
#include "service/shared_topics.h"
#include "twin/tree.h"

namespace millrace::service {

using base::ErrorCode;
using base::Result;
using twin::Resource;
using twin::ResourceKey;

/// Files, checked against what is configured.
struct Resources::Prepared {
  std::shared_ptr<const Configuration> present;
  Merged merged;
  std::shared_ptr<const twin::Catalog> catalog;  // of the result; null with problems
  twin::ResourceProblems problems;
  std::size_t documents = 0;
};

namespace {

constexpr std::size_t kUsersNamed = 5;
constexpr auto kPlanPatience = std::chrono::seconds(1);

std::string json_text(std::string_view text) {
  return codec::to_json(config::scalar(std::string(text), true));
}

/// JSON array for Revision::changes.
std::string changes_json(const std::vector<ResourceChange>& changes) {
  std::string json = "[";
  for (const ResourceChange& one : changes) {
    json +=
        std::format(R"({}{{"action":"{}","kind":"{}","name":"{}","version":{}}})",
                    json.size() > 1 ? "," : "", text(one.action), text(one.key.kind), one.key.name,
                    one.key.version == 0 ? "null" : std::to_string(one.key.version));
  }
  return json + "]";
}

std::size_t count(const std::vector<ResourceChange>& changes, ChangeAction action) {
  return static_cast<std::size_t>(std::ranges::count(changes, action, &ResourceChange::action));
}

store::AuditEntry audit_entry(const identity::Caller& caller, const store::Revision& revision,
                              const std::vector<ResourceChange>& changes) {
  return {.time = revision.time,
          .actor = caller.name,
          .actor_role = revision.role,
          .action = "resources.applied",
          .subject = std::format("revision {}", revision.number),
          .address = caller.address,
          .body = std::format(R"({{"created":{},"updated":{},"deleted":{},"reason":{}}})",
                              count(changes, ChangeAction::kCreate),
                              count(changes, ChangeAction::kUpdate),
                              count(changes, ChangeAction::kDelete), json_text(revision.reason))};
}

std::string names_of(const std::vector<ResourceKey>& keys) {
  std::string names;
  for (std::size_t i = 0; i < keys.size() && i < kUsersNamed; ++i) {
    names += (i > 0 ? ", " : "") + text(keys[i]);
  }
  if (keys.size() > kUsersNamed) names += std::format(" and {} more", keys.size() - kUsersNamed);
  return names;
}

/// Who refers to any of these, besides themselves.
std::vector<ResourceKey> users_of(const Configuration& present, const std::set<ResourceKey>& keys) {
  std::vector<ResourceKey> users;
  const auto look = [&](const Resource& one) {
    if (keys.contains(one.key)) return;
    const auto refers = references(one);
    if (std::ranges::any_of(refers, [&](const auto& key) { return keys.contains(key); })) {
      users.push_back(one.key);
    }
  };
  std::ranges::for_each(present.catalog->resources(), look);
  std::ranges::for_each(present.set_aside, look);
  return users;
}

/// All stored keys of a kind and name.
std::set<ResourceKey> keys_of(const Configuration& present, twin::Kind kind, std::string_view name,
                              std::optional<int> version) {
  std::set<ResourceKey> keys;
  auto at = present.about.lower_bound({kind, std::string(name), version.value_or(0)});
  for (; at != present.about.end() && at->first.kind == kind && at->first.name == name; ++at) {
    if (!version || at->first.version == *version) keys.insert(at->first);
  }
  return keys;
}

}  // namespace

Result<Resources::Prepared> Resources::prepare(const std::vector<twin::FileText>& files,
                                               Prune prune) const {
  Prepared prepared{.present = catalogs_.configuration()};
  twin::ParsedFiles parsed = twin::parse_files(files);
  prepared.documents = parsed.resources.size();
  prepared.problems = std::move(parsed.problems);
  // References into a file that cannot be read would only be false alarms.
  if (!prepared.problems.empty()) return prepared;
  MILLRACE_LET(const auto deleted, deps_.meta.tombstones());
  std::set<ResourceKey> retired;
  for (const store::ResourceName& name : deleted) {
    const auto kind = twin::parse_kind(name.kind);
    if (kind) retired.insert({*kind, name.name, name.version});
  }
  prepared.merged = merge(*prepared.present, std::move(parsed.resources), prune,
                          {retired, catalogs_.connectors()});
  MILLRACE_TRY(check(prepared));
  return prepared;
}

/// Builds the catalog of the result; what is wrong goes to the problems.
Result<void> Resources::check(Prepared& prepared) const {
  prepared.problems = prepared.merged.problems;
  auto built = twin::Catalog::build(std::move(prepared.merged.resources), catalogs_.units(),
                                    catalogs_.checks());
  if (!built) {
    std::ranges::move(built.error(), std::back_inserter(prepared.problems));
    return {};
  }
  const twin::Catalog& before = *prepared.present->catalog;
  for (const UnitClash& one : unit_clashes(before, **built, deps_)) {
    const auto& resources = (*built)->resources();
    const ResourceKey key{twin::Kind::kThing, one.thing, 0};
    const auto thing = std::ranges::lower_bound(resources, key, {}, &Resource::key);
    prepared.problems.push_back(
        {thing->file,
         "unit_change",
         {thing->place,
          std::format("{}: '{}' holds samples in {}, and its model says {}", text(key),
                      one.property, one.stored, one.wanted.empty() ? "no unit" : one.wanted),
          std::format("Keep {} in the model and convert in the binding, or give the property "
                      "another name.",
                      one.stored)}});
  }
  MILLRACE_TRY(refuse_denied_units(before, **built, deps_, prepared.problems));
  MILLRACE_TRY(refuse_shared_topics(**built, prepared));
  if (prepared.problems.empty()) prepared.catalog = std::move(*built);
  return {};
}

/// A thing that several devices feed at once would be none of them.
Result<void> Resources::refuse_shared_topics(const twin::Catalog& built, Prepared& prepared) const {
  MILLRACE_LET(const auto shared, shared_topics(*prepared.present->catalog, built, deps_.index,
                                                deps_.series, deps_.clock.now()));
  for (const SharedTopic& one : shared) {
    const auto& resources = built.resources();
    const ResourceKey key{twin::Kind::kBinding, one.binding, 0};
    const auto binding = std::ranges::lower_bound(resources, key, {}, &Resource::key);
    prepared.problems.push_back(
        {binding->file,
         "several_topics",
         {binding->place,
          std::format("{}: '{}' is in what {} and {} both send, and would mix them", text(key),
                      one.address, one.one, one.other),
          "Write a binding for each topic, or a '+' that only one of them fits."}});
  }
  return {};
}

Result<Validation> Resources::validate(const identity::Caller& caller,
                                       const std::vector<twin::FileText>& files) const {
  MILLRACE_TRY(allow(caller, Permission::kConfigure));
  MILLRACE_LET(Prepared prepared, prepare(files, Prune::kNo));
  return Validation{std::move(prepared.problems), prepared.documents};
}

ResourcePlan Resources::changes_of(Prepared& prepared) {
  ResourcePlan plan{.revision = prepared.present->revision,
                    .problems = std::move(prepared.problems)};
  plan.unchanged = prepared.merged.unchanged;
  if (plan.problems.empty()) plan.changes = std::move(prepared.merged.changes);
  return plan;
}

Result<ResourcePlan> Resources::plan(const identity::Caller& caller,
                                     const std::vector<twin::FileText>& files, Prune prune) const {
  MILLRACE_TRY(allow(caller, Permission::kConfigure));
  const std::unique_lock lock(planning_, kPlanPatience);
  if (!lock) {
    return base::fail_for_now(ErrorCode::kLimited, "another plan is being made",
                              "Plan again in some seconds; a plan takes 20 s or little more.");
  }
  MILLRACE_LET(Prepared prepared, prepare(files, prune));
  ResourcePlan plan = changes_of(prepared);
  if (!plan.problems.empty()) return plan;
  plan.notes = unknown_edges(*prepared.catalog, plan.changes, deps_);
  MILLRACE_LET(plan.effects,
               effects_of(*prepared.present->catalog, *prepared.catalog, deps_, ReplayLimits()));
  MILLRACE_LET(plan.deletes, deletions_of(*prepared.present->catalog, *prepared.catalog, deps_));
  return plan;
}

Result<ResourcePlan> Resources::changes(const identity::Caller& caller,
                                        const std::vector<twin::FileText>& files,
                                        Prune prune) const {
  MILLRACE_TRY(allow(caller, Permission::kConfigure));
  MILLRACE_LET(Prepared prepared, prepare(files, prune));
  return changes_of(prepared);
}

Result<ResourcePlan> Resources::drift(const identity::Caller& caller,
                                      const std::vector<twin::FileText>& files) const {
  MILLRACE_TRY(allow(caller, Permission::kConfigure));
  const auto present = catalogs_.configuration();
  twin::ParsedFiles parsed = twin::parse_files(files);
  ResourcePlan plan{.revision = present->revision, .problems = std::move(parsed.problems)};
  if (!plan.problems.empty()) return plan;
  Merged merged = merge(*present, std::move(parsed.resources), Prune::kYes,
                        {std::set<ResourceKey>(), catalogs_.connectors()});
  plan.unchanged = merged.unchanged;
  for (ResourceChange& one : merged.changes) {
    // Seen from the files: what they would delete is more at the hub.
    if (one.action == ChangeAction::kCreate) {
      one.action = ChangeAction::kDelete;
    } else if (one.action == ChangeAction::kDelete) {
      one.action = ChangeAction::kCreate;
    }
    for (Difference& difference : one.differences) {
      std::swap(difference.before, difference.after);
    }
  }
  plan.changes = std::move(merged.changes);
  return plan;
}

Result<Applied> Resources::apply(const identity::Caller& caller, const ApplyRequest& request) {
  MILLRACE_TRY(allow(caller, Permission::kConfigure));
  const std::lock_guard lock(mutex_);
  const std::int64_t revision = catalogs_.configuration()->revision;
  if (request.revision && *request.revision != revision) {
    return base::fail(
        ErrorCode::kConflict,
        std::format("the hub is at revision {}, not at {}", revision, *request.revision),
        "Somebody applied something in between: plan again, look, and apply.");
  }
  MILLRACE_LET(Prepared prepared, prepare(request.files, request.prune));
  Applied applied{.revision = revision, .problems = std::move(prepared.problems)};
  if (!applied.problems.empty() || prepared.merged.changes.empty()) return applied;
  MILLRACE_LET(const auto deletes,
               deletions_of(*prepared.present->catalog, *prepared.catalog, deps_));
  if (!deletes.empty() && !request.confirm_deletion) return std::unexpected(unconfirmed(deletes));
  MILLRACE_LET(applied.revision, store(caller, prepared, request.reason));
  applied.changes = std::move(prepared.merged.changes);
  applied.notes = unknown_edges(*prepared.catalog, applied.changes, deps_);
  return applied;
}

/// One transaction, then the swap: whoever reads sees the old whole or the new whole.
Result<std::int64_t> Resources::store(const identity::Caller& caller, const Prepared& prepared,
                                      const std::string& reason) {
  auto next = std::make_shared<Configuration>();
  next->revision = prepared.present->revision + 1;
  next->catalog = prepared.catalog;
  next->about = prepared.present->about;
  next->set_aside = prepared.merged.set_aside;
  if (!next->set_aside.empty()) next->problems = prepared.present->problems;
  store::MetaChange change;
  change.revision = {.number = next->revision,
                     .time = deps_.clock.now(),
                     .by = caller.name,
                     .role = std::string(identity::text(caller.role)),
                     .reason = reason,
                     .changes = changes_json(prepared.merged.changes)};
  for (const ResourceChange& one : prepared.merged.changes) {
    if (one.action == ChangeAction::kDelete) {
      change.resources_gone.push_back(row_name(one.key));
      next->about.erase(one.key);
      continue;
    }
    const Configuration::About about{next->revision, change.revision->time, caller.name};
    next->about[one.key] = about;
    change.resources.push_back({.name = row_name(one.key),
                                .spec = codec::to_json(next->find(one.key)->spec),
                                .revision = about.revision,
                                .changed = about.changed,
                                .changed_by = about.changed_by});
  }
  change.audit = {audit_entry(caller, *change.revision, prepared.merged.changes)};
  MILLRACE_TRY(deps_.meta.apply(change));
  catalogs_.replace(next);
  record_bindings(prepared, *change.revision);
  return next->revision;
}

/// In the series store, beside the samples that it explains: after the transaction of the metadata,
/// whose revision and audit entry stand even if this fails.
void Resources::record_bindings(const Prepared& prepared, const store::Revision& revision) {
  auto events = binding_events(*prepared.present->catalog, *prepared.catalog,
                               {revision.number, revision.time, revision.role, revision.reason});
  if (events.empty()) return;
  const auto recorded = deps_.on_writer([&]() -> Result<void> {
    MILLRACE_TRY(deps_.series.commit({.events = std::move(events)}));
    return {};
  });
  if (!recorded) {
    base::log::error("revision {} is in force, its changed bindings are no events: {}",
                     revision.number, base::describe(recorded.error()));
  }
}

Result<std::int64_t> Resources::remove(const identity::Caller& caller, twin::Kind kind,
                                       std::string_view name, std::optional<int> version) {
  MILLRACE_TRY(allow(caller, Permission::kConfigure));
  const std::lock_guard lock(mutex_);
  Prepared prepared{.present = catalogs_.configuration()};
  const auto keys = keys_of(*prepared.present, kind, name, version);
  if (keys.empty()) return std::unexpected(unknown(kind, name));
  const auto users = users_of(*prepared.present, keys);
  if (!users.empty()) {
    return base::fail(ErrorCode::kConflict,
                      std::format("{} is needed by {}", text(*keys.begin()), names_of(users)),
                      "Change or delete what refers to it first.");
  }
  prepared.merged = merge_without(*prepared.present, keys);
  MILLRACE_TRY(check(prepared));
  if (!prepared.catalog) {
    const config::Problem& first = prepared.problems.front().problem;
    return base::fail(ErrorCode::kConflict,
                      std::format("without {}: {}", text(*keys.begin()), first.what), first.hint);
  }
  return store(caller, prepared, {});
}

base::Error Resources::unknown(twin::Kind kind, std::string_view name) const {
  std::vector<std::string> known;
  for (const auto& [key, about] : catalogs_.configuration()->about) {
    if (key.kind == kind && (known.empty() || known.back() != key.name)) known.push_back(key.name);
  }
  return {ErrorCode::kNotFound, base::Retry::kNever,
          std::format("there is no {} '{}'", text(kind), name), did_you_mean(name, known)};
}

Result<ResourceDetail> Resources::get(twin::Kind kind, std::string_view name,
                                      std::optional<int> version) const {
  const auto present = catalogs_.configuration();
  const auto all = keys_of(*present, kind, name, std::nullopt);
  const auto wanted = keys_of(*present, kind, name, version);
  if (wanted.empty()) return std::unexpected(unknown(kind, name));
  const ResourceKey& key = *wanted.rbegin();
  ResourceDetail detail{.resource = without_secrets(*present->find(key), catalogs_.connectors())};
  detail.item = {key, title_of(detail.resource), present->about.at(key)};
  for (const ResourceKey& one : all) {
    if (one.version > 0) detail.versions.push_back(one.version);
  }
  detail.used_by = users_of(*present, {key});
  return detail;
}

}  // namespace millrace::service
