#include "service/wot.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ranges>

#include "base/time_text.h"
#include "base/uuid.h"
#include "codec/sha256.h"
#include "service/mqtt_address.h"
#include "service/page.h"

namespace millrace::service {
namespace {

using base::ErrorCode;
using base::Result;
using Json = nlohmann::ordered_json;

constexpr std::size_t kSubjectBytesMax = 255;

std::string observing(std::string_view thing) { return std::format("observe {}", thing); }

store::AuditEntry audit_entry(const identity::Caller& caller, base::Time now, std::string action,
                              std::string subject) {
  subject.resize(std::min(subject.size(), kSubjectBytesMax));
  return {.time = now,
          .actor = caller.name,
          .actor_role = std::string(identity::text(caller.role)),
          .action = std::move(action),
          .subject = std::move(subject),
          .address = caller.address,
          .body = "{}"};
}

/// What was registered, with what the directory knows of it (WoT Discovery §7.3.1.1).
std::string enriched(const store::DescriptionRow& row) {
  Json document = Json::parse(row.document, nullptr, false);
  document["registration"] = {{"created", base::to_text(row.created)},
                              {"modified", base::to_text(row.changed)}};
  return document.dump();
}

std::string tag_of(const std::optional<store::DescriptionRow>& row) {
  constexpr std::size_t kDigits = 16;
  return row ? std::format("\"{}\"", codec::sha256_hex(row->document).substr(0, kDigits)) : "";
}

/// Whether a list of entity tags names one ("" for what is not there). A weak tag is none for
/// If-Match, and for If-None-Match as good as the strong one (RFC 9110 §8.8.3.2).
bool names_tag(std::string_view list, std::string_view tag, bool takes_weak) {
  if (tag.empty()) return false;
  for (const auto part : std::views::split(list, ',')) {
    std::string_view one(part);
    one.remove_prefix(std::min(one.find_first_not_of(" \t"), one.size()));
    one = one.substr(0, one.find_last_not_of(" \t") + 1);
    if (takes_weak && one.starts_with("W/")) one.remove_prefix(2);
    if (one == "*" || one == tag) return true;
  }
  return false;
}

/// What of a reliance is not so.
std::optional<base::Error> unmet(const Reliance& reliance, std::string_view id,
                                 std::string_view tag) {
  const auto conflict = [&](const char* what, const char* hint) {
    return base::Error{ErrorCode::kConflict, base::Retry::kNever,
                       std::format("'{}' {}", id.substr(0, 100), what), hint};
  };
  if (!reliance.if_match.empty() && !names_tag(reliance.if_match, tag, false)) {
    return tag.empty()
               ? conflict("is not registered", "Leave out If-Match to register it.")
               : conflict("has changed since it was read", "Read it again, then change it.");
  }
  if (!names_tag(reliance.if_none_match, tag, true)) return std::nullopt;
  return conflict("is registered already", "Leave out If-None-Match to replace it.");
}

std::unexpected<base::Error> no_object() {
  return base::fail(ErrorCode::kInvalid, "the body is not a JSON object",
                    "Send a Thing Description, or a merge patch for one.");
}

}  // namespace

std::optional<std::vector<DescriptionEvent>> DescriptionWatch::take() {
  if (!deps_.identity.is_still_good(caller_)) return std::nullopt;
  return watch_->take();
}

ThingDirectory::ThingDirectory(const Deps& deps) : deps_(deps) {
  deps_.catalogs.subscribe([weak = std::weak_ptr(own_), &deps](const auto&) {
    const auto own = weak.lock();
    if (!own) return;
    const std::lock_guard lock(own->mutex);
    const auto before = std::exchange(own->last, deps.catalogs.configuration());
    if (!before || !own->feed.is_watched()) return;
    own->feed.publish(
        description_events(*before, *own->last, deps.facts.hub, mqtt_address(deps.broker(), "")));
  });
}

std::string ThingDirectory::description(const std::string& base) const {
  return twin::directory_description({.hub = deps_.facts.hub, .base = base}).dump();
}

std::string ThingDirectory::describe(const identity::Caller& caller, const std::string& base,
                                     const Configuration& configuration,
                                     const twin::Thing& thing) const {
  twin::DescriptionFacts facts{.hub = deps_.facts.hub,
                               .base = base,
                               .broker = mqtt_address(deps_.broker(), base),
                               .ticket = deps_.identity.make_ticket(caller, observing(thing.name))};
  const auto about = configuration.about.find({twin::Kind::kThing, thing.name});
  if (about != configuration.about.end()) {
    facts.revision = about->second.revision;
    facts.modified = about->second.changed;
  }
  return twin::thing_description(*configuration.catalog, thing, facts).dump();
}

Result<DescriptionPage> ThingDirectory::list(const identity::Caller& caller,
                                             const std::string& base, std::size_t offset,
                                             std::size_t limit) const {
  MILLRACE_LET(const auto registered, deps_.meta.description_ids());
  const auto configuration = deps_.catalogs.configuration();
  std::vector<std::string> ids;
  for (const auto& [name, thing] : configuration->catalog->things()) {
    ids.push_back(twin::wot_id(deps_.facts.hub, name));
  }
  const auto own = static_cast<std::ptrdiff_t>(ids.size());
  ids.insert(ids.end(), registered.begin(), registered.end());
  std::ranges::inplace_merge(ids, ids.begin() + own);
  DescriptionPage page{.documents = {}, .total = ids.size()};
  for (std::size_t i = offset; i < ids.size() && page.documents.size() < limit; ++i) {
    auto document = get(caller, base, ids[i]);
    if (document) {
      page.documents.push_back(std::move(*document));
    } else if (document.error().code != ErrorCode::kNotFound) {  // it may have gone meanwhile
      return std::unexpected(std::move(document).error());
    }
  }
  return page;
}

base::Error ThingDirectory::unknown(std::string_view id) const {
  std::vector<std::string> known;
  for (const auto& [name, thing] : deps_.catalogs.now()->things()) {
    known.push_back(twin::wot_id(deps_.facts.hub, name));
  }
  return {ErrorCode::kNotFound, base::Retry::kNever,
          std::format("there is no Thing Description with the id '{}'", id.substr(0, 100)),
          did_you_mean(id, known)};
}

Result<std::string> ThingDirectory::get(const identity::Caller& caller, const std::string& base,
                                        std::string_view id) const {
  if (const auto name = twin::thing_of_wot_id(deps_.facts.hub, id)) {
    const auto configuration = deps_.catalogs.configuration();
    const twin::Thing* thing = configuration->catalog->thing(*name);
    if (!thing) return std::unexpected(unknown(id));
    return describe(caller, base, *configuration, *thing);
  }
  MILLRACE_LET(const auto row, deps_.meta.description(id));
  if (!row) return std::unexpected(unknown(id));
  return enriched(*row);
}

Result<std::string> ThingDirectory::tag(std::string_view id) const {
  if (twin::thing_of_wot_id(deps_.facts.hub, id)) return std::string();
  MILLRACE_LET(const auto row, deps_.meta.description(id));
  return tag_of(row);
}

Result<void> ThingDirectory::check_foreign(const identity::Caller& caller,
                                           std::string_view id) const {
  MILLRACE_TRY(allow(caller, Permission::kConfigure));
  if (!twin::thing_of_wot_id(deps_.facts.hub, id)) return {};
  return base::fail(ErrorCode::kConflict,
                    std::format("'{}' is an id of this hub's own things", id.substr(0, 100)),
                    "Change the thing's resources; its description follows them.");
}

/// Checks and stores; the caller holds mutex_.
Result<Registration> ThingDirectory::keep(const identity::Caller& caller, const std::string& id,
                                          Json document,
                                          const std::optional<store::DescriptionRow>& before) {
  Registration done{.id = id, .is_new = !before, .problems = {}};
  document.erase("registration");
  if (!document.contains("id")) document["id"] = id;
  done.problems = twin::check_description(document);
  if (document["id"] != id) done.problems.push_back({"id", "must be the id of the path"});
  if (!done.problems.empty()) return done;
  std::string text = document.dump();
  if (text.size() > twin::kDescriptionBytesMax) {  // patches may be small and many
    return base::fail(ErrorCode::kTooLarge,
                      std::format("the description would have {} KiB; at most {} are kept",
                                  text.size() >> 10, twin::kDescriptionBytesMax >> 10),
                      "Leave out what is not needed to use the thing.");
  }
  MILLRACE_LET(const auto ids, deps_.meta.description_ids());
  if (!before && ids.size() >= kDescriptionsMax) {
    return base::fail(ErrorCode::kLimited,
                      std::format("{} descriptions are registered", kDescriptionsMax),
                      "Remove some, then try again.");
  }
  const base::Time now = deps_.clock.now();
  const store::DescriptionRow row{id, std::move(text), before ? before->created : now, now,
                                  caller.name};
  const auto event =
      before ? update_event(id, before->document, row.document)
             : std::optional(DescriptionEvent{DescriptionChange::kCreated, id, row.document});
  if (!event) return done;
  const char* action = before ? "description.changed" : "description.registered";
  MILLRACE_TRY(
      deps_.meta.apply({.descriptions = {row}, .audit = {audit_entry(caller, now, action, id)}}));
  own_->feed.publish({*event});
  return done;
}

Result<Registration> ThingDirectory::put(const identity::Caller& caller, const std::string& id,
                                         std::string_view document, const Reliance& reliance) {
  MILLRACE_TRY(check_foreign(caller, id));
  MILLRACE_LET(Json parsed, twin::parse_description(document));
  if (!parsed.is_object()) return no_object();
  const std::lock_guard lock(mutex_);
  MILLRACE_LET(const auto before, deps_.meta.description(id));
  if (auto what = unmet(reliance, id, tag_of(before))) {
    return Registration{.id = id, .problems = {}, .unmet = std::move(what)};
  }
  return keep(caller, id, std::move(parsed), before);
}

Result<Registration> ThingDirectory::add(const identity::Caller& caller,
                                         std::string_view document) {
  MILLRACE_TRY(allow(caller, Permission::kConfigure));
  MILLRACE_LET(Json parsed, twin::parse_description(document));
  if (!parsed.is_object()) return no_object();
  if (parsed.contains("id")) {
    return Registration{.id = {},
                        .problems = {{"id", "must not be there: PUT registers under an id"}}};
  }
  const std::lock_guard lock(mutex_);
  const std::string id = "urn:uuid:" + base::to_text(base::Uuid::make(random_));
  return keep(caller, id, std::move(parsed), std::nullopt);
}

Result<Registration> ThingDirectory::patch(const identity::Caller& caller, const std::string& id,
                                           std::string_view patch, const Reliance& reliance) {
  MILLRACE_TRY(check_foreign(caller, id));
  MILLRACE_LET(const Json parsed, twin::parse_description(patch));
  if (!parsed.is_object()) return no_object();
  const std::lock_guard lock(mutex_);
  MILLRACE_LET(const auto before, deps_.meta.description(id));
  if (!before) return std::unexpected(unknown(id));
  if (auto what = unmet(reliance, id, tag_of(before))) {
    return Registration{.id = id, .problems = {}, .unmet = std::move(what)};
  }
  Json document = Json::parse(before->document, nullptr, false);
  document.merge_patch(parsed);
  return keep(caller, id, std::move(document), before);
}

Result<void> ThingDirectory::remove(const identity::Caller& caller, const std::string& id) {
  MILLRACE_TRY(check_foreign(caller, id));
  const std::lock_guard lock(mutex_);
  MILLRACE_LET(const auto before, deps_.meta.description(id));
  if (!before) return std::unexpected(unknown(id));
  MILLRACE_TRY(deps_.meta.apply(
      {.descriptions_gone = {id},
       .audit = {audit_entry(caller, deps_.clock.now(), "description.removed", id)}}));
  own_->feed.publish({{DescriptionChange::kDeleted, id, {}}});
  return {};
}

Result<std::unique_ptr<DescriptionWatch>> ThingDirectory::watch(
    const identity::Caller& caller) const {
  if (own_->feed.count() >= kDescriptionWatchersMax) {
    return base::fail_for_now(ErrorCode::kLimited,
                              std::format("{} streams of events are open", kDescriptionWatchersMax),
                              "Close some, then try again.");
  }
  return std::make_unique<DescriptionWatch>(deps_, caller, own_->feed.watch());
}

Result<identity::Caller> ThingDirectory::redeem(std::string_view ticket, std::string_view thing,
                                                std::string_view address) const {
  return deps_.identity.redeem_ticket(ticket, observing(thing), address);
}

}  // namespace millrace::service
