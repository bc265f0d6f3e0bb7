#include "store/series_index.h"

#include <mutex>

#include "base/error.h"

namespace millrace::store {
namespace {

using KeyView = std::tuple<std::string_view, std::string_view, model::ValueType>;

std::size_t place(model::SeriesId id) { return static_cast<std::size_t>(number(id)) - 1; }

}  // namespace

SeriesIndex::SeriesIndex(const std::vector<model::Series>& series) {
  for (const model::Series& one : series) put(one);
}

std::optional<model::SeriesId> SeriesIndex::find(std::string_view thing, std::string_view property,
                                                 model::ValueType type) const {
  const std::shared_lock lock(mutex_);
  const auto it = by_key_.find(KeyView(thing, property, type));
  if (it == by_key_.end()) return std::nullopt;
  return it->second;
}

std::optional<model::Series> SeriesIndex::get(model::SeriesId id) const {
  const std::shared_lock lock(mutex_);
  if (number(id) < 1 || place(id) >= by_id_.size()) return std::nullopt;
  return by_id_[place(id)];
}

std::vector<model::Series> SeriesIndex::of_thing(std::string_view thing) const {
  const std::shared_lock lock(mutex_);
  std::vector<model::Series> found;
  for (auto it = by_key_.lower_bound(KeyView(thing, "", model::ValueType{}));
       it != by_key_.end() && std::get<0>(it->first) == thing; ++it) {
    found.push_back(by_id_[place(it->second)]);
  }
  return found;
}

std::vector<std::string> SeriesIndex::things(std::string_view after, std::size_t limit) const {
  const std::shared_lock lock(mutex_);
  std::vector<std::string> names;
  std::string last(after);
  while (names.size() < limit) {
    // The first key of the next thing: names hold no character below '-', so "\x01" ends this one.
    const auto it = by_key_.lower_bound(KeyView(last + (last.empty() ? "" : "\x01"), "", {}));
    if (it == by_key_.end()) break;
    last = std::get<0>(it->first);
    names.push_back(last);
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

void SeriesIndex::put(const model::Series& series) {
  const std::unique_lock lock(mutex_);
  MILLRACE_CHECK(number(series.id) >= 1 && place(series.id) <= by_id_.size());
  if (place(series.id) == by_id_.size()) {
    by_id_.push_back(series);
    by_key_.emplace(Key(series.thing, series.property, series.type), series.id);
  } else {
    by_id_[place(series.id)] = series;
  }
}

void SeriesIndex::drop_from(model::SeriesId first) {
  const std::unique_lock lock(mutex_);
  while (!by_id_.empty() && number(by_id_.back().id) >= number(first)) {
    const model::Series& last = by_id_.back();
    by_key_.erase(Key(last.thing, last.property, last.type));
    by_id_.pop_back();
  }
}

}  // namespace millrace::store
