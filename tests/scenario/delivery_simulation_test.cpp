// Exactly once, or on record as lost: both halves of delivery under simulated loss, repetition,
// reordering, kills, failing commits, restores, evictions. A failing run prints its seed.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>

#include "scenario/delivery_world.h"

namespace millrace::scenario {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kRuns = 1000;

Weather weather_of(std::uint64_t seed) {
  Weather weather;
  if (seed % 4 == 1) weather.spool_cap = 40;  // evicts
  if (seed % 4 == 2) weather.loss = 0.3;
  if (seed % 4 == 3) weather.commit_fails = 0.5;
  if (seed % 3 == 0) weather.fresh_max = 10;
  return weather;
}

Verdict run_once(std::uint64_t seed, const Weather& weather) {
  DeliveryWorld world(seed, weather);
  world.run(30s, 5 + static_cast<double>(seed % 20));
  world.put(100);  // more than the window
  world.run(30s, 5 + static_cast<double>(seed % 20));
  world.calm_down(10min);
  return world.verdict();
}

TEST(Delivery, StoresEverySpooledBatchOnceOrRecordsItsLoss) {
  std::uint64_t put = 0, stored = 0, lost = 0;
  for (std::uint64_t seed = 1; seed <= kRuns; ++seed) {
    const Verdict verdict = run_once(seed, weather_of(seed));
    ASSERT_EQ(verdict.problem, "") << "seed " << seed;
    ASSERT_LT(verdict.messages, verdict.put * 12 + 2000) << "somebody loops; seed " << seed;
    put += verdict.put;
    stored += verdict.stored;
    lost += verdict.lost;
  }
  std::printf("%lu runs: %lu batches put, %lu stored, %lu on record as lost\n", kRuns, put, stored,
              lost);
  EXPECT_GT(lost, 0U);  // evictions and restores did happen
}

TEST(Delivery, ANewSpoolAndAnOldDiskImageAreRecognised) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Weather weather;
    weather.reinstall = seed % 2 ? 0.002 : 0;
    weather.roll_back = seed % 2 ? 0 : 0.002;
    const Verdict verdict = run_once(seed, weather);
    ASSERT_EQ(verdict.problem, "") << "seed " << seed;
    ASSERT_LT(verdict.messages, verdict.put * 12 + 2000) << "somebody loops; seed " << seed;
  }
}

TEST(Delivery, ARestoredHubGetsWhatItForgot) {
  DeliveryWorld world(7, {.restore = 0});
  world.run(30s, 20);
  world.back_up_hub();
  world.run(60s, 20);
  world.restore_hub();
  world.run(10s, 20);
  world.calm_down(10min);
  const Verdict verdict = world.verdict();
  EXPECT_EQ(verdict.problem, "");
  EXPECT_EQ(verdict.lost, 0U);
  EXPECT_EQ(verdict.stored, verdict.put);
}

