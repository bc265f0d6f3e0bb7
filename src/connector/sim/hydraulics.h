#pragma once

namespace millrace::sim {

/// Water and the laws of pumps and valves, as functions. Units: flow m³/h, head m, pressure bar
/// (absolute), temperature °C, speed as a fraction of rated speed, valve opening 0…1.
///
/// Sources: J. F. Gülich, "Centrifugal Pumps", 3rd ed. (2014): affinity laws ch. 3,
/// characteristics ch. 4, NPSH and the 3 % head criterion ch. 6; I. Karassik et al., "Pump
/// Handbook", 4th ed. (2008) ch. 2; IEC 60534-1 (flow coefficient Kv) and IEC 60534-2-1
/// (equal-percentage valves); vapour pressure by Antoine's equation with the constants for water
/// at 1…100 °C (Dortmund Data Bank).
inline constexpr double kWaterDensity = 998.2;  // kg/m³ at 20 °C
inline constexpr double kGravity = 9.80665;     // m/s²
inline constexpr double kBarPerMetre = kWaterDensity * kGravity / 1e5;

/// A pump at rated speed: H(Q) = shutoff_head − curve·Q², best efficiency at flow_bep, and the
/// suction head it needs, NPSH₃(Q) = npsh_base + npsh_curve·Q².
struct PumpCurve {
  double shutoff_head = 60.0;    // m
  double curve = 1.6e-3;         // m/(m³/h)²
  double flow_bep = 100.0;       // m³/h
  double efficiency_bep = 0.76;  // fraction
  double npsh_base = 2.0;        // m
  double npsh_curve = 1.6e-4;    // m/(m³/h)²
};

/// What the pump works against: static_head + friction·Q² + the valve.
struct SystemCurve {
  double static_head = 12.0;  // m
  double friction = 1.4e-3;   // m/(m³/h)²
  double valve_kvs = 160.0;   // m³/h at 1 bar, fully open
};

/// Where pump and system curve meet.
struct OperatingPoint {
  double flow = 0.0;         // m³/h
  double head = 0.0;         // m, over the pump
  double shaft_power = 0.0;  // kW
};

/// Saturation pressure of water, bar.
double vapour_pressure(double temperature);

/// Kv at an opening: equal percentage with rangeability 50, and linear to tight shut-off below 5 %.
double valve_kv(double kvs, double opening);

/// Head lost in a valve for each (m³/h)²; infinite when it is shut.
double valve_resistance(double kvs, double opening);

/// The steady operating point at a speed. `head_factor` (≤ 1) is what cavitation leaves of the
/// head. Flow is zero when the pump cannot lift the static head: a check valve stands behind it.
OperatingPoint operating_point(const PumpCurve& pump, const SystemCurve& system, double speed,
                               double opening, double head_factor = 1.0);

/// Efficiency at a flow and speed: a parabola through zero with its top at the best point.
double efficiency(const PumpCurve& pump, double flow, double speed);

/// Net positive suction head available, m, from absolute suction pressure and temperature.
double npsh_available(double suction_pressure, double temperature);
double npsh_required(const PumpCurve& pump, double flow, double speed);

/// 0 without cavitation … 1 fully developed. Begins at 1.3 × NPSH₃ (incipient bubbles), is 0.5 at
/// NPSH₃ (where by definition 3 % of the head is lost) and 1 at 0.7 × NPSH₃.
double cavitation_intensity(double available, double required);

/// What is left of the head at an intensity: 0.97 at 0.5, 0.55 at 1.
double cavitation_head_factor(double intensity);

}  // namespace millrace::sim
