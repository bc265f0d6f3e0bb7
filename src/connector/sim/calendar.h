#pragma once

#include <chrono>
#include <cmath>
#include <numbers>

#include "base/clock.h"

namespace millrace::sim {

/// Hours since midnight, 0…24; UTC is taken as local time.
inline double hour_of_day(base::Time at) {
  const auto since_midnight = at - std::chrono::floor<std::chrono::days>(at);
  return std::chrono::duration<double, std::ratio<3600>>(since_midnight).count();
}

/// Days since New Year, from 0.
inline double day_of_year(base::Time at) {
  const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(at));
  const std::chrono::sys_days new_year(date.year() / std::chrono::January / 1);
  return std::chrono::duration<double, std::ratio<86400>>(at - new_year).count();
}

/// Cosine of a phase in turns: 1 at 0, −1 at ½.
inline double wave(double turns) { return std::cos(2.0 * std::numbers::pi * turns); }

}  // namespace millrace::sim
