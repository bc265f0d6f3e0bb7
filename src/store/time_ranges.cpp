#include "store/time_ranges.h"

#include <algorithm>

namespace millrace::store {

base::Time floor_to(base::Time time, base::Duration unit) {
  const auto count = time.time_since_epoch().count(), step = unit.count();
  const auto rest = ((count % step) + step) % step;
  return base::Time(base::Duration(count - rest));
}

base::Time ceil_to(base::Time time, base::Duration unit) {
  const base::Time below = floor_to(time, unit);
  return below == time ? time : below + unit;
}

TimeRange intersection(const TimeRange& left, const TimeRange& right) {
  return {std::max(left.from, right.from), std::min(left.to, right.to)};
}

void TimeRanges::add(TimeRange range) {
  if (range.is_empty()) return;
  auto first = std::ranges::lower_bound(ranges_, range.from, {}, &TimeRange::to);
  auto last = first;
  while (last != ranges_.end() && last->from <= range.to) {
    range.from = std::min(range.from, last->from);
    range.to = std::max(range.to, last->to);
    ++last;
  }
  ranges_.insert(ranges_.erase(first, last), range);
  if (ranges_.size() > kRangesMax) close_smallest_gap();
}

void TimeRanges::add(const TimeRanges& other) {
  for (const TimeRange& range : other.ranges_) add(range);
}

std::size_t TimeRanges::position_of(base::Time time) const {
  const auto it = std::ranges::upper_bound(ranges_, time, {}, &TimeRange::from);
  if (it == ranges_.begin()) return 0;
  const auto before = std::prev(it);
  const auto place = static_cast<std::size_t>(before - ranges_.begin());
  return 2 * place + (before->holds(time) ? 1 : 2);
}

TimeRanges TimeRanges::widened(base::Duration unit, const TimeRange& within) const {
  TimeRanges wide;
  for (const TimeRange& range : ranges_) {
    const TimeRange inside = intersection(range, within);
    if (inside.is_empty()) continue;
    wide.add(intersection({floor_to(inside.from, unit), ceil_to(inside.to, unit)}, within));
  }
  return wide;
}

void TimeRanges::close_smallest_gap() {
  std::size_t smallest = 1;
  for (std::size_t i = 2; i < ranges_.size(); ++i) {
    const auto gap = ranges_[i].from - ranges_[i - 1].to;
    if (gap < ranges_[smallest].from - ranges_[smallest - 1].to) smallest = i;
  }
  ranges_[smallest - 1].to = ranges_[smallest].to;
  ranges_.erase(ranges_.begin() + static_cast<std::ptrdiff_t>(smallest));
}

}  // namespace millrace::store
