#include "store/hot_index.h"

namespace millrace::store {
namespace {

constexpr base::Time kForever = base::Time::max();

}  // namespace

HotIndex::Rows& HotIndex::of(model::SeriesId series) {
  const auto place = static_cast<std::size_t>(number(series));
  if (place >= by_series_.size()) by_series_.resize(place + 1);
  if (!by_series_[place]) by_series_[place] = std::make_unique<Rows>();
  return *by_series_[place];
}

const HotIndex::Rows* HotIndex::find(model::SeriesId series) const {
  const auto place = static_cast<std::size_t>(number(series));
  return place < by_series_.size() ? by_series_[place].get() : nullptr;
}

void HotIndex::add(model::SeriesId series, base::Time time, const Reading& one) {
  Rows& mine = of(series);
  if (is_given_up_) return mine.disturbed.add({floor_to(time, kMinute), kForever});
  const std::size_t before = mine.trail.bytes();
  mine.trail.add(time, one);
  bytes_ += mine.trail.bytes() - before;
  if (bytes_ > bytes_max_) give_up();
}

void HotIndex::disturb(model::SeriesId series, base::Time time) {
  const base::Time minute = floor_to(time, kMinute);
  of(series).disturbed.add({minute, minute + kMinute});
}

Trail HotIndex::trail(model::SeriesId series, const TimeRange& range) const {
  const Rows* mine = find(series);
  return mine ? mine->trail.part(range) : Trail();
}

TimeRanges HotIndex::disturbed(model::SeriesId series) const {
  const Rows* mine = find(series);
  return mine ? mine->disturbed : TimeRanges();
}

void HotIndex::give_up() {
  is_given_up_ = true;
  bytes_ = 0;
  for (const auto& series : by_series_) {
    if (!series || series->trail.is_empty()) continue;
    series->disturbed.add({floor_to(series->trail.first(), kMinute), kForever});
    series->trail = {};
  }
}

}  // namespace millrace::store
