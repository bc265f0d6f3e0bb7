#include "service/twins.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "service/property_facts.h"
#include "service/series_place.h"
#include "service/thing_tags.h"
#include "twin/commanding.h"

namespace millrace::service {
namespace {

using base::Result;

constexpr std::size_t kNamesCompared = 10'000;
constexpr std::array kTypes = {model::ValueType::kF64,  model::ValueType::kI64,
                               model::ValueType::kU64,  model::ValueType::kBool,
                               model::ValueType::kText, model::ValueType::kBytes};

bool fits_model(const std::string& wanted, const RosterThing& thing) {
  if (wanted.empty()) return true;
  if (!thing.resource) return false;
  const twin::ModelRef& ref = thing.resource->model_ref;
  return wanted.contains('@') ? wanted == text(ref) : wanted == ref.name;
}

bool fits_tags(const std::vector<Tag>& wanted, const RosterThing& thing) {
  if (wanted.empty()) return true;
  if (!thing.resource) return false;
  const auto tags = tags_of(*thing.resource);
  return std::ranges::all_of(wanted, [&](const Tag& one) { return tags.contains(one); });
}

/// All of a filter but the quality, which needs current values. `words` is in small letters.
bool fits(const TwinFilter& filter, const std::string& words, const RosterThing& thing) {
  if (!thing.is_listed && !std::ranges::contains(filter.things, thing.id)) return false;
  const twin::Place& place = thing.place;
  if (filter.site && *filter.site != place.site) return false;
  if (filter.area && *filter.area != place.area) return false;
  if (filter.line && *filter.line != place.line) return false;
  if (filter.cell && *filter.cell != place.cell) return false;
  if (!filter.things.empty() && !std::ranges::contains(filter.things, thing.id)) return false;
  if (!filter.edge.empty() && filter.edge != thing.edge &&
      !std::ranges::contains(thing.sources, filter.edge)) {
    return false;
  }
  return fits_tags(filter.tags, thing) && fits_model(filter.model, thing) &&
         (words.empty() || has_words(words, thing.words));
}

/// A property that the model has and nothing has fed yet.
model::Series series_of(const std::string& thing, const twin::Place& place,
                        const twin::PropertySpec& spec) {
  return {.thing = thing,
          .property = spec.name,
          .type = spec.contract.type,
          .unit = spec.contract.unit,
          .site = place.site,
          .area = place.area,
          .line = place.line,
          .source = {},
          .title = spec.contract.title};
}

}  // namespace

std::string_view text(SourceKind kind) {
  switch (kind) {
    case SourceKind::kMillrace:
      return "millrace";
    case SourceKind::kThirdParty:
      return "third_party";
    case SourceKind::kImport:
      return "import";
  }
  return "millrace";
}

model::Quality CurrentValue::quality() const {
  if (last) return last->sample.quality;
  return model::Quality::from_bits(0x40000000U);
}

CurrentValue Twins::current(model::SeriesId id) const {
  CurrentValue value{.last = deps_.series.last_value(id)};
  value.staleness = views_.freshness.of(id, value.last);
  return value;
}

Twins::OriginKinds Twins::origin_kinds() const {
  OriginKinds kinds;
  for (const auto& origin : deps_.origins.origins()) kinds[origin.name] = origin.kind;
  return kinds;
}

Source Twins::source_of(const std::string& source, const OriginKinds& kinds) const {
  if (source.starts_with(kImportSource)) {
    return {SourceKind::kImport, source.substr(kImportSource.size())};
  }
  const auto kind = kinds.find(source);
  const bool is_third_party =
      kind != kinds.end() && kind->second == pipeline::OriginKind::kThirdParty;
  return {is_third_party ? SourceKind::kThirdParty : SourceKind::kMillrace, source};
}

Property Twins::look_at(const model::Series& series, const OriginKinds& kinds) const {
  Property one{series, source_of(series.source, kinds), current(series.id)};
  const auto catalog = deps_.catalogs.now();
  const SeriesPlace place = place_of(*catalog, series);
  one.series.site = place.site;
  one.series.area = place.area;
  one.series.line = place.line;
  return one;
}

std::vector<model::Series> Twins::properties_of(std::string_view thing) const {
  const auto catalog = deps_.catalogs.now();
  return store::present_series_of(deps_.index.of_thing(thing), types_of(*catalog),
                                  store::last_times(deps_.series));
}

bool Twins::is_present(const model::Series& series) const {
  const auto catalog = deps_.catalogs.now();
  const auto type = types_of(*catalog)(series.thing, series.property);
  if (type == series.type) return true;
  std::vector<model::Series> all{series};
  for (const model::ValueType other : kTypes) {
    const auto id = deps_.index.find(series.thing, series.property, other);
    if (!id || *id == series.id) continue;
    if (auto one = deps_.index.get(*id)) all.push_back(*std::move(one));
  }
  const auto present =
      store::present_series(all, series.property, type, store::last_times(deps_.series));
  return present->id == series.id;
}

/// The things list of a large hub does this some ten thousand times: no copies of series here.
Thing Twins::look_at(const RosterThing& entry, const OriginKinds& kinds) const {
  Thing thing{.id = entry.id,
              .title = entry.title,
              .place = entry.place,
              .resource = entry.resource,
              .property_count = entry.property_count};
  const auto look = [&](model::SeriesId id) {
    const CurrentValue value = current(id);
    thing.quality = std::max(thing.quality, value.quality().severity());
    thing.is_stale = thing.is_stale || value.staleness.is_stale;
    if (!value.last) return;
    const base::Time time = value.last->sample.time;
    thing.last_sample = std::max(thing.last_sample.value_or(time), time);
  };
  if (entry.undecided.empty()) {
    std::ranges::for_each(entry.series, look);
  } else {
    std::ranges::for_each(present_series(entry, store::last_times(deps_.series)), look);
  }
  if (entry.is_waiting || (entry.series.empty() && entry.undecided.empty())) {
    thing.quality = std::max(thing.quality, model::Severity::kUncertain);
  }
  for (const std::string& name : entry.sources) {
    const Source source = source_of(name, kinds);
    if (source.kind != SourceKind::kImport) thing.edge = source.name;
  }
  if (!entry.edge.empty()) thing.edge = entry.edge;
  if (!entry.source.empty()) thing.source = source_of(entry.source, kinds).kind;
  return thing;
}

Result<ThingPage> Twins::things(const TwinFilter& filter, const PageRequest& page) const {
  MILLRACE_LET(const std::string after, place_of(page));
  const OriginKinds kinds = origin_kinds();
  const auto roster = rosters_.now();
  const std::string words = lower_case(filter.words);
  ThingPage found;
  found.catalog = roster->catalog;
  for (std::size_t i = roster->after(after); i < roster->things.size(); ++i) {
    const RosterThing& entry = roster->things[i];
    if (!fits(filter, words, entry)) continue;
    if (found.items.size() == page.limit && !filter.quality && !filter.needs_attention) {
      found.next = to_cursor(found.items.back().id);
      return found;
    }
    Thing thing = look_at(entry, kinds);
    if (filter.quality && *filter.quality != thing.quality) continue;
    const bool is_well = !thing.is_stale && thing.quality == model::Severity::kGood;
    if (filter.needs_attention && is_well) continue;
    if (found.items.size() == page.limit) {
      found.next = to_cursor(found.items.back().id);
      return found;
    }
    found.items.push_back(std::move(thing));
  }
  return found;
}

base::Error Twins::unknown_thing(std::string_view id) const {
  const auto roster = rosters_.now();
  std::vector<std::string> known;
  for (std::size_t i = 0; i < roster->things.size() && i < kNamesCompared; ++i) {
    known.push_back(roster->things[i].id);
  }
  return {base::ErrorCode::kNotFound, base::Retry::kNever, std::format("thing '{}' is unknown", id),
          did_you_mean(id, known)};
}

bool Twins::is_known(std::string_view thing) const {
  return deps_.catalogs.now()->thing(thing) != nullptr || !deps_.index.of_thing(thing).empty();
}

Result<ThingDetail> Twins::thing(std::string_view id) const {
  const auto roster = rosters_.now();
  const RosterThing* entry = roster->find(id);
  if (!entry) return std::unexpected(unknown_thing(id));
  const OriginKinds kinds = origin_kinds();
  ThingDetail detail{.thing = look_at(*entry, kinds), .catalog = roster->catalog};
  std::map<std::string, Property> properties;
  for (const model::Series& series : properties_of(id)) {
    properties[series.property] = look_at(series, kinds);
  }
  const twin::ThingModel* model = entry->resource ? entry->resource->model.get() : nullptr;
  for (std::size_t i = 0; model && i < model->properties.size(); ++i) {
    const twin::PropertySpec& spec = model->properties[i];
    const auto [known, is_new] = properties.try_emplace(spec.name);
    if (is_new) known->second.series = series_of(entry->id, entry->place, spec);
    if (!spec.contract.title.empty()) known->second.series.title = spec.contract.title;
  }
  for (auto& [name, property] : properties) {
    PropertyTwin twin{.spec = model ? model->property(name) : nullptr};
    std::tie(twin.binding, twin.row) = roster->catalog->feeding(id, name);
    twin.is_writable = twin.spec && twin::takes_writes(*roster->catalog, *twin.spec, twin.binding);
    detail.properties.push_back(std::move(property));
    detail.twins.push_back(twin);
  }
  return detail;
}

Result<Property> Twins::property(std::string_view thing, std::string_view name) const {
  std::vector<std::string> known;
  for (const model::Series& series : properties_of(thing)) {
    if (series.property == name) return look_at(series, origin_kinds());
    known.push_back(series.property);
  }
  const auto catalog = deps_.catalogs.now();
  if (const twin::Thing* resource = catalog->thing(thing); resource && resource->model) {
    if (const auto* spec = resource->model->property(name)) {
      return Property{.series = series_of(resource->name, resource->place, *spec)};
    }
    for (const auto& spec : resource->model->properties) known.push_back(spec.name);
  } else if (known.empty() && !resource) {
    return std::unexpected(unknown_thing(thing));
  }
  return base::fail(base::ErrorCode::kNotFound,
                    std::format("thing '{}' has no property '{}'", thing, name),
                    did_you_mean(name, known));
}

}  // namespace millrace::service
