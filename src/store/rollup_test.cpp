#include "store/rollup.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"

namespace millrace::store {
namespace {

base::Time microsecond(std::int64_t microseconds) {
  return base::Time(base::Duration(microseconds));
}
Reading good_reading(double value) { return {value, true, false}; }
constexpr Reading kBad{7, false, true};

double average(const Rollup& rollup, const Held& before = {}) {
  return aggregate_of(rollup, Aggregate::kTimeWeightedAvg, microsecond(0), microsecond(100),
                      before);
}

TEST(RollupTest, a_value_holds_until_the_next_and_to_the_end_of_the_bucket) {
  Rollup rollup;
  rollup.add(microsecond(20), good_reading(1));
  rollup.add(microsecond(60), good_reading(3));
  EXPECT_DOUBLE_EQ(average(rollup), (1 * 40 + 3 * 40) / 80.0);
  EXPECT_DOUBLE_EQ(average(rollup, {5, true}), (5 * 20 + 1 * 40 + 3 * 40) / 100.0);
}

TEST(RollupTest, nothing_holds_behind_a_bad_sample) {
  Rollup rollup;
  rollup.add(microsecond(0), good_reading(1));
  rollup.add(microsecond(10), kBad);
  rollup.add(microsecond(90), good_reading(5));
  EXPECT_DOUBLE_EQ(average(rollup), (1 * 10 + 5 * 10) / 20.0);
  EXPECT_EQ(rollup.bad, 1U);
  EXPECT_EQ(rollup.samples, 2U);
}

TEST(RollupTest, a_bucket_of_bad_samples_has_counts_and_nothing_else) {
  Rollup rollup;
  rollup.add(microsecond(0), kBad);
  rollup.add(microsecond(1), kBad);
  EXPECT_TRUE(std::isnan(average(rollup, {5, true})));
  const auto value = [&](Aggregate a) {
    return aggregate_of(rollup, a, microsecond(0), microsecond(100), {});
  };
  EXPECT_EQ(value(Aggregate::kCount), 0);
  EXPECT_EQ(value(Aggregate::kBadCount), 2);
  EXPECT_TRUE(std::isnan(value(Aggregate::kMin)));
  EXPECT_TRUE(std::isnan(value(Aggregate::kLast)));
}

TEST(RollupTest, what_is_not_finite_or_not_there_is_not_usable_and_not_bad) {
  EXPECT_FALSE(reading(NAN, true, {}).is_usable);
  EXPECT_FALSE(reading(1, false, {}).is_usable);
  EXPECT_FALSE(reading(1, false, {}).is_bad);
  EXPECT_TRUE(reading(1, true, model::Quality().marked(model::Reason::kClock)).is_usable);
}

TEST(RollupTest, stretches_joined_in_any_grouping_equal_the_whole) {
  base::Random random(11);
  for (int round = 0; round < 200; ++round) {
    Rollup whole, joined, part;
    for (int i = 0; i < 40; ++i) {
      const Reading one =
          random.below(4) == 0 ? kBad : good_reading(std::floor(random.normal() * 100));
      whole.add(microsecond(i * 2), one);
      part.add(microsecond(i * 2), one);
      if (random.below(5) != 0 && i < 39) continue;
      joined.join(part);
      part = {};
    }
    EXPECT_EQ(joined.samples, whole.samples);
    EXPECT_EQ(joined.bad, whole.bad);
    EXPECT_EQ(joined.first, whole.first);
    EXPECT_EQ(joined.last, whole.last);
    EXPECT_EQ(joined.min, whole.min);
    EXPECT_EQ(joined.max, whole.max);
    EXPECT_EQ(joined.sum, whole.sum);
    EXPECT_EQ(joined.integral, whole.integral);
    EXPECT_EQ(joined.covered, whole.covered);
  }
}

}  // namespace
}  // namespace millrace::store
