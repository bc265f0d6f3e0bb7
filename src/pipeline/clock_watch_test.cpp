#include "pipeline/clock_watch.h"

#include <gtest/gtest.h>

namespace millrace::pipeline {
namespace {

using namespace std::chrono_literals;

constexpr base::Time kWatchStart{std::chrono::seconds(1'800'000'000)};

TEST(ClockWatch, TenSamplesEquallyFarFromTheirArrivalAreSteady) {
  for (const base::Duration behind : {base::Duration(4min), base::Duration(-1h)}) {
    ClockWatch watch;
    for (int i = 0; i < 10; ++i) {
      EXPECT_FALSE(watch.is_steady()) << i;
      const base::Time time = kWatchStart + i * 1s;
      watch.take(time, time + behind + (i % 2) * 80ms);
    }
    EXPECT_TRUE(watch.is_steady());
    EXPECT_EQ(watch.behind(), behind);
    EXPECT_EQ(watch.before(), kWatchStart + 8s);
  }
}

TEST(ClockWatch, ABacklogIsNotSteadyHoweverFastItIsSent) {
  for (const int speed : {2, 5, 1000}) {
    ClockWatch watch;
    base::Time arrived = kWatchStart + 1h;
    for (int i = 0; i < 3000; ++i) {
      arrived += base::Duration(1s) / speed;
      const base::Time time = kWatchStart + i * 1s;
      if (time > arrived) break;
      watch.take(time, arrived);
      EXPECT_FALSE(watch.is_steady()) << speed << " " << i;
    }
  }
}

TEST(ClockWatch, SamplesThatComeInPacketsAreSteadyOnceSeveralPacketsAre) {
  ClockWatch watch;
  for (int i = 0; i < 60; ++i) {
    watch.take(kWatchStart + i * 1s, kWatchStart + 4min + (i / 5 * 5 + 4) * 1s);
    if (i < 40) {
      EXPECT_FALSE(watch.is_steady()) << i;
    }
  }
  EXPECT_TRUE(watch.is_steady());
  EXPECT_EQ(watch.behind(), 4min);
}

TEST(ClockWatch, AStepOfTheClockBeginsANewRun) {
  ClockWatch watch;
  for (int i = 0; i < 20; ++i) watch.take(kWatchStart + i * 1s, kWatchStart + i * 1s);
  EXPECT_TRUE(watch.is_steady());
  watch.take(kWatchStart - 1h, kWatchStart + 20s);
  EXPECT_FALSE(watch.is_steady());
  EXPECT_EQ(watch.behind(), 1h + 20s);
}

}  // namespace
}  // namespace millrace::pipeline
