#include "connector/sim/plant.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "base/time_text.h"
#include "model/name.h"

namespace millrace::sim {
namespace {

using namespace std::chrono_literals;

const base::Time kMidnight = *base::parse_time("2026-03-04T00:00:00Z");

PlantOptions options() {
  PlantOptions made;
  made.seed = 7;
  made.start = kMidnight;
  return made;
}

Plant pumps(PlantOptions with) {
  auto plant = make_pump_plant(std::move(with), 3);
  EXPECT_TRUE(plant) << plant.error().what;
  return *std::move(plant);
}

/// The samples of one property over a time.
std::vector<model::Sample> record(Plant& plant, base::Duration time, std::string_view thing,
                                  std::string_view property) {
  std::vector<model::Sample> samples;
  plant.step(time, [&](base::Time, std::span<const SimReading> readings) {
    for (const SimReading& reading : readings) {
      const ThingSpec& spec = plant.things()[reading.thing];
      if (spec.name == thing && spec.properties[reading.property].name == property) {
        samples.push_back(reading.sample);
      }
    }
  });
  return samples;
}

bool same(const model::Sample& a, const model::Sample& b) {
  const auto* x = std::get_if<double>(&a.value);
  const auto* y = std::get_if<double>(&b.value);
  if (x && y && std::isnan(*x) && std::isnan(*y)) return true;
  return a == b;
}

/// Every reading of a plant, for comparing.
std::vector<SimReading> everything(Plant plant, std::vector<base::Duration> steps) {
  std::vector<SimReading> all;
  for (const base::Duration step : steps) {
    plant.step(step, [&](base::Time, std::span<const SimReading> readings) {
      all.insert(all.end(), readings.begin(), readings.end());
    });
  }
  return all;
}

void expect_described(const ThingSpec& thing, const SimReading& reading) {
  const PropertySpec& property = thing.properties[reading.property];
  EXPECT_TRUE(model::is_name(thing.name) && model::is_name(property.name));
  EXPECT_EQ(model::type_of(reading.sample.value), property.type) << property.name;
  const bool is_number =
      property.type == model::ValueType::kF64 || property.type == model::ValueType::kI64;
  EXPECT_EQ(is_number && property.name != "cop", !property.unit.empty()) << property.name;
  if (property.type != model::ValueType::kF64) return;
  EXPECT_LE(property.low, std::get<double>(reading.sample.value)) << property.name;
  EXPECT_GE(property.high, std::get<double>(reading.sample.value)) << property.name;
}

TEST(Plant, EveryPropertyHasAValidNameItsTypeAUnitAndARange) {
  Plant line = pumps(options());
  Plant building = *make_building_plant(options());
  for (Plant* plant : {&line, &building}) {
    plant->step(100ms, [&](base::Time, std::span<const SimReading> readings) {
      EXPECT_GE(readings.size(), 8U);
      for (const SimReading& reading : readings) {
        expect_described(plant->things()[reading.thing], reading);
      }
    });
  }
}

TEST(Plant, TheSameSeedGivesBitIdenticalReadingsHoweverTimeIsCut) {
  PlantOptions with = options();
  with.faults_per_day = 2000.0;
  const auto once = everything(pumps(with), {60s});
  const auto pieces = everything(pumps(with), {1ms, 29999ms, 130ms, 29870ms});
  ASSERT_EQ(once.size(), 600U * 39U);
  ASSERT_EQ(once.size(), pieces.size());
  for (std::size_t i = 0; i < once.size(); ++i) {
    ASSERT_TRUE(same(once[i].sample, pieces[i].sample)) << i;
  }
}

TEST(Plant, AnotherSeedGivesOtherReadings) {
  PlantOptions other = options();
  other.seed = 8;
  const auto a = everything(pumps(options()), {1s});
  const auto b = everything(pumps(other), {1s});
  EXPECT_NE(a, b);
}

TEST(Plant, StampsFollowTheStepAndPhysicsRunsAtItsSpeed) {
  PlantOptions fast = options();
  fast.speed = 3600.0;
  fast.tick = 1s;
  Plant plant = pumps(fast);
  const auto hours = record(plant, 7s, "pump-2", "running_hours");
  ASSERT_EQ(hours.size(), 7U);
  EXPECT_EQ(hours.back().time, kMidnight + 7s);
  EXPECT_EQ(
      std::get<std::int64_t>(hours.back().value) - std::get<std::int64_t>(hours.front().value), 6);
}

TEST(Plant, OnePumpOfThreeRestsAndTheyTakeTurns) {
  PlantOptions fast = options();
  fast.speed = 3600.0;
  fast.tick = 1s;
  Plant plant = pumps(fast);
  std::map<std::string, int> resting;
  plant.step(24s, [&](base::Time, std::span<const SimReading> readings) {
    int running = 0;
    for (const SimReading& reading : readings) {
      const ThingSpec& thing = plant.things()[reading.thing];
      if (thing.properties[reading.property].name != "running") continue;
      running += std::get<bool>(reading.sample.value);
      resting[thing.name] += !std::get<bool>(reading.sample.value);
    }
    EXPECT_EQ(running, 2);
  });
  for (const auto& [name, hours] : resting) EXPECT_EQ(hours, 8) << name;
}

/// A fault of a sensor against the same plant without it: differs inside the interval, and is
/// identical outside it and everywhere else.
void expect_only_inside(FaultKind kind, double differing_share) {
  PlantOptions with = options();
  const Fault fault{kMidnight + 10s, kMidnight + 20s, "pump-2", "vibration", kind, 0.8};
  with.script = {fault};
  const auto healthy = everything(pumps(options()), {40s});
  Plant faulty_plant = pumps(with);
  const auto vibration = find_property(faulty_plant.things()[1], "vibration");
  const auto faulty = everything(std::move(faulty_plant), {40s});
  ASSERT_EQ(healthy.size(), faulty.size());
  int inside = 0, differing = 0;
  for (std::size_t i = 0; i < healthy.size(); ++i) {
    const bool is_target = faulty[i].thing == 1 && faulty[i].property == vibration;
    if (is_target && fault.is_active(faulty[i].sample.time)) {
      ++inside;
      differing += !same(healthy[i].sample, faulty[i].sample);
    } else {
      ASSERT_TRUE(same(healthy[i].sample, faulty[i].sample)) << text(kind) << " " << i;
    }
  }
  EXPECT_EQ(inside, 100);
  EXPECT_GE(differing, inside * differing_share) << text(kind);
}

TEST(Faults, OfASensorShowInExactlyTheLoggedIntervalAndOnlyThere) {
  expect_only_inside(FaultKind::kFlatLine, 0.95);
  expect_only_inside(FaultKind::kJump, 1.0);
  expect_only_inside(FaultKind::kNoiseBurst, 0.9);
  expect_only_inside(FaultKind::kNotANumber, 1.0);
  expect_only_inside(FaultKind::kDropout, 1.0);
}

std::vector<model::Sample> faulty_series(FaultKind kind) {
  PlantOptions with = options();
  with.script = {{kMidnight + 1s, kMidnight + 3s, "pump-2", "vibration", kind, 0.8}};
  Plant plant = pumps(with);
  return record(plant, 4s, "pump-2", "vibration");
}

TEST(Faults, OfASensorLookAsTheyAreCalled) {
  const auto flat = faulty_series(FaultKind::kFlatLine);
  for (std::size_t i = 9; i < 29; ++i) EXPECT_EQ(flat[i].value, flat[8].value) << i;
  const auto nan = faulty_series(FaultKind::kNotANumber);
  EXPECT_TRUE(std::isnan(std::get<double>(nan[15].value)));
  EXPECT_TRUE(nan[15].quality.is_good());
  const auto dropout = faulty_series(FaultKind::kDropout);
  EXPECT_TRUE(std::holds_alternative<std::monostate>(dropout[15].value));
  EXPECT_TRUE(dropout[15].quality.is_bad());
  EXPECT_EQ(dropout[15].quality.to_opcua(), 0x80310000U);
  const auto jump = faulty_series(FaultKind::kJump);
  EXPECT_NEAR(std::get<double>(jump[15].value) - std::get<double>(jump[5].value), 4.0, 0.6);
}

TEST(Faults, OfAMachineChangeNothingBeforeTheyBeginAndHealAfterTheyEnd) {
  PlantOptions with = options();
  const Fault fault{kMidnight + 30s, kMidnight + 60s,          "pump-2",
                    "flow",          FaultKind::kBlockedValve, 0.6};
  with.script = {fault};
  Plant a = pumps(options()), b = pumps(with);
  const auto healthy = record(a, 120s, "pump-2", "flow");
  const auto faulty = record(b, 120s, "pump-2", "flow");
  for (std::size_t i = 0; i < healthy.size(); ++i) {
    const double difference =
        std::get<double>(healthy[i].value) - std::get<double>(faulty[i].value);
    const bool is_before = faulty[i].time < fault.start;
    const bool is_after = faulty[i].time >= fault.end + 10s;
    EXPECT_TRUE(!is_before || difference == 0.0) << i;
    EXPECT_TRUE(!fault.is_active(faulty[i].time) || difference > 10.0) << i;
    EXPECT_TRUE(!is_after || std::abs(difference) < 0.05) << i;
  }
}

TEST(Faults, AreInTheTruthOnceEachAsTheyBegin) {
  PlantOptions with = options();
  with.script = {{kMidnight + 1s, kMidnight + 2s, "pump-1", "flow", FaultKind::kJump, 0.5},
                 {kMidnight + 5s, kMidnight + 9s, "pump-3", "flow", FaultKind::kDropout, 1.0}};
  Plant plant = pumps(with);
  plant.step(3s, [](auto, auto) {});
  EXPECT_EQ(plant.take_truth(), std::vector{with.script[0]});
  EXPECT_TRUE(plant.take_truth().empty());
  plant.step(3s, [](auto, auto) {});
  EXPECT_EQ(plant.take_truth(), std::vector{with.script[1]});
}

TEST(Faults, DrawnAtRandomCoverEveryKindOfAPumpAndNeverOverlap) {
  PlantOptions with = options();
  with.tick = 1s;
  with.speed = 10.0;
  with.faults_per_day = 1800.0;
  Plant plant = pumps(with);
  plant.step(5h, [](auto, auto) {});
  const std::vector<Fault> truth = plant.take_truth();
  std::set<FaultKind> kinds;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    kinds.insert(truth[i].kind);
    for (std::size_t j = 0; j < i; ++j) {
      const bool same_target =
          truth[i].thing == truth[j].thing && truth[i].property == truth[j].property;
      EXPECT_FALSE(same_target && truth[i].start < truth[j].end);
    }
  }
  EXPECT_EQ(kinds.size(), 8U) << "all but hvac_failure";
  EXPECT_GT(truth.size(), 500U);
}

TEST(Faults, AreOneLineOfJsonEach) {
  const Fault fault{kMidnight, kMidnight + 1500ms, "pump-1", "flow", FaultKind::kJump, 0.5};
  EXPECT_EQ(to_json_line(fault),
            R"({"start":"2026-03-04T00:00:00Z","end":"2026-03-04T00:00:01.500Z",)"
            R"("thing":"pump-1","property":"flow","kind":"jump","severity":0.50})");
}

TEST(Plant, RefusesFaultsThatCannotBe) {
  const Fault good{kMidnight + 1s, kMidnight + 2s, "pump-1", "flow", FaultKind::kJump, 0.5};
  const auto refuses = [&](auto change) {
    PlantOptions with = options();
    with.script = {good};
    change(with);
    const auto plant = make_pump_plant(with);
    return !plant && plant.error().code == base::ErrorCode::kInvalid;
  };
  EXPECT_TRUE(refuses([](PlantOptions& o) { o.script[0].thing = "pump-9"; }));
  EXPECT_TRUE(refuses([](PlantOptions& o) { o.script[0].property = "colour"; }));
  EXPECT_TRUE(refuses([](PlantOptions& o) { o.script[0].end = o.script[0].start; }));
  EXPECT_TRUE(refuses([](PlantOptions& o) { o.script[0].severity = 2.0; }));
  EXPECT_TRUE(refuses([](PlantOptions& o) { o.script.push_back(o.script[0]); }));
  EXPECT_TRUE(refuses([](PlantOptions& o) { o.speed = std::nan(""); }));
  EXPECT_TRUE(refuses([](PlantOptions& o) { o.tick = 0s; }));
  EXPECT_FALSE(refuses([](PlantOptions&) {}));
}

}  // namespace
}  // namespace millrace::sim
