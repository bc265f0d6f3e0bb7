// Twins: values, series, sites and tags, as lists over everything.
#include <algorithm>

#include "pipeline/hub_binding.h"
#include "service/resources.h"
#include "service/series_place.h"
#include "service/thing_tags.h"
#include "service/twins.h"

namespace millrace::service {
namespace {

using base::Result;

constexpr std::size_t kStride = 256;

/// What can be said from a series and its place; the rest of the filter needs the thing. The
/// payloads of plain MQTT topics are there for who names their thing.
bool fits(const TwinFilter& filter, const model::Series& series, const twin::Catalog& catalog) {
  const bool is_payload =
      series.source == pipeline::kTopicOrigin && series.property == pipeline::kPayloadProperty;
  if (is_payload && filter.things.empty()) return false;
  const SeriesPlace place = place_of(catalog, series);
  if (filter.site && *filter.site != place.site) return false;
  if (filter.area && *filter.area != place.area) return false;
  if (filter.line && *filter.line != place.line) return false;
  if (!filter.edge.empty() && filter.edge != series.source) return false;
  return filter.things.empty() || std::ranges::contains(filter.things, series.thing);
}

void add(PlaceCounts& counts, const Thing& thing) {
  ++counts.things;
  counts.stale_things += thing.is_stale ? 1U : 0U;
  counts.bad_things += thing.quality == model::Severity::kBad ? 1U : 0U;
}

PlaceCounts& counts_of(PlaceCounts& place) { return place; }
template <class Place>
PlaceCounts& counts_of(Place& place) {
  return place.counts;
}

template <class Places>
auto& place_in(Places& places, const std::string& name) {
  const auto found =
      std::ranges::find_if(places, [&](auto& one) { return counts_of(one).name == name; });
  if (found != places.end()) return *found;
  auto& added = places.emplace_back();
  counts_of(added).name = name;
  return added;
}

/// What people call the site and everything in it.
void name_places(Site& site, const twin::Catalog& catalog, const Titles& titles) {
  const auto known = catalog.sites().find(site.counts.name);
  site.counts.title = known == catalog.sites().end() ? "" : title_of(known->second.titles);
  if (site.counts.title.empty()) site.counts.title = titles.of("site", site.counts.name);
  for (Area& area : site.areas) {
    area.counts.title = titles.of("area", area.counts.name);
    for (Line& line : area.lines) {
      line.counts.title = titles.of("line", line.counts.name);
      for (PlaceCounts& cell : line.cells) cell.title = titles.of("cell", cell.name);
    }
  }
  std::ranges::sort(site.edges);
}

}  // namespace

Result<VersionedPage<Property>> Twins::values(const TwinFilter& filter,
                                              const PageRequest& page) const {
  MILLRACE_LET(const std::string place, place_of(page));
  const std::size_t slash = place.find('/');  // no name holds one
  std::string after = place.substr(0, slash);
  const std::string after_property = slash == place.npos ? "" : place.substr(slash + 1);
  const OriginKinds kinds = origin_kinds();
  const auto catalog = deps_.catalogs.now();
  VersionedPage<Property> found{{}, deps_.series.newest_commit()};
  // The thing of the cursor itself is looked at again, for its properties after the cursor's.
  std::vector<std::string> names;
  if (!after.empty()) names.push_back(after);
  while (true) {
    const auto more = deps_.index.things(after, kStride);
    names.insert(names.end(), more.begin(), more.end());
    for (const std::string& name : names) {
      for (const model::Series& series : properties_of(name)) {
        const bool is_before = name == place.substr(0, slash) && series.property <= after_property;
        if (is_before || !fits(filter, series, *catalog)) continue;
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
  const auto catalog = deps_.catalogs.now();
  Page<Property> found;
  for (const model::Series& series : deps_.index.all()) {
    if (number(series.id) <= after || !fits(filter, series, *catalog)) continue;
    if (!matches_words(filter.words, series.thing + " " + series.property, series.title)) continue;
    if (found.items.size() == page.limit) {
      found.next = to_cursor(std::to_string(number(found.items.back().series.id)));
      return found;
    }
    found.items.push_back(look_at(series, kinds));
  }
  return found;
}

void Twins::count(const RosterThing& entry, const Thing& thing, const OriginKinds& kinds,
                  std::map<std::string, Site>& sites) const {
  Site& site = sites[thing.place.site];
  add(site.counts, thing);
  site.series += entry.series.size() + entry.undecided.size();
  for (const std::string& name : entry.sources) {
    const Source source = source_of(name, kinds);
    const bool is_edge = source.kind != SourceKind::kImport;
    if (is_edge && !std::ranges::contains(site.edges, source.name)) {
      site.edges.push_back(source.name);
    }
  }
  if (thing.place.area.empty()) return;
  Area& area = place_in(site.areas, thing.place.area);
  add(area.counts, thing);
  if (thing.place.line.empty()) return;
  Line& line = place_in(area.lines, thing.place.line);
  add(line.counts, thing);
  if (thing.place.cell.empty()) return;
  add(place_in(line.cells, thing.place.cell), thing);
}

Result<Page<Site>> Twins::sites(const PageRequest& page) const {
  MILLRACE_LET(const std::string after, place_of(page));
  std::map<std::string, Site> sites;
  const OriginKinds kinds = origin_kinds();
  const auto roster = rosters_.now();
  for (const auto& [name, site] : roster->catalog->sites())
    sites[name].enterprise = site.enterprise;
  for (const RosterThing& entry : roster->things) {
    if (entry.is_listed) count(entry, look_at(entry, kinds), kinds, sites);
  }
  Page<Site> found;
  for (auto& [name, site] : sites) {
    if (page.cursor && name <= after.substr(1)) continue;
    if (found.items.size() == page.limit) {
      found.next = to_cursor("s" + found.items.back().counts.name);  // the empty name is one, too
      return found;
    }
    site.counts.name = name;
    name_places(site, *roster->catalog, views_.titles);
    found.items.push_back(std::move(site));
  }
  return found;
}

Result<Page<TagCount>> Twins::tags(const std::optional<std::string>& site,
                                   const PageRequest& page) const {
  MILLRACE_LET(const std::string after, place_of(page));
  std::map<std::pair<std::string, std::string>, std::size_t> counts;
  const auto catalog = deps_.catalogs.now();
  for (const auto& [name, thing] : catalog->things()) {
    if (site && *site != thing.place.site) continue;
    for (const Tag& tag : tags_of(thing)) ++counts[tag];
  }
  Page<TagCount> found;
  for (const auto& [tag, things] : counts) {
    const std::string place = tag.first + '\n' + tag.second;
    if (!after.empty() && place <= after) continue;
    if (found.items.size() == page.limit) {
      found.next = to_cursor(found.items.back().key + '\n' + found.items.back().value);
      return found;
    }
    found.items.push_back({tag.first, tag.second, things});
  }
  return found;
}

}  // namespace millrace::service
