#include "store/duckdb/series_book.h"

#include <algorithm>

namespace millrace::store::duckdb {

bool is_newer(const Seen& one, const Seen& other) {
  if (is_ahead(one) && is_ahead(other)) {
    return one.time > other.time || one.received > other.received + kAheadHolds;
  }
  const auto counted = [](const Seen& seen) {
    return std::min(seen.time, seen.received + kClockAhead);
  };
  return counted(one) > counted(other);
}

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

bool SeriesBook::note(model::SeriesId id, const Seen& seen) {
  Entry& entry = at(id);
  if (entry.latest == seen.time) return false;
  entry.latest = std::max(entry.latest.value_or(seen.time), seen.time);
  return becomes_newest(entry, seen);
}

std::optional<base::Time> SeriesBook::latest(model::SeriesId id) const {
  const auto place = static_cast<std::size_t>(number(id)) - 1;
  if (number(id) < 1 || place >= entries_.size()) return std::nullopt;
  return entries_[place].latest;
}

const std::optional<LastValue>& SeriesBook::newest(model::SeriesId id) const {
  static const std::optional<LastValue> kNone;
  const auto place = static_cast<std::size_t>(number(id)) - 1;
  return number(id) >= 1 && place < entries_.size() ? entries_[place].newest : kNone;
}

bool SeriesBook::becomes_newest(const Entry& entry, const Seen& seen) {
  if (entry.placed) return is_newer(seen, *entry.placed);
  if (!entry.newest) return true;
  return is_newer(seen, {entry.newest->sample.time, entry.newest->received});
}

Fate SeriesBook::place(model::SeriesId id, const Seen& seen, std::size_t row) {
  Entry& entry = at(id);
  const auto latest = entry.is_placed ? std::optional(entry.placed_latest) : entry.latest;
  if (latest == seen.time) return Fate::kDuplicate;
  if (!entry.is_placed) placed_.push_back(id);
  entry.is_placed = true;
  entry.placed_latest = std::max(latest.value_or(seen.time), seen.time);
  if (becomes_newest(entry, seen)) {
    entry.placed = seen;
    entry.placed_row = row;
  }
  return latest && seen.time < *latest ? Fate::kLate : Fate::kNew;
}

std::vector<SeriesBook::Placed> SeriesBook::placed() const {
  std::vector<Placed> rows;
  rows.reserve(placed_.size());
  for (const model::SeriesId id : placed_) {
    if (at(id).placed) rows.push_back({id, at(id).placed_row});
  }
  return rows;
}

void SeriesBook::set_newest(model::SeriesId id, LastValue value) {
  at(id).newest = std::move(value);
}

void SeriesBook::settle_placed() {
  for (const model::SeriesId id : placed_) at(id).latest = at(id).placed_latest;
  forget_placed();
}

void SeriesBook::forget_placed() {
  for (const model::SeriesId id : placed_) {
    if (static_cast<std::size_t>(number(id)) > entries_.size()) continue;
    at(id).is_placed = false;
    at(id).placed.reset();
  }
  placed_.clear();
}

}  // namespace millrace::store::duckdb
