#include "connector/sim/pump.h"

#include <gtest/gtest.h>

#include <cmath>

namespace millrace::sim {
namespace {

PumpStep seconds(double count) { return {count, 22.0, 18.0, {}}; }

PumpState run(PumpState state, const PumpDemand& demand, const PumpStep& step, int times) {
  for (int i = 0; i < times; ++i) state = step_pump({}, state, demand, step);
  return state;
}

TEST(Pump, AHealthyPumpWorksWhereItsRatingSays) {
  const PumpState state = settled_pump({}, {}, seconds(1));
  EXPECT_NEAR(state.flow, 82.0, 12.0);
  EXPECT_NEAR(state.current, 28.0, 6.0);
  EXPECT_LT(state.current, PumpRating().rated_current);
  EXPECT_LT(state.vibration, 2.3) << "zone A or B of ISO 20816-3";
  EXPECT_DOUBLE_EQ(state.cavitation, 0.0);
  EXPECT_GT(state.discharge_pressure, state.suction_pressure + 3.0);
}

TEST(Pump, ClosingTheValveLowersFlowAndRaisesDischargePressure) {
  const PumpState open = settled_pump({}, {true, 0.95, 0.9}, seconds(1));
  const PumpState closing = run(open, {true, 0.95, 0.4}, seconds(1), 30);
  EXPECT_LT(closing.flow, open.flow * 0.7);
  EXPECT_GT(closing.discharge_pressure, open.discharge_pressure + 0.5);
  EXPECT_LT(closing.power, open.power);
}

TEST(Pump, ABlockedValveLooksLikeAClosingValveExceptForItsPosition) {
  PumpStep blocked = seconds(1);
  blocked.stress.valve_blockage = 0.5;
  const PumpState healthy = settled_pump({}, {}, seconds(1));
  const PumpState state = run(healthy, {}, blocked, 30);
  EXPECT_LT(state.flow, healthy.flow * 0.8);
  EXPECT_NEAR(state.opening, healthy.opening, 1e-9);
}

TEST(Pump, TheWindingReaches63PercentOfItsRiseAfterOneTimeConstant) {
  const PumpRating rating;
  PumpState cold = run({}, {}, seconds(1), 60);
  cold.winding_temperature = 22.0;
  const double end = settled_pump({}, {}, seconds(1)).winding_temperature;
  const PumpState warm = run(cold, {}, seconds(1), static_cast<int>(rating.winding_tau));
  EXPECT_NEAR((warm.winding_temperature - 22.0) / (end - 22.0), 1.0 - std::exp(-1.0), 0.005);
}

TEST(Pump, ItsHeatDoesNotDependOnHowTimeIsCut) {
  const PumpState start = settled_pump({}, {}, seconds(1));
  PumpState fine = start, coarse = start;
  fine.bearing_temperature = coarse.bearing_temperature = 90.0;
  fine = run(fine, {}, seconds(0.1), 6000);
  coarse = run(coarse, {}, seconds(10), 60);
  EXPECT_NEAR(fine.bearing_temperature, coarse.bearing_temperature, 1e-6);
}

TEST(Pump, WearRaisesVibrationAndBearingTemperatureAndNothingHydraulic) {
  PumpStep worn = seconds(1);
  worn.stress.bearing_wear = 0.9;
  const PumpState healthy = settled_pump({}, {}, seconds(1));
  const PumpState state = settled_pump({}, {}, worn);
  EXPECT_GT(state.vibration, 4.5) << "beyond the alarm limit of ISO 20816-3 zone C";
  EXPECT_GT(state.bearing_temperature, healthy.bearing_temperature + 20.0);
  EXPECT_GT(state.current, healthy.current);
  EXPECT_NEAR(state.flow, healthy.flow, 1e-9);
}

TEST(Pump, ACloggedStrainerMakesItCavitate) {
  PumpStep clogged = seconds(1);
  clogged.stress.suction_clogging = 1.0;
  const PumpState healthy = settled_pump({}, {}, seconds(1));
  const PumpState state = run(healthy, {}, clogged, 120);
  EXPECT_GT(state.cavitation, 0.5);
  EXPECT_LT(state.head_factor, 0.97);
  EXPECT_LT(state.suction_pressure, 0.5);
  EXPECT_LT(state.flow, healthy.flow * 0.95);
  EXPECT_GT(state.vibration, healthy.vibration + 1.0);
  const PumpState fine = run(healthy, {}, {0.1, 22.0, 18.0, clogged.stress}, 1200);
  EXPECT_NEAR(fine.flow, state.flow, 1e-6) << "however time is cut";
}

TEST(Pump, AStoppedPumpDrawsNoCurrentAndCoolsSlower) {
  PumpState state = settled_pump({}, {}, seconds(1));
  const double hot = state.winding_temperature;
  state = run(state, {false, 0.95, 0.75}, seconds(1), 60);
  EXPECT_DOUBLE_EQ(state.speed, 0.0);
  EXPECT_DOUBLE_EQ(state.flow, 0.0);
  EXPECT_DOUBLE_EQ(state.current, 0.0);
  const PumpRating rating;
  const double before = state.winding_temperature;
  state = run(state, {false, 0.95, 0.75}, seconds(rating.winding_tau), 1);
  EXPECT_NEAR((state.winding_temperature - 22.0) / (before - 22.0), std::exp(-1.0 / 2.5), 1e-9);
  EXPECT_LT(state.winding_temperature, hot);
}

TEST(Pump, RunningHoursCountOnlyWhileItRuns) {
  PumpState state = run({}, {}, seconds(1), 3600);
  state = run(state, {false, 0.95, 0.75}, seconds(1), 3600);
  EXPECT_NEAR(state.running_seconds, 3600.0, 1e-6);
}

}  // namespace
}  // namespace millrace::sim
