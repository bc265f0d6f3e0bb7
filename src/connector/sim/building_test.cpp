#include "connector/sim/building.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/time_text.h"
#include "connector/sim/plant.h"

namespace millrace::sim {
namespace {

using namespace std::chrono_literals;

base::Time at(const char* text) { return *base::parse_time(text); }

TEST(Building, TheZoneCoolsWithItsTimeConstant) {
  const BuildingRating rating;
  BuildingState state;
  state.zone = 28.0;
  BuildingDrive drive;
  drive.outdoor = 18.0;
  const double end = drive.outdoor + rating.base_load / rating.loss;
  const double tau_seconds = rating.capacity / rating.loss * 3600.0;
  for (int i = 0; i < 1000; ++i) {
    drive.seconds = tau_seconds / 1000.0;
    state = step_building(rating, state, drive);
    ASSERT_EQ(state.mode, HvacMode::kOff);
  }
  EXPECT_NEAR((state.zone - end) / (28.0 - end), std::exp(-1.0), 1e-9);
}

TEST(Building, TheThermostatHoldsAnOccupiedZoneInAFrostyWeek) {
  BuildingState state;
  state.zone = 21.0;
  const BuildingDrive drive{-8.0, 0.9, 0.0, 0.0, 60.0};
  double low = 99.0, high = -99.0;
  for (int minute = 0; minute < 7 * 1440; ++minute) {
    state = step_building({}, state, drive);
    low = std::min(low, state.zone);
    high = std::max(high, state.zone);
  }
  EXPECT_GT(low, 20.5);
  EXPECT_LT(high, 21.5);
}

TEST(Building, ABrokenHeatPumpLetsItFreezeAtFullPower) {
  BuildingState state;
  state.zone = 21.0;
  const BuildingDrive drive{-8.0, 0.9, 0.0, 0.9, 60.0};
  for (int minute = 0; minute < 2 * 1440; ++minute) state = step_building({}, state, drive);
  EXPECT_LT(state.zone, 18.0);
  EXPECT_EQ(state.mode, HvacMode::kHeating);
  EXPECT_GT(state.hvac_power, 10.0);
}

TEST(Building, CopFallsAsTheLiftRisesAndStaysBelowCarnot) {
  double previous = 99.0;
  for (double outdoor = 15.0; outdoor >= -15.0; outdoor -= 5.0) {
    const double cop = coefficient_of_performance({}, HvacMode::kHeating, outdoor);
    EXPECT_LT(cop, previous);
    EXPECT_LT(cop, (45.0 + 273.15) / (45.0 - outdoor));
    previous = cop;
  }
}

TEST(Building, OccupancyFollowsTheWorkingWeek) {
  EXPECT_DOUBLE_EQ(office_occupancy(at("2026-03-04T03:00:00Z")), 0.0);
  EXPECT_GT(office_occupancy(at("2026-03-04T10:00:00Z")), 0.9);
  EXPECT_LT(office_occupancy(at("2026-03-04T12:30:00Z")), 0.7);
  EXPECT_DOUBLE_EQ(office_occupancy(at("2026-03-07T10:00:00Z")), 0.0) << "a Saturday";
}

TEST(Building, OutdoorTemperatureHasSeasonsAndDays) {
  EXPECT_LT(mean_outdoor_temperature(at("2026-01-20T03:00:00Z")), 0.0);
  EXPECT_GT(mean_outdoor_temperature(at("2026-07-20T15:00:00Z")), 22.0);
  EXPECT_NEAR(mean_outdoor_temperature(at("2026-04-20T15:00:00Z")) -
                  mean_outdoor_temperature(at("2026-04-20T03:00:00Z")),
              9.0, 0.2);
}

TEST(Building, TheMeterCountsTheIntegralOfItsPower) {
  PlantOptions options;
  options.start = at("2026-01-14T06:00:00Z");
  options.tick = 1s;
  auto plant = make_building_plant(options);
  ASSERT_TRUE(plant);
  const auto power = static_cast<std::uint32_t>(find_property(plant->things()[0], "power"));
  const auto energy = static_cast<std::uint32_t>(find_property(plant->things()[0], "energy"));
  double integral = 0.0, first = -1.0, last = 0.0;
  plant->step(4h, [&](base::Time, std::span<const SimReading> readings) {
    last = std::get<double>(readings[energy].sample.value);
    if (first < 0.0) {
      first = last;
    } else {
      integral += std::get<double>(readings[power].sample.value) / 3600.0;
    }
  });
  EXPECT_GT(last - first, 40.0);
  EXPECT_NEAR(last - first, integral, 0.01) << "up to the noise of the power sensor";
}

}  // namespace
}  // namespace millrace::sim
