#include "connector/sim/hydraulics.h"

#include <gtest/gtest.h>

#include <cmath>

namespace millrace::sim {
namespace {

const PumpCurve kPump;

TEST(Hydraulics, VapourPressureOfWaterMatchesSteamTables) {
  EXPECT_NEAR(vapour_pressure(20.0), 0.02339, 0.0002);
  EXPECT_NEAR(vapour_pressure(100.0), 1.01325, 0.005);
}

TEST(Hydraulics, PumpAndSystemAgreeAtTheOperatingPoint) {
  const SystemCurve system;
  const OperatingPoint point = operating_point(kPump, system, 0.9, 0.6);
  const double resistance = system.friction + valve_resistance(system.valve_kvs, 0.6);
  EXPECT_GT(point.flow, 10.0);
  EXPECT_NEAR(point.head, kPump.shutoff_head * 0.81 - kPump.curve * point.flow * point.flow, 1e-9);
  EXPECT_NEAR(point.head, system.static_head + resistance * point.flow * point.flow, 1e-9);
}

TEST(Hydraulics, TheAffinityLawsHoldWithoutStaticHead) {
  SystemCurve system;
  system.static_head = 0.0;
  const OperatingPoint full = operating_point(kPump, system, 1.0, 0.8);
  const OperatingPoint half = operating_point(kPump, system, 0.5, 0.8);
  EXPECT_NEAR(half.flow / full.flow, 0.5, 1e-12);
  EXPECT_NEAR(half.head / full.head, 0.25, 1e-12);
  EXPECT_NEAR(half.shaft_power / full.shaft_power, 0.125, 1e-12);
}

TEST(Hydraulics, ShaftPowerIsHydraulicPowerOverEfficiency) {
  const OperatingPoint point = operating_point(kPump, {}, 0.95, 0.75);
  const double hydraulic = kWaterDensity * kGravity * point.flow / 3600.0 * point.head / 1000.0;
  EXPECT_NEAR(point.shaft_power, hydraulic / efficiency(kPump, point.flow, 0.95), 1e-9);
}

TEST(Hydraulics, FlowFallsSteadilyAsTheValveClosesAndStopsWhenItIsShut) {
  double previous = 1e9;
  for (double opening = 1.0; opening >= 0.0; opening -= 0.05) {
    const double flow = operating_point(kPump, {}, 1.0, opening).flow;
    EXPECT_LT(flow, previous);
    previous = flow;
  }
  EXPECT_DOUBLE_EQ(operating_point(kPump, {}, 1.0, 0.0).flow, 0.0);
  EXPECT_DOUBLE_EQ(operating_point(kPump, {}, 1.0, 0.0).head, kPump.shutoff_head);
}

TEST(Hydraulics, APumpTooSlowForTheStaticHeadDeliversNothing) {
  const SystemCurve system;
  const double needed = std::sqrt(system.static_head / kPump.shutoff_head);
  EXPECT_DOUBLE_EQ(operating_point(kPump, system, needed * 0.99, 1.0).flow, 0.0);
  EXPECT_GT(operating_point(kPump, system, needed * 1.01, 1.0).flow, 0.0);
}

TEST(Hydraulics, AValveStepOfTenPercentChangesKvByTheSameRatioEverywhere) {
  const double ratio = valve_kv(100.0, 0.5) / valve_kv(100.0, 0.4);
  EXPECT_NEAR(valve_kv(100.0, 0.9) / valve_kv(100.0, 0.8), ratio, 1e-9);
  EXPECT_NEAR(ratio, std::pow(50.0, 0.1), 1e-9);
  EXPECT_DOUBLE_EQ(valve_kv(100.0, 1.0), 100.0);
}

TEST(Hydraulics, CavitationTakesThreePercentOfTheHeadWhereNpshAvailableEqualsRequired) {
  EXPECT_DOUBLE_EQ(cavitation_intensity(1.31, 1.0), 0.0);
  EXPECT_DOUBLE_EQ(cavitation_intensity(1.0, 1.0), 0.5);
  EXPECT_DOUBLE_EQ(cavitation_intensity(0.5, 1.0), 1.0);
  EXPECT_DOUBLE_EQ(cavitation_head_factor(0.5), 0.97);
  EXPECT_LT(cavitation_head_factor(1.0), 0.6);
}

}  // namespace
}  // namespace millrace::sim
