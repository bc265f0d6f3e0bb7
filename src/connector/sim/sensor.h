#pragma once

#include "connector/sim/fault.h"
#include "connector/sim/machine.h"
#include "model/quality.h"

namespace millrace::sim {

/// What goes into a sensor: the true value, a normal deviate for its noise, and what it last said.
struct Measurement {
  const PropertySpec& spec;
  const model::Value& truth;
  double noise = 0.0;
  const model::Value& last;
};

/// What comes out. `last` is what a flat line beginning now would repeat.
struct Reading {
  model::Value value;
  model::Quality quality;
  model::Value last;
};

/// A transmitter with noise and resolution that saturates at the ends of its range, healthy or with
/// a fault (nullptr for none).
Reading read_sensor(const Measurement& measurement, const Fault* fault);

/// What a fault of a machine does to it at this moment. Wear grows evenly over its interval.
void add_stress(Stress& stress, const Fault& fault, base::Time at);

}  // namespace millrace::sim
