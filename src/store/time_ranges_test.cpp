#include "store/time_ranges.h"

#include <gtest/gtest.h>

#include <set>

#include "base/random.h"

namespace millrace::store {
namespace {

base::Time microsecond_at(std::int64_t microseconds) {
  return base::Time(base::Duration(microseconds));
}

TEST(TimeRangesTest, ranges_that_touch_become_one) {
  TimeRanges ranges;
  ranges.add({microsecond_at(10), microsecond_at(20)});
  ranges.add({microsecond_at(30), microsecond_at(40)});
  ranges.add({microsecond_at(20), microsecond_at(30)});
  EXPECT_EQ(ranges.ranges(), (std::vector<TimeRange>{{microsecond_at(10), microsecond_at(40)}}));
}

TEST(TimeRangesTest, it_holds_what_a_set_of_points_holds) {
  base::Random random(3);
  TimeRanges ranges;
  std::set<std::int64_t> points;
  for (int i = 0; i < 30; ++i) {
    const auto from = static_cast<std::int64_t>(random.below(300));
    const auto to = from + static_cast<std::int64_t>(random.below(12));
    ranges.add({microsecond_at(from), microsecond_at(to)});
    for (auto point = from; point < to; ++point) points.insert(point);
  }
  for (std::int64_t point = -5; point < 320; ++point) {
    EXPECT_EQ(ranges.holds(microsecond_at(point)), points.contains(point)) << point;
  }
}

TEST(TimeRangesTest, a_position_changes_at_each_border_and_nowhere_else) {
  TimeRanges ranges;
  ranges.add({microsecond_at(10), microsecond_at(20)});
  ranges.add({microsecond_at(30), microsecond_at(40)});
  EXPECT_EQ(ranges.position_of(microsecond_at(9)), 0U);
  EXPECT_EQ(ranges.position_of(microsecond_at(10)), 1U);
  EXPECT_EQ(ranges.position_of(microsecond_at(19)), 1U);
  EXPECT_EQ(ranges.position_of(microsecond_at(20)), 2U);
  EXPECT_EQ(ranges.position_of(microsecond_at(30)), 3U);
  EXPECT_EQ(ranges.position_of(microsecond_at(40)), 4U);
}

TEST(TimeRangesTest, more_ranges_than_it_may_hold_cover_more_and_never_less) {
  TimeRanges ranges;
  for (int i = 0; i < 1000; ++i)
    ranges.add({microsecond_at(i * 100), microsecond_at(i * 100 + 10)});
  EXPECT_LE(ranges.ranges().size(), TimeRanges::kRangesMax);
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(ranges.holds(microsecond_at(i * 100 + 5)));
}

TEST(TimeRangesTest, widening_goes_to_multiples_of_the_unit_and_stays_within) {
  TimeRanges ranges;
  ranges.add({microsecond_at(-7), microsecond_at(3)});
  ranges.add({microsecond_at(25), microsecond_at(26)});
  const auto wide = ranges.widened(base::Duration(10), {microsecond_at(-100), microsecond_at(28)});
  EXPECT_EQ(wide.ranges(), (std::vector<TimeRange>{{microsecond_at(-10), microsecond_at(10)},
                                                   {microsecond_at(20), microsecond_at(28)}}));
}

}  // namespace
}  // namespace millrace::store
