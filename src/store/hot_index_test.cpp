#include "store/hot_index.h"

#include <gtest/gtest.h>

namespace millrace::store {
namespace {

constexpr model::SeriesId kSeries{3};
constexpr TimeRange kAll{base::Time::min(), base::Time::max()};

base::Time second(std::int64_t seconds) { return base::Time(base::Duration(seconds * 1'000'000)); }
Reading good(double value) { return {value, true, false}; }

TEST(HotIndexTest, rows_of_a_minute_become_one_rollup) {
  HotIndex index;
  for (int i = 0; i < 180; ++i) index.add(kSeries, second(i), good(i));
  const auto minutes = index.minutes(kSeries, kAll);
  ASSERT_EQ(minutes.size(), 3U);
  EXPECT_EQ(minutes[1].samples, 60U);
  EXPECT_EQ(minutes[1].first, 60);
  EXPECT_EQ(index.minutes(kSeries, {second(60), second(120)}).size(), 1U);
}

TEST(HotIndexTest, a_late_row_disturbs_its_minute_and_no_other) {
  HotIndex index;
  index.add(kSeries, second(100), good(1));
  index.disturb(kSeries, second(7));
  EXPECT_TRUE(index.disturbed(kSeries).holds(second(0)));
  EXPECT_TRUE(index.disturbed(kSeries).holds(second(59)));
  EXPECT_FALSE(index.disturbed(kSeries).holds(second(60)));
  EXPECT_TRUE(index.disturbed(model::SeriesId(4)).is_empty());
}

TEST(HotIndexTest, when_memory_runs_out_sparse_series_are_given_up_first) {
  HotIndex index(1000);
  constexpr model::SeriesId kDense{1}, kSparse{2};
  for (int i = 0; i < 6000; ++i) index.add(kDense, second(i), good(i));
  for (int i = 0; i < 2000; ++i) index.add(kSparse, second(i * 60), good(i));
  EXPECT_LE(index.minute_count(), 1000U);
  EXPECT_EQ(index.minutes(kDense, kAll).size(), 100U);
  EXPECT_TRUE(index.minutes(kSparse, kAll).empty());
  EXPECT_TRUE(index.disturbed(kSparse).holds(second(0)));
  EXPECT_TRUE(index.disturbed(kSparse).holds(second(1999 * 60)));
}

}  // namespace
}  // namespace millrace::store
