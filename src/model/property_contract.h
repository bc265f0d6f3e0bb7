#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "model/value.h"

namespace millrace::model {

/// What a property promises of its samples; comes from the thing model (or, at an edge without one,
/// from the tag's configuration). Empty options check nothing.
struct PropertyContract {
  std::string thing;
  std::string property;
  std::string title;
  ValueType type = ValueType::kF64;
  std::string unit;
  std::optional<double> range_min;          // in `unit`, included
  std::optional<double> range_max;          // in `unit`, included
  std::optional<double> rate_max_per_s;     // in `unit` per second, absolute
  std::optional<base::Duration> flat_line;  // an unchanged value is suspicious after this long
  std::optional<base::Duration> interval;   // expected between samples
};

/// Which samples of a property are worth sending (report by exception with heartbeat).
struct FilterPolicy {
  double deadband_absolute = 0;          // in the property's unit; 0: none
  double deadband_percent = 0;           // of the last value sent; 0: none
  base::Duration heartbeat{60'000'000};  // an unchanged value is sent at least this often
  bool is_on() const { return deadband_absolute > 0 || deadband_percent > 0; }
};

}  // namespace millrace::model
