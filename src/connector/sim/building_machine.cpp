#include <algorithm>
#include <cmath>

#include "connector/sim/building.h"
#include "connector/sim/calendar.h"
#include "connector/sim/dynamics.h"

namespace millrace::sim {
namespace {

using model::ValueType;

ThingSpec building_spec(std::string_view name) {
  const auto f64 = ValueType::kF64;
  return {std::string(name),
          "Office building",
          "building",
          {{"outdoor_temperature", "Outdoor temperature", f64, "degC", -40, 60, 0.1, 0.01},
           {"zone_temperature", "Zone temperature", f64, "degC", -20, 60, 0.05, 0.01},
           {"occupancy", "Persons present", ValueType::kU64, "", 0, 200},
           {"hvac_mode", "HVAC mode", ValueType::kText, ""},
           {"hvac_power", "HVAC electric power", f64, "kW", 0, 60, 0.03, 0.01},
           {"cop", "Coefficient of performance", f64, "", 0, 10, 0.0, 0.001},
           {"power", "Electric power at the meter", f64, "kW", 0, 200, 0.02, 0.01},
           {"energy", "Electric energy at the meter", f64, "kWh", 0, 1e8, 0.0, 0.001}}};
}

class BuildingMachine final : public Machine {
 public:
  BuildingMachine(std::string_view name, std::uint64_t seed, base::Time start)
      : spec_(building_spec(name)), random_(seed) {
    state_.energy = static_cast<double>(100000 + random_.below(50000));
    warm_up(start);
  }

  const ThingSpec& spec() const override { return spec_; }
  bool is_running() const override { return state_.mode != HvacMode::kOff; }

  void advance(base::Time at, double seconds, const Stress& stress) override {
    weather_.advance(seconds, random_);
    clouds_.advance(seconds, random_);
    people_.advance(seconds, random_);
    drive_ = drive_at(at, seconds, stress.hvac_loss);
    state_ = step_building(rating_, state_, drive_);
  }

  void read(std::span<model::Value> out) const override {
    std::size_t i = 0;
    out[i++] = drive_.outdoor;
    out[i++] = state_.zone;
    out[i++] = static_cast<std::uint64_t>(std::lround(drive_.occupancy * rating_.persons));
    out[i++] = std::string(text(state_.mode));
    out[i++] = state_.hvac_power;
    out[i++] = state_.cop;
    out[i++] = state_.power;
    out[i++] = state_.energy;
  }

 private:
  BuildingDrive drive_at(base::Time at, double seconds, double hvac_loss) const {
    const double height = -wave(hour_of_day(at) / 24.0);  // −1 at midnight, 1 at noon
    const double season = 0.65 - 0.35 * wave((day_of_year(at) + 10.0) / 365.25);
    const double clear = std::clamp(0.6 + clouds_.value(), 0.1, 1.0);
    const double expected = office_occupancy(at);
    BuildingDrive drive;
    drive.outdoor = mean_outdoor_temperature(at) + weather_.value();
    drive.occupancy = std::clamp(expected * (1.0 + people_.value()), 0.0, 1.0);
    drive.sun = std::max(0.0, height) * season * clear;
    drive.hvac_loss = hvac_loss;
    drive.seconds = seconds;
    return drive;
  }

  /// Three days before the start, so that the first reading is one of a building in use.
  void warm_up(base::Time start) {
    const double energy = state_.energy;
    constexpr auto kStep = std::chrono::minutes(5);
    for (base::Time at = start - std::chrono::days(3); at <= start; at += kStep) {
      advance(at, 300.0, {});
    }
    state_.energy = energy;
  }

  ThingSpec spec_;
  base::Random random_;
  BuildingRating rating_;
  BuildingState state_;
  BuildingDrive drive_;
  Wander weather_{3.0, 36 * 3600.0};
  Wander clouds_{0.3, 2 * 3600.0};
  Wander people_{0.06, 1800.0};
};

}  // namespace

std::unique_ptr<Machine> make_building(std::string_view name, std::uint64_t seed,
                                       base::Time start) {
  return std::make_unique<BuildingMachine>(name, seed, start);
}

}  // namespace millrace::sim
