#include "service/twins.h"

#include <algorithm>

namespace millrace::service {
namespace {

using base::Result;

constexpr std::size_t kNamesCompared = 10'000;
constexpr std::size_t kStride = 256;

/// What can be said from a series alone; the rest of the filter needs the thing.
bool fits(const TwinFilter& filter, const model::Series& series) {
  if (filter.site && *filter.site != series.site) return false;
  if (!filter.area.empty() && filter.area != series.area) return false;
  if (!filter.line.empty() && filter.line != series.line) return false;
  if (!filter.edge.empty() && filter.edge != series.source) return false;
  return filter.things.empty() || std::ranges::contains(filter.things, series.thing);
}

bool fits(const TwinFilter& filter, const ThingDetail& detail) {
  const Thing& thing = detail.thing;
  if (filter.quality && *filter.quality != thing.quality) return false;
  if (!matches_words(filter.words, thing.id, thing.title)) return false;
  return std::ranges::any_of(detail.properties,
                             [&](const Property& one) { return fits(filter, one.series); });
}

void add(PlaceCounts& counts, const Thing& thing) {
  ++counts.things;
  counts.stale_things += thing.is_stale ? 1U : 0U;
  counts.bad_things += thing.quality == model::Severity::kBad ? 1U : 0U;
}

template <class Places, class Project>
auto& place_in(Places& places, const std::string& name, Project project) {
  auto found = std::ranges::find(places, name, [&](auto& one) { return project(one).name; });
  if (found != places.end()) return *found;
  auto& added = places.emplace_back();
  project(added).name = name;
  return added;
}

}  // namespace

std::string_view text(SourceKind kind) {
  switch (kind) {
    case SourceKind::kMillrace: return "millrace";
    case SourceKind::kThirdParty: return "third_party";
    case SourceKind::kImport: return "import";
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

Source Twins::source_of(const model::Series& series, const OriginKinds& kinds) const {
  if (series.source.starts_with(kImportSource)) {
    return {SourceKind::kImport, series.source.substr(kImportSource.size())};
  }
  const auto kind = kinds.find(series.source);
  const bool is_third_party =
      kind != kinds.end() && kind->second == pipeline::OriginKind::kThirdParty;
  return {is_third_party ? SourceKind::kThirdParty : SourceKind::kMillrace, series.source};
}

Property Twins::look_at(const model::Series& series, const OriginKinds& kinds) const {
  return {series, source_of(series, kinds), current(series.id)};
}

std::vector<model::Series> Twins::properties_of(std::string_view thing) const {
  std::vector<model::Series> newest;
  for (model::Series& series : deps_.index.of_thing(thing)) {
    // A property whose type changed has several series, side by side here; ids rise with time.
    if (newest.empty() || newest.back().property != series.property) {
      newest.push_back(std::move(series));
    } else if (number(newest.back().id) < number(series.id)) {
      newest.back() = std::move(series);
    }
  }
  return newest;
}

ThingDetail Twins::build(std::string_view id, const OriginKinds& kinds) const {
  ThingDetail detail;
  Thing& thing = detail.thing;
  thing.id = id;
  thing.title = views_.titles.of("thing", id);
  for (const model::Series& series : properties_of(id)) {
    Property property = look_at(series, kinds);
    if (thing.site.empty()) thing.site = series.site;
    if (thing.area.empty()) thing.area = series.area;
    if (thing.line.empty()) thing.line = series.line;
    thing.quality = std::max(thing.quality, property.current.quality().severity());
    thing.is_stale = thing.is_stale || property.current.staleness.is_stale;
    if (const auto& last = property.current.last) {
      thing.last_sample = std::max(thing.last_sample.value_or(last->sample.time),
                                   last->sample.time);
    }
    if (property.source.kind != SourceKind::kImport) thing.edge = property.source.name;
    detail.properties.push_back(std::move(property));
  }
  thing.property_count = detail.properties.size();
  if (thing.property_count > 0) thing.source = detail.properties.back().source.kind;
  return detail;
}

Result<Page<Thing>> Twins::things(const TwinFilter& filter, const PageRequest& page) const {
  MILLRACE_LET(std::string after, place_of(page));
  const OriginKinds kinds = origin_kinds();
  Page<Thing> found;
  while (true) {
    const auto names = deps_.index.things(after, kStride);
    for (const std::string& name : names) {
      ThingDetail detail = build(name, kinds);
      if (!fits(filter, detail)) continue;
      if (found.items.size() == page.limit) {
        found.next = to_cursor(found.items.back().id);
        return found;
      }
      found.items.push_back(std::move(detail.thing));
    }
    if (names.size() < kStride) return found;
    after = names.back();
  }
}

base::Error Twins::unknown_thing(std::string_view id) const {
  return {base::ErrorCode::kNotFound, base::Retry::kNever,
          std::format("thing '{}' is unknown", id),
          did_you_mean(id, deps_.index.things("", kNamesCompared))};
}

Result<ThingDetail> Twins::thing(std::string_view id) const {
  ThingDetail detail = build(id, origin_kinds());
  if (detail.properties.empty()) return std::unexpected(unknown_thing(id));
  return detail;
}

Result<Property> Twins::property(std::string_view thing, std::string_view name) const {
  std::vector<std::string> known;
  for (const model::Series& series : properties_of(thing)) {
    if (series.property == name) return look_at(series, origin_kinds());
    known.push_back(series.property);
  }
  if (known.empty()) return std::unexpected(unknown_thing(thing));
  return base::fail(base::ErrorCode::kNotFound,
                    std::format("thing '{}' has no property '{}'", thing, name),
                    did_you_mean(name, known));
}

Result<Page<Property>> Twins::values(const TwinFilter& filter, const PageRequest& page) const {
  MILLRACE_LET(const std::string place, place_of(page));
  const std::size_t slash = place.find('/');  // no name holds one
  std::string after = place.substr(0, slash);
  const std::string after_property = slash == place.npos ? "" : place.substr(slash + 1);
  const OriginKinds kinds = origin_kinds();
  Page<Property> found;
  // The thing of the cursor itself is looked at again, for its properties after the cursor's.
  std::vector<std::string> names;
  if (!after.empty()) names.push_back(after);
  while (true) {
    const auto more = deps_.index.things(after, kStride);
    names.insert(names.end(), more.begin(), more.end());
    for (const std::string& name : names) {
      for (const model::Series& series : properties_of(name)) {
        const bool is_before = name == place.substr(0, slash) && series.property <= after_property;
        if (is_before || !fits(filter, series)) continue;
        if (!matches_words(filter.words, name, views_.titles.of("thing", name))) continue;
        if (found.items.size() == page.limit) {
          const model::Series& last = found.items.back().series;
          found.next = to_cursor(last.thing + "/" + last.property);
          return found;
        }
        found.items.push_back(look_at(series, kinds));
      }
    }
    if (more.size() < kStride) return found;
    after = more.back();
    names.clear();
  }
}

Result<Page<Property>> Twins::series(const TwinFilter& filter, const PageRequest& page) const {
  MILLRACE_LET(const std::int64_t after, number_of(page));
  const OriginKinds kinds = origin_kinds();
  Page<Property> found;
  for (const model::Series& series : deps_.index.all()) {
    if (number(series.id) <= after || !fits(filter, series)) continue;
    if (!matches_words(filter.words, series.thing + " " + series.property, series.title)) continue;
    if (found.items.size() == page.limit) {
      found.next = to_cursor(std::to_string(number(found.items.back().series.id)));
      return found;
    }
    found.items.push_back(look_at(series, kinds));
  }
  return found;
}

void Twins::count(const ThingDetail& detail, std::map<std::string, Site>& sites) const {
  const Thing& thing = detail.thing;
  Site& site = sites[thing.site];
  site.counts.name = thing.site;
  add(site.counts, thing);
  site.series += thing.property_count;
  if (thing.edge && !std::ranges::contains(site.edges, *thing.edge)) {
    site.edges.push_back(*thing.edge);
  }
  if (thing.area.empty()) return;
  Area& area = place_in(site.areas, thing.area, [](auto& one) -> auto& { return one.counts; });
  add(area.counts, thing);
  if (thing.line.empty()) return;
  add(place_in(area.lines, thing.line, [](auto& one) -> auto& { return one; }), thing);
}

Result<Page<Site>> Twins::sites(const PageRequest& page) const {
  MILLRACE_LET(const std::string after, place_of(page));
  std::map<std::string, Site> sites;
  const OriginKinds kinds = origin_kinds();
  std::string last;
  while (true) {
    const auto names = deps_.index.things(last, kStride);
    for (const std::string& name : names) count(build(name, kinds), sites);
    if (names.size() < kStride) break;
    last = names.back();
  }
  Page<Site> found;
  for (auto& [name, site] : sites) {
    if (page.cursor && name <= after.substr(1)) continue;
    if (found.items.size() == page.limit) {
      found.next = to_cursor("s" + found.items.back().counts.name);  // the empty name is one, too
      return found;
    }
    site.counts.title = views_.titles.of("site", name);
    for (Area& area : site.areas) {
      area.counts.title = views_.titles.of("area", area.counts.name);
      for (PlaceCounts& line : area.lines) line.title = views_.titles.of("line", line.name);
    }
    std::ranges::sort(site.edges);
    found.items.push_back(std::move(site));
  }
  return found;
}

}  // namespace millrace::service
