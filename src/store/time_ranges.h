#pragma once

#include <vector>

#include "base/clock.h"

namespace millrace::store {

/// [from, to).
struct TimeRange {
  base::Time from;
  base::Time to;
  bool operator==(const TimeRange&) const = default;
  bool is_empty() const { return from >= to; }
  bool holds(base::Time time) const { return time >= from && time < to; }
};

/// The nearest multiple of `unit` at or below a time, and at or above it.
base::Time floor_to(base::Time time, base::Duration unit);
base::Time ceil_to(base::Time time, base::Duration unit);

TimeRange intersection(const TimeRange& left, const TimeRange& right);

/// Disjoint, non-touching ranges in order. It never holds more than kRangesMax: then near ones grow
/// together, so that it covers more than was added, never less.
class TimeRanges {
 public:
  static constexpr std::size_t kRangesMax = 64;

  void add(TimeRange range);
  void add(const TimeRanges& other);
  bool holds(base::Time time) const { return position_of(time) % 2 == 1; }
  /// Rises by one at each border: even outside of all ranges, odd inside one. Times with one
  /// position have no border between them.
  std::size_t position_of(base::Time time) const;
  const std::vector<TimeRange>& ranges() const { return ranges_; }
  bool is_empty() const { return ranges_.empty(); }
  /// The same with borders on multiples of `unit`, cut to `within`.
  TimeRanges widened(base::Duration unit, const TimeRange& within) const;
  /// From the first border to the last; the ranges must not be empty.
  TimeRange hull() const { return {ranges_.front().from, ranges_.back().to}; }

 private:
  void close_smallest_gap();
  std::vector<TimeRange> ranges_;
};

}  // namespace millrace::store
