#include "connector/sparkplug/edge_catalog.h"

#include <algorithm>

#include "codec/delivery_body.h"

namespace millrace::connector::sparkplug {

EdgeCatalog::EdgeCatalog(const std::vector<pipeline::OutboundProperty>& properties,
                         std::uint64_t first_alias)
    : next_alias_(first_alias) {
  Growth ignored = Growth::kNone;
  for (const pipeline::OutboundProperty& one : properties) {
    const std::size_t owner = thing(one.thing);
    const std::size_t place = metric(owner, {one.property, one.type, one.unit}, ignored);
    things_[owner].metrics[place].title = one.title;
  }
}

void EdgeCatalog::remember(const EdgeCatalog& before) {
  for (std::size_t owner = 0; owner < things_.size(); ++owner) {
    const auto known = before.thing_places_.find(things_[owner].name);
    if (known == before.thing_places_.end()) continue;
    for (const auto& [key, place] : metric_places_[owner]) {
      const auto& theirs = before.metric_places_[known->second];
      const auto found = theirs.find(key);
      if (found == theirs.end()) continue;
      const CatalogMetric& metric = before.things_[known->second].metrics[found->second];
      things_[owner].metrics[place].last = metric.last;
      things_[owner].metrics[place].has_last = metric.has_last;
    }
  }
}

std::size_t EdgeCatalog::thing(const std::string& name) {
  const auto [place, is_new] = thing_places_.try_emplace(name, things_.size());
  if (is_new) {
    things_.push_back({name, {}});
    metric_places_.emplace_back();
  }
  return place->second;
}

std::size_t EdgeCatalog::metric(std::size_t thing, const model::BatchProperty& property,
                                Growth& growth) {
  auto& metrics = things_[thing].metrics;
  const auto [place, is_new] = metric_places_[thing].try_emplace(
      Key(property.name, property.type, property.unit), metrics.size());
  if (is_new) {
    const auto variants = std::ranges::count(
        metrics, property.name, [](const CatalogMetric& one) { return one.property.name; });
    const auto name =
        codec::delivery::metric_name(property.name, static_cast<std::size_t>(variants) + 1);
    metrics.push_back({property, name, {}, next_alias_++, {}, false});
    growth = Growth::kGrew;
  }
  return place->second;
}

EdgeCatalog::Places EdgeCatalog::place(const model::Batch& batch) {
  Places places;
  places.thing = thing(batch.thing);
  places.metrics.reserve(batch.properties.size());
  for (const model::BatchProperty& property : batch.properties) {
    places.metrics.push_back(metric(places.thing, property, places.growth));
  }
  return places;
}

void EdgeCatalog::note_live(const Places& places, const model::Batch& batch) {
  auto& metrics = things_[places.thing].metrics;
  for (const model::BatchSample& one : batch.samples) {
    CatalogMetric& metric = metrics[places.metrics[one.property]];
    if (metric.has_last && one.sample.time < metric.last.time) continue;
    metric.last = one.sample;
    metric.has_last = true;
  }
}

}  // namespace millrace::connector::sparkplug
