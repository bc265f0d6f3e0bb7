// What Resources lists and gives back: files, revisions, thing models.
#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "service/connections.h"
#include "service/resources.h"

namespace millrace::service {
namespace {

using base::ErrorCode;
using base::Result;
using twin::Resource;
using twin::ResourceKey;

constexpr std::size_t kRevisionsLookedAt = 2'000;

std::string_view folder(twin::Kind kind) {
  switch (kind) {
    case twin::Kind::kSite:
      return "sites";
    case twin::Kind::kThingModel:
      return "thing-models";
    case twin::Kind::kThing:
      return "things";
    case twin::Kind::kConnection:
      return "connections";
    case twin::Kind::kBinding:
      return "bindings";
    case twin::Kind::kRetention:
      return "retention";
  }
  return "other";
}

/// Versions as zero-padded text, so that cursors order like keys.
std::string place_text(const ResourceKey& key) {
  return std::format("{}/{}/{:09}", static_cast<int>(key.kind), key.name, key.version);
}

bool fits(const RevisionFilter& filter, const store::Revision& revision) {
  if (!filter.kind && filter.name.empty()) return true;
  const auto changes = nlohmann::json::parse(revision.changes, nullptr, false);
  if (!changes.is_array()) return false;
  return std::ranges::any_of(changes, [&](const nlohmann::json& one) {
    return one.is_object() && (!filter.kind || one.value("kind", "") == text(*filter.kind)) &&
           (filter.name.empty() || one.value("name", "") == filter.name);
  });
}

}  // namespace

std::string file_of(const ResourceKey& key) {
  const std::string version = key.version > 0 ? std::format("@{}", key.version) : "";
  return std::format("{}/{}{}.yaml", folder(key.kind), key.name, version);
}

std::string title_of(const twin::Texts& titles) {
  if (titles.empty()) return {};
  for (const char* language : {"", "en"}) {
    if (const auto found = titles.find(language); found != titles.end()) return found->second;
  }
  return titles.begin()->second;
}

std::string title_of(const Resource& resource) {
  const auto* title = resource.spec.find("title");
  twin::Texts titles;
  if (title && title->value.kind == config::Node::Kind::kScalar) titles[""] = title->value.scalar;
  const auto* several = resource.spec.find("titles");  // as a Thing Model has them
  for (const auto* map : {title, several}) {
    if (!map || map->value.kind != config::Node::Kind::kMap) continue;
    for (const auto& entry : map->value.entries) titles.emplace(entry.key, entry.value.scalar);
  }
  const std::string found = title_of(titles);
  return found.empty() ? resource.key.name : found;
}

std::string Resources::schema(twin::Kind kind) const {
  return twin::json_schema(kind, connector_schemas(catalogs_.connectors()));
}

ExportedResources Resources::exported(std::optional<twin::Kind> kind) const {
  const auto present = catalogs_.configuration();
  ExportedResources all{.revision = present->revision};
  for (const auto& [key, about] : present->about) {
    if (kind && key.kind != *kind) continue;
    const Resource shown = without_secrets(*present->find(key), catalogs_.connectors());
    all.files.push_back({file_of(key), twin::to_text(shown)});
  }
  return all;
}

Result<Page<ResourceItem>> Resources::list(std::optional<twin::Kind> kind, std::string_view words,
                                           const PageRequest& page) const {
  MILLRACE_LET(const std::string after, place_of(page));
  const auto present = catalogs_.configuration();
  Page<ResourceItem> found;
  for (const auto& [key, about] : present->about) {
    if ((kind && key.kind != *kind) || (!after.empty() && place_text(key) <= after)) continue;
    const std::string title = title_of(*present->find(key));
    if (!matches_words(words, key.name, title)) continue;
    if (found.items.size() == page.limit) {
      found.next = to_cursor(place_text(found.items.back().key));
      return found;
    }
    found.items.push_back({key, title, about});
  }
  return found;
}

Result<Page<store::Revision>> Resources::revisions(const RevisionFilter& filter,
                                                   const PageRequest& page) const {
  MILLRACE_LET(std::int64_t before, number_of(page));
  Page<store::Revision> found;
  std::size_t looked_at = 0;
  while (found.items.size() < page.limit && looked_at < kRevisionsLookedAt) {
    MILLRACE_LET(auto more, deps_.meta.revisions(before, page.limit));
    if (more.empty()) return found;
    for (store::Revision& one : more) {
      if (found.items.size() == page.limit) break;
      before = one.number;
      ++looked_at;
      if (fits(filter, one)) found.items.push_back(std::move(one));
    }
  }
  if (before > 1) found.next = to_cursor(std::to_string(before));
  return found;
}

Result<Page<ThingModelItem>> Resources::thing_models(std::string_view words,
                                                     const PageRequest& page) const {
  MILLRACE_LET(const std::string after, place_of(page));
  const auto present = catalogs_.configuration();
  std::map<twin::ModelRef, std::size_t> things;
  for (const auto& [name, thing] : present->catalog->things()) ++things[thing.model_ref];
  // By name and newest first: of equal names the map's order is turned round.
  std::vector<std::shared_ptr<const twin::ThingModel>> all;
  for (const auto& [ref, model] : present->catalog->models()) all.push_back(model);
  std::ranges::sort(all, [](const auto& a, const auto& b) {
    return a->ref.name != b->ref.name ? a->ref.name < b->ref.name : a->ref.version > b->ref.version;
  });
  Page<ThingModelItem> found;
  bool is_after = after.empty();
  std::string last_name;
  for (const auto& model : all) {
    const bool is_latest = std::exchange(last_name, model->ref.name) != model->ref.name;
    const std::string place = text(model->ref);
    if (!is_after) {
      is_after = place == after;
      continue;
    }
    const std::string title = title_of(model->titles);
    if (!matches_words(words, model->ref.name, title)) continue;
    if (found.items.size() == page.limit) {
      found.next = to_cursor(text(found.items.back().model->ref));
      return found;
    }
    const ResourceKey key{twin::Kind::kThingModel, model->ref.name, model->ref.version};
    found.items.push_back({model, title.empty() ? model->ref.name : title, things[model->ref],
                           is_latest, present->about.at(key).changed});
  }
  return found;
}

Result<std::shared_ptr<const twin::ThingModel>> Resources::thing_model(std::string_view ref) const {
  const auto catalog = catalogs_.now();
  const std::size_t at = ref.rfind('@');
  const std::string name(ref.substr(0, at));
  int version = 0;
  if (at != ref.npos) {
    const char* end = ref.data() + ref.size();
    const auto parsed = std::from_chars(ref.data() + at + 1, end, version);
    if (parsed.ec != std::errc() || parsed.ptr != end || version < 1) {
      return base::fail(ErrorCode::kInvalid, std::format("'{}' is no name@version", ref),
                        "Write it as centrifugal-pump@2.");
    }
  }
  std::shared_ptr<const twin::ThingModel> found;
  std::vector<std::string> known;
  for (const auto& [one, model] : catalog->models()) {
    known.push_back(text(one));
    if (one.name == name && (version == 0 || one.version == version)) found = model;
  }
  if (found) return found;
  return base::fail(ErrorCode::kNotFound, std::format("there is no thing model '{}'", ref),
                    did_you_mean(ref, known));
}

}  // namespace millrace::service
