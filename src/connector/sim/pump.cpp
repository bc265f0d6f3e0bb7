#include "connector/sim/pump.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace millrace::sim {
namespace {

constexpr double kStartTau = 3.0, kStopTau = 5.0, kValveTau = 4.0, kCavitationTau = 1.0;
constexpr double kRestingFactor = 2.5;
constexpr double kWearFriction = 0.4;         // kW at wear 1
constexpr double kWearVibration = 6.5;        // mm/s at wear 1
constexpr double kWearHeat = 34.0;            // K at wear 1 and rated speed
constexpr double kCavitationVibration = 3.0;  // mm/s
constexpr double kOffBestVibration = 1.8;     // times the basic level at q = 0 or 2

double suction_loss(const PumpRating& rating, const PumpStep& step) {
  return rating.suction_loss + rating.clogged_loss * step.stress.suction_clogging;
}

OperatingPoint point_at(const PumpRating& rating, const PumpState& state, const PumpStep& step,
                        double head_factor) {
  SystemCurve system = rating.system;
  system.friction += suction_loss(rating, step) / kBarPerMetre;
  const double passing = state.opening * (1.0 - step.stress.valve_blockage);
  return operating_point(rating.curve, system, state.speed, passing, head_factor);
}

double suction_at(const PumpRating& rating, const PumpStep& step, double flow) {
  const double pressure = rating.suction_pressure - suction_loss(rating, step) * flow * flow;
  return std::max(pressure, vapour_pressure(step.water));
}

double cavitation_at(const PumpRating& rating, const PumpState& state, const PumpStep& step,
                     double flow) {
  if (flow <= 0.0) return 0.0;
  return cavitation_intensity(npsh_available(suction_at(rating, step, flow), step.water),
                              npsh_required(rating.curve, flow, state.speed));
}

/// The head factor at which cavitation and flow agree. Less head gives less flow, which cavitates
/// less: the function falls, so bisection finds the one root.
double settled_head_factor(const PumpRating& rating, const PumpState& state, const PumpStep& step) {
  const auto answer = [&](double factor) {
    const double flow = point_at(rating, state, step, factor).flow;
    return cavitation_head_factor(cavitation_at(rating, state, step, flow));
  };
  double low = 0.5, high = 1.0;
  if (answer(high) >= high) return high;
  for (int i = 0; i < 40; ++i) {
    const double middle = (low + high) / 2.0;
    (answer(middle) > middle ? low : high) = middle;
  }
  return low;
}

void settle_hydraulics(const PumpRating& rating, PumpState& state, const PumpStep& step) {
  state.head_factor = approach(state.head_factor, settled_head_factor(rating, state, step),
                               step.seconds, kCavitationTau);
  const OperatingPoint point = point_at(rating, state, step, state.head_factor);
  state.flow = point.flow;
  state.suction_pressure = suction_at(rating, step, point.flow);
  state.discharge_pressure = state.suction_pressure + point.head * kBarPerMetre;
  state.cavitation = cavitation_at(rating, state, step, point.flow);
  state.power = (point.shaft_power + kWearFriction * step.stress.bearing_wear * state.speed) /
                rating.motor_efficiency;
}

void settle_electrics(const PumpRating& rating, PumpState& state) {
  const double active = state.power * 1000.0 / (std::numbers::sqrt3 * rating.voltage);
  const double magnetising = state.speed > 0.01 ? rating.magnetising_current : 0.0;
  state.current = std::hypot(active, magnetising);
}

void settle_vibration(const PumpRating& rating, PumpState& state, const Stress& stress) {
  const double speed2 = state.speed * state.speed;
  const double q = state.speed > 0.01 ? state.flow / (rating.curve.flow_bep * state.speed) : 1.0;
  const double off_best = 1.0 + kOffBestVibration * (q - 1.0) * (q - 1.0);
  const double wear = stress.bearing_wear * stress.bearing_wear;
  state.vibration = speed2 * (rating.vibration * off_best + kWearVibration * wear +
                              kCavitationVibration * state.cavitation);
}

void settle_heat(const PumpRating& rating, PumpState& state, const PumpStep& step) {
  const double load = state.current / rating.rated_current;
  const bool runs = state.speed > 0.01;
  state.winding_temperature =
      approach(state.winding_temperature, step.ambient + rating.winding_rise * load * load,
               step.seconds, rating.winding_tau * (runs ? 1.0 : kRestingFactor));
  const double rise = rating.bearing_rise + kWearHeat * step.stress.bearing_wear;
  state.bearing_temperature = approach(state.bearing_temperature, step.ambient + rise * state.speed,
                                       step.seconds, rating.bearing_tau);
}

}  // namespace

PumpState step_pump(const PumpRating& rating, PumpState state, const PumpDemand& demand,
                    const PumpStep& step) {
  const double target = demand.run ? demand.speed : 0.0;
  state.speed = approach(state.speed, target, step.seconds, demand.run ? kStartTau : kStopTau);
  if (!demand.run && state.speed < 0.005) state.speed = 0.0;
  state.opening = approach(state.opening, demand.opening, step.seconds, kValveTau);
  settle_hydraulics(rating, state, step);
  settle_electrics(rating, state);
  settle_vibration(rating, state, step.stress);
  settle_heat(rating, state, step);
  if (demand.run) state.running_seconds += step.seconds;
  return state;
}

PumpState settled_pump(const PumpRating& rating, const PumpDemand& demand, const PumpStep& step) {
  PumpState state;
  state.speed = demand.run ? demand.speed : 0.0;
  state.opening = demand.opening;
  PumpStep hour = step;
  hour.seconds = 3600.0;
  for (int i = 0; i < 48; ++i) state = step_pump(rating, state, demand, hour);
  state.running_seconds = 0.0;
  return state;
}

}  // namespace millrace::sim
