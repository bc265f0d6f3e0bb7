#pragma once

#include <memory>
#include <string_view>

#include "connector/sim/machine.h"

namespace millrace::sim {

/// An office building as one zone with one heat capacity.
///
/// Sources: the one-state RC model of P. Bacher and H. Madsen, "Identifying suitable models for the
/// heat dynamics of buildings", Energy and Buildings 43 (2011) 1511, C dT/dt = (T_out − T)/R + Φ;
/// heat pump at a fixed fraction of Carnot's coefficient of performance; outdoor temperature as
/// seasonal and daily harmonics with autoregressive weather (J. Boland, Solar Energy 55 (1995)
/// 377).
struct BuildingRating {
  double loss = 1.2;            // kW/K, 1/R
  double capacity = 30.0;       // kWh/K, C
  double heating_power = 45.0;  // kW thermal
  double cooling_power = 55.0;  // kW thermal
  double carnot_fraction = 0.4;
  double persons = 80.0;
  double person_heat = 0.1;     // kW each
  double base_load = 4.0;       // kW electric, always
  double occupied_load = 14.0;  // kW electric at full occupancy; becomes heat
  double solar_gain = 14.0;     // kW at a clear summer noon
};

enum class HvacMode { kOff, kHeating, kCooling };
/// "off", "heating", "cooling".
std::string_view text(HvacMode mode);

/// What acts on the building at the moment.
struct BuildingDrive {
  double outdoor = 10.0;   // °C
  double occupancy = 0.0;  // fraction of `persons`
  double sun = 0.0;        // fraction of `solar_gain`
  double hvac_loss = 0.0;  // fraction of capacity lost
  double seconds = 1.0;
};

struct BuildingState {
  double zone = 20.0;  // °C
  HvacMode mode = HvacMode::kOff;
  double hvac_power = 0.0;  // kW electric
  double cop = 0.0;         // 0 while off
  double power = 0.0;       // kW electric at the meter
  double energy = 0.0;      // kWh through the meter
};

/// Thermostat with a hysteresis of ±0.4 K around the set points: 21/25 °C occupied, 17/29 °C not.
HvacMode next_mode(HvacMode mode, double zone, bool is_occupied);

/// Coefficient of performance at an outdoor temperature, °C, between 1.2 and 6.
double coefficient_of_performance(const BuildingRating& rating, HvacMode mode, double outdoor);

/// One step, pure; the zone temperature is the exact solution over the step.
BuildingState step_building(const BuildingRating& rating, BuildingState state,
                            const BuildingDrive& drive);

/// The occupancy an office has at this time (UTC is taken as local time), 0…1: workdays from 7 to
/// 19 h with a lunch dip.
double office_occupancy(base::Time at);

/// The long-term mean of the outdoor temperature at this time, °C.
double mean_outdoor_temperature(base::Time at);

std::unique_ptr<Machine> make_building(std::string_view name, std::uint64_t seed, base::Time start);

}  // namespace millrace::sim
