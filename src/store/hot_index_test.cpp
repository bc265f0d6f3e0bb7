#include "store/hot_index.h"

#include <gtest/gtest.h>

namespace millrace::store {
namespace {

constexpr model::SeriesId kHotSeries{3};
constexpr TimeRange kAll{base::Time::min(), base::Time::max()};

base::Time second(std::int64_t seconds) { return base::Time(base::Duration(seconds * 1'000'000)); }
Reading good(double value) { return {value, true, false}; }

std::size_t rows_in(const Trail& trail) {
  std::size_t rows = 0;
  trail.for_each(kAll, [&](base::Time, const Reading&) { ++rows; });
  return rows;
}

TEST(HotIndexTest, rows_are_found_by_series_and_time) {
  HotIndex index;
  for (int i = 0; i < 1000; ++i) index.add(kHotSeries, second(i), good(i));
  EXPECT_EQ(rows_in(index.trail(kHotSeries, kAll)), 1000U);
  std::vector<double> values;
  index.trail(kHotSeries, {second(500), second(503)})
      .for_each({second(500), second(503)},
                [&](base::Time, const Reading& one) { values.push_back(one.value); });
  EXPECT_EQ(values, (std::vector<double>{500, 501, 502}));
  EXPECT_TRUE(index.trail(model::SeriesId(4), kAll).is_empty());
}

TEST(HotIndexTest, a_late_row_disturbs_its_minute_and_no_other) {
  HotIndex index;
  index.add(kHotSeries, second(100), good(1));
  index.disturb(kHotSeries, second(7));
  EXPECT_TRUE(index.disturbed(kHotSeries).holds(second(0)));
  EXPECT_TRUE(index.disturbed(kHotSeries).holds(second(59)));
  EXPECT_FALSE(index.disturbed(kHotSeries).holds(second(60)));
  EXPECT_TRUE(index.disturbed(model::SeriesId(4)).is_empty());
}

TEST(HotIndexTest, when_memory_runs_out_all_rows_are_disturbed) {
  HotIndex index(5000);
  constexpr model::SeriesId kOther{1};
  for (int i = 0; i < 10'000; ++i) index.add(kHotSeries, second(i), good(i));
  index.add(kOther, second(10'000), good(1));
  EXPECT_LE(index.bytes(), 5000U);
  EXPECT_TRUE(index.trail(kHotSeries, kAll).is_empty());
  EXPECT_TRUE(index.disturbed(kHotSeries).holds(second(0)));
  EXPECT_TRUE(index.disturbed(kHotSeries).holds(second(9'999)));
  EXPECT_TRUE(index.disturbed(kOther).holds(second(10'000)));
}

}  // namespace
}  // namespace millrace::store
