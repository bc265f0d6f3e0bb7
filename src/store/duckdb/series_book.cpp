#include "store/duckdb/series_book.h"

namespace millrace::store::duckdb {

void SeriesBook::add_series(model::ValueType type) { entries_.push_back({.type = type}); }

void SeriesBook::drop_behind(std::size_t count) { entries_.resize(count); }

std::optional<model::ValueType> SeriesBook::type_of(model::SeriesId id) const {
  const auto place = static_cast<std::size_t>(number(id)) - 1;
  if (number(id) < 1 || place >= entries_.size()) return std::nullopt;
  return entries_[place].type;
}

bool SeriesBook::has(model::SeriesId id, model::ValueType type) const {
  return type_of(id) == type;
}

void SeriesBook::restore(model::SeriesId id, const model::Sample& sample, base::Time received) {
  auto& newest = at(id).newest;
  if (!newest || newest->sample.time < sample.time) newest = LastValue{id, sample, received};
}

const std::optional<LastValue>& SeriesBook::newest(model::SeriesId id) const {
  static const std::optional<LastValue> kNone;
  const auto place = static_cast<std::size_t>(number(id)) - 1;
  return number(id) >= 1 && place < entries_.size() ? entries_[place].newest : kNone;
}

Fate SeriesBook::place(model::SeriesId id, base::Time time, std::size_t row) {
  Entry& entry = at(id);
  if (entry.is_placed || entry.newest) {
    const base::Time newest = entry.is_placed ? entry.placed_time : entry.newest->sample.time;
    if (time == newest) return Fate::kDuplicate;
    if (time < newest) return Fate::kLate;
  }
  if (!entry.is_placed) placed_.push_back(id);
  entry.is_placed = true;
  entry.placed_time = time;
  entry.placed_row = row;
  return Fate::kNew;
}

std::vector<SeriesBook::Placed> SeriesBook::placed() const {
  std::vector<Placed> rows;
  rows.reserve(placed_.size());
  for (const model::SeriesId id : placed_) rows.push_back({id, at(id).placed_row});
  return rows;
}

void SeriesBook::set_newest(model::SeriesId id, LastValue value) {
  at(id).newest = std::move(value);
}

void SeriesBook::forget_placed() {
  for (const model::SeriesId id : placed_) {
    if (static_cast<std::size_t>(number(id)) <= entries_.size()) at(id).is_placed = false;
  }
  placed_.clear();
}

}  // namespace millrace::store::duckdb
