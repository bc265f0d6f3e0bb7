#include "service/wot_feed.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "twin/thing_description.h"

namespace millrace::service {
namespace {

using Json = nlohmann::ordered_json;
using twin::Kind;

constexpr std::array<std::pair<DescriptionChange, std::string_view>, 3> kNames = {
    {{DescriptionChange::kCreated, "thing_created"},
     {DescriptionChange::kUpdated, "thing_updated"},
     {DescriptionChange::kDeleted, "thing_deleted"}}};

/// The merge patch (RFC 7396) that makes `after` of `before`.
Json patch_between(const Json& before, const Json& after) {
  if (!before.is_object() || !after.is_object()) return after;
  Json patch = Json::object();
  for (const auto& [key, value] : before.items()) {
    if (!after.contains(key)) patch[key] = nullptr;
  }
  for (const auto& [key, value] : after.items()) {
    const auto old = before.find(key);
    if (old == before.end()) {
      patch[key] = value;
    } else if (*old != value) {
      patch[key] = patch_between(*old, value);
    }
  }
  return patch;
}

/// The things that the change of one resource is about.
void add_things(const Configuration& configuration, const twin::ResourceKey& key,
                std::set<std::string>& things) {
  if (key.kind == Kind::kThing) things.insert(key.name);
  if (key.kind == Kind::kBinding) {
    const auto& bindings = configuration.catalog->bindings();
    const auto found = bindings.find(key.name);
    if (found != bindings.end()) things.insert(found->second.thing);
  }
  if (key.kind != Kind::kSite) return;
  for (const auto& [name, thing] : configuration.catalog->things()) {
    if (thing.place.site == key.name) things.insert(name);
  }
}

std::set<std::string> changed_things(const Configuration& before, const Configuration& after) {
  std::set<std::string> things;
  for (const auto& [key, about] : after.about) {
    if (about.revision <= before.revision) continue;
    add_things(before, key, things);
    add_things(after, key, things);
  }
  for (const auto& [key, about] : before.about) {
    if (!after.about.contains(key)) add_things(before, key, things);
  }
  return things;
}

std::string describe(const Configuration& configuration, const twin::Thing& thing,
                     twin::DescriptionFacts facts) {
  const auto about = configuration.about.find({Kind::kThing, thing.name});
  if (about != configuration.about.end()) {
    facts.revision = about->second.revision;
    facts.modified = about->second.changed;
  }
  return twin::thing_description(*configuration.catalog, thing, facts).dump();
}

}  // namespace

std::string_view text(DescriptionChange change) {
  return std::ranges::find(kNames, change, &decltype(kNames)::value_type::first)->second;
}

std::optional<DescriptionChange> parse_description_change(std::string_view text) {
  const auto found = std::ranges::find(kNames, text, &decltype(kNames)::value_type::second);
  return found == kNames.end() ? std::nullopt : std::optional(found->first);
}

std::optional<std::vector<DescriptionEvent>> DescriptionFeed::Watch::take() {
  const std::lock_guard lock(mutex_);
  if (has_lost_) return std::nullopt;
  std::vector<DescriptionEvent> taken(std::move_iterator(waiting_.begin()),
                                      std::move_iterator(waiting_.end()));
  waiting_.clear();
  return taken;
}

std::shared_ptr<DescriptionFeed::Watch> DescriptionFeed::watch() {
  auto made = std::make_shared<Watch>();
  const std::lock_guard lock(mutex_);
  std::erase_if(watches_, [](const auto& one) { return one.expired(); });
  watches_.push_back(made);
  return made;
}

std::size_t DescriptionFeed::count() const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(
      std::ranges::count_if(watches_, [](const auto& one) { return !one.expired(); }));
}

void DescriptionFeed::publish(const std::vector<DescriptionEvent>& events) {
  const std::lock_guard lock(mutex_);
  for (const auto& weak : watches_) {
    const auto watch = weak.lock();
    if (!watch) continue;
    const std::lock_guard own(watch->mutex_);
    if (watch->waiting_.size() + events.size() > kEventsWaitingMax) {
      watch->has_lost_ = true;
      watch->waiting_.clear();
    }
    if (watch->has_lost_) continue;
    watch->waiting_.insert(watch->waiting_.end(), events.begin(), events.end());
  }
}

std::optional<DescriptionEvent> update_event(const std::string& id, std::string_view before,
                                             std::string_view after) {
  Json patch =
      patch_between(Json::parse(before, nullptr, false), Json::parse(after, nullptr, false));
  if (patch.empty()) return std::nullopt;
  patch["id"] = id;
  return DescriptionEvent{DescriptionChange::kUpdated, id, patch.dump()};
}

std::vector<DescriptionEvent> description_events(const Configuration& before,
                                                 const Configuration& after, const std::string& hub,
                                                 const std::string& broker) {
  std::vector<DescriptionEvent> events;
  const twin::DescriptionFacts facts{.hub = hub, .broker = broker};
  for (const std::string& name : changed_things(before, after)) {
    const std::string id = twin::wot_id(hub, name);
    const twin::Thing* was = before.catalog->thing(name);
    const twin::Thing* is = after.catalog->thing(name);
    if (was && !is) events.push_back({DescriptionChange::kDeleted, id, {}});
    if (!is) continue;
    const std::string document = describe(after, *is, facts);
    if (!was) {
      events.push_back({DescriptionChange::kCreated, id, document});
    } else if (auto event = update_event(id, describe(before, *was, facts), document)) {
      events.push_back(std::move(*event));
    }
  }
  return events;
}

}  // namespace millrace::service
