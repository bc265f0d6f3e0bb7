#include "store/hot_index.h"

#include <algorithm>

namespace millrace::store {
namespace {

/// Below so many rows a minute reading the rows themselves is as good.
constexpr std::uint64_t kRowsPerMinuteMin = 4;
constexpr base::Time kForever = base::Time::max();

}  // namespace

HotIndex::Minutes& HotIndex::of(model::SeriesId series) {
  const auto place = static_cast<std::size_t>(number(series));
  if (place >= by_series_.size()) by_series_.resize(place + 1);
  if (!by_series_[place]) by_series_[place] = std::make_unique<Minutes>();
  return *by_series_[place];
}

const HotIndex::Minutes* HotIndex::find(model::SeriesId series) const {
  const auto place = static_cast<std::size_t>(number(series));
  return place < by_series_.size() ? by_series_[place].get() : nullptr;
}

void HotIndex::add(model::SeriesId series, base::Time time, const Reading& one) {
  Minutes& mine = of(series);
  if (mine.is_given_up) return mine.disturbed.add({floor_to(time, kMinute), kForever});
  ++mine.rows;
  const base::Time minute = floor_to(time, kMinute);
  if (mine.minutes.empty() || mine.minutes.back().head < minute) {
    mine.minutes.emplace_back();
    ++minute_count_;
  }
  mine.minutes.back().add(time, one);
  if (minute_count_ > minutes_max_) make_room();
}

void HotIndex::disturb(model::SeriesId series, base::Time time) {
  const base::Time minute = floor_to(time, kMinute);
  of(series).disturbed.add({minute, minute + kMinute});
}

std::vector<Rollup> HotIndex::minutes(model::SeriesId series, const TimeRange& range) const {
  const Minutes* mine = find(series);
  if (!mine) return {};
  const auto first = std::ranges::lower_bound(mine->minutes, range.from, {}, &Rollup::head);
  const auto last = std::ranges::lower_bound(mine->minutes, range.to, {}, &Rollup::head);
  return first < last ? std::vector<Rollup>(first, last) : std::vector<Rollup>();
}

TimeRanges HotIndex::disturbed(model::SeriesId series) const {
  const Minutes* mine = find(series);
  return mine ? mine->disturbed : TimeRanges();
}

std::optional<base::Time> HotIndex::first(model::SeriesId series) const {
  const Minutes* mine = find(series);
  if (!mine || mine->minutes.empty()) return std::nullopt;
  return mine->minutes.front().head;
}

void HotIndex::give_up(Minutes& series) {
  if (series.minutes.empty()) return;
  series.disturbed.add({floor_to(series.minutes.front().head, kMinute), kForever});
  minute_count_ -= series.minutes.size();
  series.minutes = {};
  series.is_given_up = true;
}

void HotIndex::make_room() {
  for (const auto& series : by_series_) {
    if (series && series->rows < kRowsPerMinuteMin * series->minutes.size()) give_up(*series);
  }
  if (minute_count_ <= minutes_max_ / 4 * 3) return;
  for (const auto& series : by_series_) {
    if (series) give_up(*series);
  }
}

}  // namespace millrace::store
