#include "connector/sim/hydraulics.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace millrace::sim {
namespace {

constexpr double kBarPerMillimetreOfMercury = 1.33322e-3;
constexpr double kRangeability = 50.0;
constexpr double kSeatOpening = 0.05;
constexpr double kSecondsInHour = 3600.0;

}  // namespace

double vapour_pressure(double temperature) {
  return kBarPerMillimetreOfMercury * std::pow(10.0, 8.07131 - 1730.63 / (233.426 + temperature));
}

double valve_kv(double kvs, double opening) {
  const double x = std::clamp(opening, 0.0, 1.0);
  const double curve = std::pow(kRangeability, std::max(x, kSeatOpening) - 1.0);
  return kvs * curve * std::min(1.0, x / kSeatOpening);
}

double valve_resistance(double kvs, double opening) {
  const double kv = valve_kv(kvs, opening);
  if (kv <= 0.0) return std::numeric_limits<double>::infinity();
  return kWaterDensity / 1000.0 / (kv * kv) / kBarPerMetre;
}

OperatingPoint operating_point(const PumpCurve& pump, const SystemCurve& system, double speed,
                               double opening, double head_factor) {
  const double shutoff = pump.shutoff_head * speed * speed * head_factor;
  const double resistance = system.friction + valve_resistance(system.valve_kvs, opening);
  const double surplus = std::max(0.0, shutoff - system.static_head);
  OperatingPoint point;
  point.flow = std::sqrt(surplus / (pump.curve * head_factor + resistance));
  point.head = shutoff - pump.curve * head_factor * point.flow * point.flow;
  // ρ g Q H / η with η ∝ q(2 − q): the q cancels, so the power at closed valve is finite.
  const double q = speed > 0.0 ? std::min(1.9, point.flow / (pump.flow_bep * speed)) : 0.0;
  const double flow_over_efficiency = pump.flow_bep * speed / (pump.efficiency_bep * (2.0 - q));
  point.shaft_power =
      kWaterDensity * kGravity * flow_over_efficiency * point.head / kSecondsInHour / 1000.0;
  return point;
}

double efficiency(const PumpCurve& pump, double flow, double speed) {
  if (speed <= 0.0) return 0.0;
  const double q = std::clamp(flow / (pump.flow_bep * speed), 0.0, 1.9);
  return pump.efficiency_bep * q * (2.0 - q);
}

double npsh_available(double suction_pressure, double temperature) {
  return (suction_pressure - vapour_pressure(temperature)) / kBarPerMetre;
}

double npsh_required(const PumpCurve& pump, double flow, double speed) {
  return pump.npsh_base * speed * speed + pump.npsh_curve * flow * flow;
}

double cavitation_intensity(double available, double required) {
  if (required <= 0.0) return 0.0;
  const double ratio = available / required;
  if (ratio >= 1.0) return std::clamp((1.3 - ratio) / 0.3, 0.0, 1.0) * 0.5;
  return 0.5 + 0.5 * std::clamp((1.0 - ratio) / 0.3, 0.0, 1.0);
}

double cavitation_head_factor(double intensity) {
  if (intensity <= 0.5) return 1.0 - 0.06 * intensity;
  return 0.97 - 0.84 * (intensity - 0.5);
}

}  // namespace millrace::sim
