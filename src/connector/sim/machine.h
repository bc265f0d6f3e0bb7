#pragma once

#include <span>

#include "base/clock.h"
#include "connector/sim/thing_spec.h"
#include "model/value.h"

namespace millrace::sim {

/// What a machine suffers at the moment, each 0 (healthy) … 1.
struct Stress {
  double bearing_wear = 0.0;
  double suction_clogging = 0.0;
  double valve_blockage = 0.0;
  double hvac_loss = 0.0;
};

/// The physics of one simulated thing. Knows neither sensors nor their faults: Plant adds them. One
/// thread.
class Machine {
 public:
  virtual ~Machine() = default;
  virtual const ThingSpec& spec() const = 0;
  /// Moves on by `seconds` (> 0), ending at `at` on the machine's own calendar.
  virtual void advance(base::Time at, double seconds, const Stress& stress) = 0;
  /// The true values, one for each property of spec(), in its order.
  virtual void read(std::span<model::Value> values) const = 0;
  /// Whether a fault would show at all.
  virtual bool is_running() const = 0;
};

}  // namespace millrace::sim
