#include "store/series_index.h"

#include <mutex>

#include "base/error.h"

namespace millrace::store {
namespace {

using KeyView = std::pair<std::string_view, model::ValueType>;

std::size_t place(model::SeriesId id) { return static_cast<std::size_t>(number(id)) - 1; }

}  // namespace

SeriesIndex::SeriesIndex(const std::vector<model::Series>& series) {
  for (const model::Series& one : series) put(one);
}

const model::Series& SeriesIndex::at(model::SeriesId id) const { return by_id_[place(id)]; }

std::optional<std::size_t> SeriesIndex::place_in(const Thing& thing, std::string_view property,
                                                 model::ValueType type) const {
  const auto found = thing.by_property.find(KeyView(property, type));
  if (found == thing.by_property.end()) return std::nullopt;
  return found->second;
}

std::optional<model::SeriesId> SeriesIndex::find(std::string_view thing, std::string_view property,
                                                 model::ValueType type) const {
  const std::shared_lock lock(mutex_);
  const auto known = things_.find(thing);
  if (known == things_.end()) return std::nullopt;
  const auto found = place_in(known->second, property, type);
  if (!found) return std::nullopt;
  return known->second.series[*found];
}

std::vector<std::optional<model::SeriesId>> SeriesIndex::find_all(
    std::string_view thing, const std::vector<model::BatchProperty>& properties) const {
  std::vector<std::optional<model::SeriesId>> ids(properties.size());
  const std::shared_lock lock(mutex_);
  const auto known = things_.find(thing);
  if (known == things_.end()) return ids;
  const std::vector<model::SeriesId>& series = known->second.series;
  std::size_t guess = 0;
  for (std::size_t i = 0; i < properties.size(); ++i) {
    const model::BatchProperty& wanted = properties[i];
    const bool is_guessed = guess < series.size() && at(series[guess]).type == wanted.type &&
                            at(series[guess]).property == wanted.name;
    const auto found = is_guessed ? guess : place_in(known->second, wanted.name, wanted.type);
    if (!found) continue;
    ids[i] = series[*found];
    guess = *found + 1;
  }
  return ids;
}

std::optional<model::Series> SeriesIndex::get(model::SeriesId id) const {
  const std::shared_lock lock(mutex_);
  if (number(id) < 1 || place(id) >= by_id_.size()) return std::nullopt;
  return by_id_[place(id)];
}

std::vector<model::Series> SeriesIndex::of_thing(std::string_view thing) const {
  const std::shared_lock lock(mutex_);
  std::vector<model::Series> found;
  const auto known = things_.find(thing);
  if (known == things_.end()) return found;
  for (const auto& [key, place] : known->second.by_property) {
    found.push_back(at(known->second.series[place]));
  }
  return found;
}

std::vector<std::string> SeriesIndex::things(std::string_view after, std::size_t limit) const {
  const std::shared_lock lock(mutex_);
  std::vector<std::string> names;
  for (auto it = things_.upper_bound(after); it != things_.end() && names.size() < limit; ++it) {
    names.push_back(it->first);
  }
  return names;
}

std::vector<model::Series> SeriesIndex::all() const {
  const std::shared_lock lock(mutex_);
  return by_id_;
}

std::size_t SeriesIndex::size() const {
  const std::shared_lock lock(mutex_);
  return by_id_.size();
}

void SeriesIndex::each_thing(const VisitThing& visit) const {
  const std::shared_lock lock(mutex_);
  std::vector<const model::Series*> series;
  for (const auto& [name, thing] : things_) {
    series.clear();
    for (const auto& [key, place] : thing.by_property) series.push_back(&at(thing.series[place]));
    visit(name, series);
  }
}

void SeriesIndex::put(const model::Series& series) {
  const std::unique_lock lock(mutex_);
  ++changes_;
  MILLRACE_CHECK(number(series.id) >= 1 && place(series.id) <= by_id_.size());
  if (place(series.id) == by_id_.size()) {
    by_id_.push_back(series);
    Thing& thing = things_[series.thing];
    thing.by_property.emplace(Key(series.property, series.type), thing.series.size());
    thing.series.push_back(series.id);
  } else {
    by_id_[place(series.id)] = series;
  }
}

void SeriesIndex::drop_from(model::SeriesId first) {
  const std::unique_lock lock(mutex_);
  ++changes_;
  while (!by_id_.empty() && number(by_id_.back().id) >= number(first)) {
    const model::Series& last = by_id_.back();
    const auto thing = things_.find(last.thing);
    thing->second.by_property.erase(Key(last.property, last.type));
    thing->second.series.pop_back();  // ids rise, so it is the newest of its thing too
    if (thing->second.series.empty()) things_.erase(thing);
    by_id_.pop_back();
  }
}

}  // namespace millrace::store
