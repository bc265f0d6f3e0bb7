#pragma once

#include <memory>
#include <vector>

#include "base/random.h"
#include "connector/sim/dynamics.h"
#include "connector/sim/hydraulics.h"
#include "connector/sim/machine.h"

namespace millrace::sim {

/// Motor and bearings of a pump.
///
/// Sources: stator current as active and magnetising part (A. E. Fitzgerald, "Electric Machinery",
/// 7th ed., ch. 6); winding as thermal replica, heat ∝ I² (IEC 60255-149); bearing heat ∝ friction
/// moment × speed (Harris and Kotzalas, "Essential Concepts of Bearing Technology", 5th ed.);
/// vibration levels as the zones of ISO 20816-3.
struct PumpRating {
  PumpCurve curve;
  SystemCurve system;
  double speed_rpm = 2950.0;
  double voltage = 400.0;             // V, line to line
  double motor_efficiency = 0.92;     // fraction
  double magnetising_current = 14.0;  // A
  double rated_current = 33.0;        // A
  double winding_rise = 70.0;         // K at rated current
  double winding_tau = 1200.0;        // s, running; 2.5 times that at rest
  double bearing_rise = 28.0;         // K at rated speed
  double bearing_tau = 900.0;         // s
  double vibration = 1.2;             // mm/s RMS at rated speed and best efficiency
  double suction_pressure = 1.15;     // bar absolute, without flow
  double suction_loss = 4e-6;         // bar/(m³/h)², clean strainer
  double clogged_loss = 2.5e-4;       // bar/(m³/h)², strainer clogged to 1
};

/// What the process asks of a pump at the moment.
struct PumpDemand {
  bool run = true;
  double speed = 0.95;    // fraction of rated speed
  double opening = 0.75;  // of the discharge valve
};

/// The whole state of a pump in physical units.
struct PumpState {
  double speed = 0.0;                 // fraction of rated
  double opening = 0.75;              // fraction
  double head_factor = 1.0;           // what cavitation leaves
  double flow = 0.0;                  // m³/h
  double suction_pressure = 1.15;     // bar absolute
  double discharge_pressure = 1.15;   // bar absolute
  double cavitation = 0.0;            // 0…1
  double power = 0.0;                 // kW, electric
  double current = 0.0;               // A
  double vibration = 0.0;             // mm/s RMS
  double bearing_temperature = 22.0;  // °C
  double winding_temperature = 22.0;  // °C
  double running_seconds = 0.0;
};

/// One step of the pump's physics, pure. `ambient` and the water are at this temperature, °C.
struct PumpStep {
  double seconds = 1.0;
  double ambient = 22.0;
  double water = 18.0;
  Stress stress;
};
PumpState step_pump(const PumpRating& rating, PumpState state, const PumpDemand& demand,
                    const PumpStep& step);

/// The state after the demand has lasted for hours.
PumpState settled_pump(const PumpRating& rating, const PumpDemand& demand, const PumpStep& step);

/// The pumps of a line, named pump-1 … pump-N: with two or more, one rests, and who rests changes
/// every 8 hours; demand wanders with the day and the process.
std::vector<std::unique_ptr<Machine>> make_pump_line(std::size_t pumps, std::uint64_t seed,
                                                     base::Time start);

}  // namespace millrace::sim
