#include "pipeline/unit_jump.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace millrace::pipeline {
namespace {

/// How many of `after` values are marked, once the watch has seen a steady level.
int marked(std::string_view unit, double level, double noise, auto mistake, int after = 50) {
  base::Random random(3);
  UnitJumpWatch watch(unit, 5);
  for (int i = 0; i < 100; ++i) {
    EXPECT_FALSE(watch.is_shifted(level + noise * (random.uniform() - 0.5)));
  }
  int count = 0;
  for (int i = 0; i < after; ++i) {
    count += watch.is_shifted(mistake(level + noise * (random.uniform() - 0.5))) ? 1 : 0;
  }
  return count;
}

TEST(UnitJump, IsConfirmedByFiveSamplesAndMarksFromThere) {
  EXPECT_EQ(marked("bar", 5, 0.1, [](double bar) { return bar * 100; }), 46);
  EXPECT_EQ(marked("psi", 60, 1, [](double psi) { return psi * 0.0689476; }), 46);
  EXPECT_EQ(marked("°C", 21, 0.3, [](double c) { return c * 1.8 + 32; }), 46);
  EXPECT_EQ(marked("°F", 70, 0.3, [](double f) { return (f - 32) / 1.8; }), 46);
  EXPECT_EQ(marked("m3/h", 40, 1, [](double flow) { return flow / 3.6; }), 46);
  EXPECT_EQ(marked("W", 3000, 60, [](double w) { return w / 1000; }), 46);
}

TEST(UnitJump, AShiftThatNoUnitExplainsIsNotOne) {
  EXPECT_EQ(marked("bar", 5, 0.1, [](double bar) { return bar * 2; }), 0);
  EXPECT_EQ(marked("°C", 21, 0.3, [](double c) { return c + 15; }), 0);
  EXPECT_EQ(marked("", 5, 0.1, [](double value) { return value * 0.5; }), 0);
}

TEST(UnitJump, NoiseAndZeroHaveNoLevelToJumpFrom) {
  EXPECT_EQ(marked("m3/h", 0, 0.1, [](double flow) { return flow + 10; }), 0);
  EXPECT_EQ(marked("m3/h", 1, 2, [](double flow) { return flow * 10; }), 0);
}

TEST(UnitJump, EndsWhenTheLevelIsBackAndWhenAThirdLevelStays) {
  UnitJumpWatch watch("bar", 3);
  for (int i = 0; i < 40; ++i) watch.is_shifted(5.0 + 0.01 * (i % 3));
  const auto feed = [&](double value, int times) {
    bool last = false;
    for (int i = 0; i < times; ++i) last = watch.is_shifted(value + 0.001 * i);
    return last;
  };
  EXPECT_FALSE(feed(500, 2));
  EXPECT_TRUE(feed(500, 1));
  EXPECT_FALSE(feed(5.0, 1));
  EXPECT_TRUE(feed(500, 10));
  EXPECT_FALSE(feed(80, 3));
}

TEST(UnitJump, ALevelWhereThePropertyHasBeenIsNoMistake) {
  UnitJumpWatch watch("m3/h", 3);
  const auto feed = [&](double value) {
    int count = 0;
    for (int i = 0; i < 40; ++i) count += watch.is_shifted(value + 0.01 * (i % 3)) ? 1 : 0;
    return count;
  };
  feed(50);
  feed(20);
  feed(4.9);
  EXPECT_EQ(feed(50), 0);
  EXPECT_EQ(feed(5), 0);
  EXPECT_GT(feed(5 * 1000), 30);
}

}  // namespace
}  // namespace millrace::pipeline
