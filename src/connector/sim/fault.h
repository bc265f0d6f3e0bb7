#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace millrace::sim {

/// What can go wrong. The first group changes the machine, the second only what a sensor says.
enum class FaultKind {
  kBearingWear,   // pump: friction and vibration grow over the interval; ends with a new bearing
  kCavitation,    // pump: a clogged suction strainer takes suction pressure
  kBlockedValve,  // pump: the discharge valve passes less than its position says
  kHvacFailure,   // building: the heat pump loses capacity
  kFlatLine,      // sensor: repeats the value it last had
  kJump,          // sensor: an offset of severity × a quarter of its range
  kNoiseBurst,    // sensor: noise times 1 + 30 × severity
  kNotANumber,    // sensor: gives NaN with a good status
  kDropout,       // sensor: no value, status BadNoCommunication
};

/// "bearing_wear", "flat_line" …
std::string_view text(FaultKind kind);
/// Whether it is a fault of a sensor: then it changes nothing outside [start, end).
bool is_sensor_fault(FaultKind kind);
/// For a fault of a machine: the property that shows it first; empty for sensor faults.
std::string_view main_symptom(FaultKind kind);

/// One injected fault; `end` is exclusive. A fault of a machine stops being *caused* at `end`;
/// warm metal cools afterwards as physics has it.
struct Fault {
  base::Time start;
  base::Time end;
  std::string thing;
  std::string property;
  FaultKind kind = FaultKind::kFlatLine;
  double severity = 1.0;  // 0…1

  bool is_active(base::Time at) const { return start <= at && at < end; }
  bool operator==(const Fault&) const = default;
};

/// One line of the ground-truth log:
/// {"start":"…Z","end":"…Z","thing":"…","property":"…","kind":"…","severity":0.70}
std::string to_json_line(const Fault& fault);

}  // namespace millrace::sim
