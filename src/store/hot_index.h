#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "model/ids.h"
#include "store/rollup.h"
#include "store/time_ranges.h"

namespace millrace::store {

/// One-minute roll-ups of the rows of one hot table, in memory, so that a chart of today does not
/// scan unsorted rows. It holds exactly what the table holds and is made again from it at start:
/// there is nothing to recover.
///
/// A row that is newer than all rows of its series goes into its minute. Any other (late, or a
/// duplicate) makes its minute *disturbed*: whoever reads it goes to the rows themselves. Series
/// whose minutes hold few rows are given up when memory runs out; all their rows are then
/// disturbed.
///
/// One writer; readers share a lock with it that its owner keeps.
class HotIndex {
 public:
  /// At most so many minutes are kept, of about 120 bytes each.
  explicit HotIndex(std::size_t minutes_max = 400'000) : minutes_max_(minutes_max) {}

  /// A row newer than every row of its series.
  void add(model::SeriesId series, base::Time time, const Reading& one);
  /// Any other row.
  void disturb(model::SeriesId series, base::Time time);

  /// Minutes of the series in [range.from, range.to), in order; disturbed ones may be among them.
  std::vector<Rollup> minutes(model::SeriesId series, const TimeRange& range) const;
  TimeRanges disturbed(model::SeriesId series) const;
  /// Time of the first row that is in a minute.
  std::optional<base::Time> first(model::SeriesId series) const;
  std::size_t minute_count() const { return minute_count_; }

 private:
  struct Minutes {
    std::vector<Rollup> minutes;
    TimeRanges disturbed;
    std::uint64_t rows = 0;
    bool is_given_up = false;
  };

  Minutes& of(model::SeriesId series);
  const Minutes* find(model::SeriesId series) const;
  void give_up(Minutes& series);
  void make_room();

  std::size_t minutes_max_;
  std::size_t minute_count_ = 0;
  std::vector<std::unique_ptr<Minutes>> by_series_;  // place = id
};

inline constexpr base::Duration kMinute{60'000'000};
inline constexpr base::Duration kHour{3'600'000'000};

}  // namespace millrace::store
