#include "connector/sim/building.h"

#include <algorithm>
#include <cmath>

#include "connector/sim/calendar.h"
#include "connector/sim/dynamics.h"

namespace millrace::sim {
namespace {

constexpr double kSecondsPerHour = 3600.0, kKelvin = 273.15;
constexpr double kHysteresis = 0.4;
constexpr double kCondenser = 45.0, kEvaporator = 8.0, kExchangerGap = 8.0;  // °C, °C, K

/// 0 below `from`, 1 above `to`, straight between.
double ramp(double x, double from, double to) {
  return std::clamp((x - from) / (to - from), 0.0, 1.0);
}

}  // namespace

std::string_view text(HvacMode mode) {
  switch (mode) {
    case HvacMode::kOff:
      return "off";
    case HvacMode::kHeating:
      return "heating";
    case HvacMode::kCooling:
      return "cooling";
  }
  return "off";
}

HvacMode next_mode(HvacMode mode, double zone, bool is_occupied) {
  const double heat_to = is_occupied ? 21.0 : 17.0, cool_to = is_occupied ? 25.0 : 29.0;
  if (zone < heat_to - kHysteresis) return HvacMode::kHeating;
  if (zone > cool_to + kHysteresis) return HvacMode::kCooling;
  if (mode == HvacMode::kHeating && zone < heat_to + kHysteresis) return mode;
  if (mode == HvacMode::kCooling && zone > cool_to - kHysteresis) return mode;
  return HvacMode::kOff;
}

double coefficient_of_performance(const BuildingRating& rating, HvacMode mode, double outdoor) {
  if (mode == HvacMode::kOff) return 0.0;
  const bool heats = mode == HvacMode::kHeating;
  const double cold = heats ? outdoor - kExchangerGap : kEvaporator;
  const double hot = heats ? kCondenser : outdoor + kExchangerGap;
  const double lift = std::max(1.0, hot - cold);
  const double useful = (heats ? hot : cold) + kKelvin;
  return std::clamp(rating.carnot_fraction * useful / lift, 1.2, 6.0);
}

BuildingState step_building(const BuildingRating& rating, BuildingState state,
                            const BuildingDrive& drive) {
  state.mode = next_mode(state.mode, state.zone, drive.occupancy > 0.05);
  state.cop = coefficient_of_performance(rating, state.mode, drive.outdoor);
  const double full =
      state.mode == HvacMode::kHeating ? rating.heating_power : -rating.cooling_power;
  const double thermal = state.mode == HvacMode::kOff ? 0.0 : full * (1.0 - drive.hvac_loss);
  // A machine that loses capacity still draws its current.
  state.hvac_power = state.mode == HvacMode::kOff ? 0.0 : std::abs(full) / state.cop;
  const double load = rating.base_load + rating.occupied_load * drive.occupancy;
  const double gains = load + rating.persons * rating.person_heat * drive.occupancy +
                       rating.solar_gain * drive.sun + thermal;
  const double tau = rating.capacity / rating.loss * kSecondsPerHour;
  state.zone = approach(state.zone, drive.outdoor + gains / rating.loss, drive.seconds, tau);
  state.power = state.hvac_power + load;
  state.energy += state.power * drive.seconds / kSecondsPerHour;
  return state;
}

double office_occupancy(base::Time at) {
  const std::chrono::weekday day(std::chrono::floor<std::chrono::days>(at));
  if (day == std::chrono::Saturday || day == std::chrono::Sunday) return 0.0;
  const double hour = hour_of_day(at);
  const double present = ramp(hour, 7.0, 9.0) * (1.0 - ramp(hour, 16.5, 19.0));
  const double lunch = 0.35 * ramp(hour, 11.75, 12.25) * (1.0 - ramp(hour, 12.75, 13.25));
  return 0.92 * present * (1.0 - lunch);
}

double mean_outdoor_temperature(base::Time at) {
  return 10.5 - 9.5 * wave((day_of_year(at) - 20.0) / 365.25) -
         4.5 * wave((hour_of_day(at) - 3.0) / 24.0);
}

}  // namespace millrace::sim