TEST(Delivery, LiveBatchesOvertakeAWeekOfBacklog) {
  DeliveryWorld world(3, {.loss = 0,
                          .duplication = 0,
                          .delay_max = 50ms,
                          .cut = 0,
                          .kill_edge = 0,
                          .kill_hub = 0,
                          .commit_fails = 0,
                          .restore = 0});
  world.cut_for(1000s);
  world.run(1000s, 19.9);  // as many batches as a slow edge makes in a week
  ASSERT_GT(world.backlog(), 15'000U);
  world.run(1s, 20);
  base::Duration worst{};
  for (int second = 0; second < 10; ++second) {  // each second a batch of each of 100 things
    const base::Time begin = world.now();
    world.put(100);
    while (world.unstored_since(begin) > 0 && world.now() < begin + 5s) world.run(50ms, 0);
    worst = std::max(worst, base::Duration(world.now() - begin));
    if (world.now() < begin + 1s) world.run(begin + 1s - world.now(), 0);
  }
  std::printf("100 live batches each second: the last one stored after %ld ms at worst\n",
              std::chrono::duration_cast<std::chrono::milliseconds>(worst).count());
  EXPECT_LE(worst, 1s);
  EXPECT_GT(world.backlog(), 10'000U);
  world.calm_down(1h);
  EXPECT_EQ(world.verdict().problem, "");
  EXPECT_EQ(world.verdict().lost, 0U);
}

TEST(Delivery, AnEdgeThatWasRolledBackLosesNoneOfItsNewBatches) {
  DeliveryWorld world(11, {.cut = 0, .kill_edge = 0, .kill_hub = 0, .restore = 0});
  world.run(10s, 20);
  world.back_up_edge();
  world.run(20s, 20);
  world.roll_back_edge();
  world.cut_for(60s);
  world.run(60s, 20);  // more than the hub has of the time after the image
  world.calm_down(10min);
  EXPECT_EQ(world.verdict().problem, "");
}

TEST(Delivery, AHubThatIsAwayDarkensNobodyElse) {
  DeliveryWorld world(13, {.loss = 0,
                           .duplication = 0,
                           .cut = 0,
                           .kill_edge = 0,
                           .kill_hub = 0,
                           .commit_fails = 0,
                           .restore = 0,
                           .serves_others = true});
  world.run(10s, 20);
  const base::Time left = world.now();
  const std::uint64_t stored = world.verdict().stored;
  world.hub_leaves_for(180s);
  world.put(100);
  world.run(30s, 20);  // on the connection that the hub had answered
  world.put(100);
  world.run(30s, 20);
  world.cut_for(1s);
  world.run(50s, 20);  // and on one that it never answered
  world.put(100);
  world.run(50s, 20);
  const base::Time lately = world.now() - 5s;
  EXPECT_EQ(world.unseen_by_others(left, left + 55s), 0U);
  EXPECT_EQ(world.unseen_by_others(left + 65s, lately), 0U);
  EXPECT_EQ(world.verdict().stored, stored);
  world.calm_down(10min);
  const Verdict verdict = world.verdict();
  EXPECT_EQ(verdict.problem, "");
  EXPECT_EQ(verdict.stored, verdict.put);
}

TEST(Delivery, WhatIsShownToOthersIsStoredOnceAllTheSame) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Weather weather = weather_of(seed);
    weather.hub_leaves = 0.003;
    weather.serves_others = true;
    if (seed % 4 == 0) weather.roll_back = 0.002;
    const Verdict verdict = run_once(seed, weather);
    ASSERT_EQ(verdict.problem, "") << "seed " << seed;
    ASSERT_LT(verdict.messages, verdict.put * 13 + 2000) << "somebody loops; seed " << seed;
  }
}

TEST(Delivery, AnEdgeThatWaitsForItsHubShowsNothingMeanwhile) {
  DeliveryWorld world(17, {.loss = 0, .cut = 0, .kill_edge = 0, .kill_hub = 0, .restore = 0});
  world.hub_leaves_for(30s);
  const base::Time start = world.now();
  world.run(30s, 20);
  EXPECT_GT(world.unseen_by_others(start, world.now()), 400U);
}

TEST(Delivery, HoldsOnTheRealSpool) {
  std::uint64_t put = 0, lost = 0;
  for (std::uint64_t seed = 1; seed <= 24; ++seed) {
    Weather weather = weather_of(seed);
    weather.spool_bytes = seed % 2 ? 128U << 10 : 16U << 20;
    weather.kill_edge = 0.01;
    if (seed % 3 == 0) weather.roll_back = 0.002;
    if (seed % 8 == 5) weather.reinstall = 0.002;
    DeliveryWorld world(seed, weather);
    world.run(30s, 20);
    world.calm_down(10min);
    const Verdict verdict = world.verdict();
    ASSERT_EQ(verdict.problem, "") << "seed " << seed;
    ASSERT_LT(verdict.messages, verdict.put * 12 + 2000) << "somebody loops; seed " << seed;
    put += verdict.put;
    lost += verdict.lost;
  }
  std::printf("on LMDB: %lu batches put, %lu on record as lost\n", put, lost);
  EXPECT_GT(lost, 0U);
}

TEST(Delivery, TheChecksNoticeAHubThatAcknowledgesBeforeItsCommit) {
  int noticed = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Weather weather = weather_of(3);
    weather.hub_acknowledges_too_early = true;
    if (!run_once(seed, weather).problem.empty()) ++noticed;
  }
  EXPECT_EQ(noticed, 20);
}

}  // namespace
}  // namespace millrace::scenario
