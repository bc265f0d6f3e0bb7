#pragma once

#include <string>
#include <string_view>

#include "unit/units.h"

namespace millrace::connector::file {

/// A column's name without its unit, and the unit as this hub writes it.
struct HeaderUnit {
  std::string name;
  std::string unit;  // empty where the name says none that is known
};

/// "temp [°C]", "flow (m3/h)", "flow_m3h", "power kW". A single letter at the end is a unit only
/// where the name says what it measures ("temp_c", "current_a").
HeaderUnit header_unit(std::string_view column, const unit::Units& units);

}  // namespace millrace::connector::file
