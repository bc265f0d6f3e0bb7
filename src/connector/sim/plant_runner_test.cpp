#include "connector/sim/plant_runner.h"

#include <gtest/gtest.h>

#include "base/time_text.h"
#include "net/mqtt_fixture.h"

namespace millrace::sim {
namespace {

using namespace std::chrono_literals;
using net::eventually;

const base::Time kStart = *base::parse_time("2026-03-04T10:00:00Z");

PlantOptions runner_options() {
  PlantOptions made;
  made.seed = 7;
  made.start = kStart;
  made.speed = 60.0;
  return made;
}

Plant building(PlantOptions with) {
  auto plant = make_building_plant(std::move(with));
  EXPECT_TRUE(plant) << plant.error().what;
  return *std::move(plant);
}

/// What the callback was given.
class Record {
 public:
  PlantRunner::OnReadings callback() {
    return [this](base::Time at, std::span<const PlantReading> readings) {
      const std::lock_guard lock(mutex_);
      times_.push_back(at);
      for (const PlantReading& reading : readings) {
        names_.push_back(reading.thing->name + "/" + reading.property->name);
        samples_.push_back(*reading.sample);
      }
    };
  }
  std::size_t ticks() const {
    const std::lock_guard lock(mutex_);
    return times_.size();
  }
  std::vector<base::Time> times() const {
    const std::lock_guard lock(mutex_);
    return times_;
  }
  std::vector<std::string> names() const {
    const std::lock_guard lock(mutex_);
    return names_;
  }
  std::vector<model::Sample> samples() const {
    const std::lock_guard lock(mutex_);
    return samples_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<base::Time> times_;
  std::vector<std::string> names_;
  std::vector<model::Sample> samples_;
};

PlantRunnerOptions quick(std::filesystem::path truth = {}) {
  return {.truth = std::move(truth), .turn = 1ms};
}

TEST(PlantRunner, GivesTheReadingsThatThePlantAloneGivesHoweverTheClockMoves) {
  base::ManualClock clock(kStart);
  PlantRunner runner(building(runner_options()), quick(), clock);
  Record record;
  ASSERT_TRUE(runner.start(record.callback()));
  for (int i = 0; i < 150; ++i) {
    clock.advance(33ms);
    if (i % 10 == 0) std::this_thread::sleep_for(3ms);
  }
  ASSERT_TRUE(eventually([&] { return record.ticks() == 49; }));  // 4.95 s
  std::this_thread::sleep_for(30ms);
  runner.stop();
  std::vector<model::Sample> alone;
  Plant plant = building(runner_options());
  plant.step(4950ms, [&](base::Time, std::span<const SimReading> readings) {
    for (const SimReading& reading : readings) alone.push_back(reading.sample);
  });
  EXPECT_EQ(record.samples(), alone);
  EXPECT_EQ(record.samples().size(), 49U * 8U);
  EXPECT_EQ(record.times().back(), kStart + 4900ms);
  EXPECT_EQ(record.names()[1], "building-1/zone_temperature");
  ASSERT_EQ(runner.latest().size(), 8U);
  EXPECT_EQ(runner.latest()[7].sample, alone.back());
}

TEST(PlantRunner, WritesEachFaultOnceAsItBegins) {
  PlantOptions with = runner_options();
  with.script = {
      {kStart + 1s, kStart + 2s, "building-1", "power", FaultKind::kJump, 0.5},
      {kStart + 3s, kStart + 5s, "building-1", "zone_temperature", FaultKind::kDropout, 1.0}};
  const auto truth = net::scratch("truth") / "deep" / "truth.jsonl";
  base::ManualClock clock(kStart);
  PlantRunner runner(building(with), quick(truth), clock);
  Record record;
  ASSERT_TRUE(runner.start(record.callback()));
  clock.advance(2s);
  ASSERT_TRUE(eventually([&] { return record.ticks() == 20; }));
  EXPECT_EQ(*base::read_file(truth), to_json_line(with.script[0]) + "\n");
  clock.advance(4s);
  ASSERT_TRUE(eventually([&] { return record.ticks() == 60; }));
  runner.stop();
  EXPECT_EQ(*base::read_file(truth),
            to_json_line(with.script[0]) + "\n" + to_json_line(with.script[1]) + "\n");
}

TEST(PlantRunner, AfterALongSleepOldTicksAreNotGivenAndTimeIsRight) {
  base::ManualClock clock(kStart);
  PlantRunner runner(building(runner_options()), quick(), clock);
  Record record;
  ASSERT_TRUE(runner.start(record.callback()));
  clock.advance(60s);
  ASSERT_TRUE(eventually([&] { return record.ticks() == 101; }, 30s));
  runner.stop();
  EXPECT_EQ(record.times().front(), kStart + 50s);
  EXPECT_EQ(record.times().back(), kStart + 60s);
}

TEST(PlantRunner, AClockSetBackMakesItWaitAndStampsStillRise) {
  base::ManualClock clock(kStart);
  PlantRunner runner(building(runner_options()), quick(), clock);
  Record record;
  ASSERT_TRUE(runner.start(record.callback()));
  clock.advance(1s);
  ASSERT_TRUE(eventually([&] { return record.ticks() == 10; }));
  clock.set_wall(kStart);
  std::this_thread::sleep_for(20ms);
  EXPECT_EQ(record.ticks(), 10U);
  clock.set_wall(kStart + 2s);
  ASSERT_TRUE(eventually([&] { return record.ticks() == 20; }));
  runner.stop();
  const auto times = record.times();
  EXPECT_EQ(std::ranges::adjacent_find(times, std::ranges::greater_equal{}), times.end());
}

TEST(PlantRunner, ATruthFileThatCannotBeWrittenIsToldAtTheStart) {
  const base::ManualClock clock(kStart);
  PlantRunner runner(building(runner_options()), quick("/dev/null/truth.jsonl"), clock);
  EXPECT_FALSE(runner.start([](base::Time, std::span<const PlantReading>) {}));
}

}  // namespace
}  // namespace millrace::sim
