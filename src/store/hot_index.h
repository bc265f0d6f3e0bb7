#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "model/ids.h"
#include "store/rollup.h"
#include "store/time_ranges.h"
#include "store/trail.h"

namespace millrace::store {

/// The numeric rows of one hot table by series, in memory, so that a chart of today does not scan
/// unsorted rows. It holds what the table holds and is made again from it at start: there is
/// nothing to recover.
///
/// A row that is newer than all rows of its series goes into the series' trail. Any other (late, or
/// a duplicate) makes its minute *disturbed*: whoever reads it goes to the rows themselves. When
/// memory runs out everything is given up: all rows are then disturbed.
///
/// One writer; readers share a lock with it that its owner keeps.
class HotIndex {
 public:
  explicit HotIndex(std::size_t bytes_max = 96U << 20) : bytes_max_(bytes_max) {}

  /// A row newer than every row of its series.
  void add(model::SeriesId series, base::Time time, const Reading& one);
  /// Any other row.
  void disturb(model::SeriesId series, base::Time time);

  /// A copy of the rows of a series in `range`, and perhaps some more; disturbed minutes may be
  /// among them.
  Trail trail(model::SeriesId series, const TimeRange& range) const;
  TimeRanges disturbed(model::SeriesId series) const;
  std::size_t bytes() const { return bytes_; }

 private:
  struct Rows {
    Trail trail;
    TimeRanges disturbed;
  };

  Rows& of(model::SeriesId series);
  const Rows* find(model::SeriesId series) const;
  void give_up();

  std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  bool is_given_up_ = false;
  std::vector<std::unique_ptr<Rows>> by_series_;  // place = id
};

inline constexpr base::Duration kMinute{60'000'000};
inline constexpr base::Duration kHour{3'600'000'000};

}  // namespace millrace::store
