#include <algorithm>
#include <format>

#include "connector/sim/calendar.h"
#include "connector/sim/pump.h"

namespace millrace::sim {
namespace {

using model::ValueType;

constexpr base::Duration kDuty = std::chrono::hours(8);

ThingSpec pump_spec(std::size_t number) {
  const auto f64 = ValueType::kF64;
  return {std::format("pump-{}", number),
          std::format("Pump {}", number),
          "centrifugal-pump",
          {{"motor_current", "Motor current", f64, "A", 0, 60, 0.12, 0.01},
           {"power", "Electric power", f64, "kW", 0, 30, 0.05, 0.01},
           {"flow", "Flow", f64, "m3/h", 0, 160, 0.35, 0.01},
           {"suction_pressure", "Suction pressure (absolute)", f64, "bar", 0, 4, 0.004, 0.001},
           {"discharge_pressure", "Discharge pressure (absolute)", f64, "bar", 0, 12, 0.012, 0.001},
           {"vibration", "Bearing vibration (RMS)", f64, "mm/s", 0, 20, 0.06, 0.001},
           {"bearing_temperature", "Bearing temperature", f64, "degC", -20, 150, 0.08, 0.01},
           {"winding_temperature", "Winding temperature", f64, "degC", -20, 200, 0.1, 0.01},
           {"speed", "Speed", f64, "rpm", 0, 3600, 0.8, 0.1},
           {"valve_position", "Discharge valve position", f64, "%", 0, 100, 0.05, 0.01},
           {"running_hours", "Running hours", ValueType::kI64, "h", 0, 1e6},
           {"running", "Running", ValueType::kBool, ""},
           {"state", "State", ValueType::kText, ""}}};
}

/// One wave a day, 1 at `top_hour`.
double day_wave(base::Time at, double top_hour) {
  return wave((hour_of_day(at) - top_hour) / 24.0);
}

class PumpMachine final : public Machine {
 public:
  PumpMachine(std::size_t index, std::size_t pumps, std::uint64_t seed, base::Time start)
      : spec_(pump_spec(index + 1)),
        index_(index),
        pumps_(pumps),
        random_(derived_seed(seed, index)) {
    // No two pumps are alike: a few percent of difference, as castings have.
    rating_.curve.shutoff_head *= 1.0 + 0.02 * random_.normal();
    rating_.system.friction *= 1.0 + 0.04 * random_.normal();
    rating_.vibration *= 1.0 + 0.08 * random_.normal();
    hours_before_ = static_cast<double>(8000 + random_.below(9000));
    const PumpStep step{1.0, ambient(start), 18.0, {}};
    state_ = settled_pump(rating_, demand(start), step);
  }

  const ThingSpec& spec() const override { return spec_; }
  bool is_running() const override { return runs_; }

  void advance(base::Time at, double seconds, const Stress& stress) override {
    speed_wander_.advance(seconds, random_);
    valve_wander_.advance(seconds, random_);
    const PumpDemand wanted = demand(at);
    runs_ = wanted.run;
    wanted_speed_ = wanted.speed;
    state_ = step_pump(rating_, state_, wanted, {seconds, ambient(at), 18.0, stress});
  }

  void read(std::span<model::Value> out) const override {
    const double hours = hours_before_ + state_.running_seconds / 3600.0;
    std::size_t i = 0;
    out[i++] = state_.current;
    out[i++] = state_.power;
    out[i++] = state_.flow;
    out[i++] = state_.suction_pressure;
    out[i++] = state_.discharge_pressure;
    out[i++] = state_.vibration;
    out[i++] = state_.bearing_temperature;
    out[i++] = state_.winding_temperature;
    out[i++] = state_.speed * rating_.speed_rpm;
    out[i++] = state_.opening * 100.0;
    out[i++] = static_cast<std::int64_t>(hours);
    out[i++] = runs_;
    out[i++] = std::string(state_text());
  }

 private:
  static double ambient(base::Time at) { return 22.0 + 3.0 * day_wave(at, 15.0); }

  PumpDemand demand(base::Time at) const {
    PumpDemand demand;
    const auto shift = static_cast<std::size_t>(at.time_since_epoch() / kDuty);
    demand.run = pumps_ < 2 || shift % pumps_ != index_;
    demand.speed = std::clamp(0.93 + 0.03 * day_wave(at, 14.0) + speed_wander_.value(), 0.7, 1.0);
    demand.opening = std::clamp(0.75 + valve_wander_.value(), 0.45, 1.0);
    return demand;
  }

  std::string_view state_text() const {
    if (runs_) return state_.speed < 0.9 * wanted_speed_ ? "starting" : "running";
    return state_.speed > 0.01 ? "stopping" : "stopped";
  }

  ThingSpec spec_;
  std::size_t index_;
  std::size_t pumps_;
  base::Random random_;
  PumpRating rating_;
  PumpState state_;
  Wander speed_wander_{0.015, 1200.0};
  Wander valve_wander_{0.04, 2400.0};
  double hours_before_ = 0.0;
  double wanted_speed_ = 0.0;
  bool runs_ = true;
};

}  // namespace

std::vector<std::unique_ptr<Machine>> make_pump_line(std::size_t pumps, std::uint64_t seed,
                                                     base::Time start) {
  std::vector<std::unique_ptr<Machine>> line;
  for (std::size_t i = 0; i < pumps; ++i) {
    line.push_back(std::make_unique<PumpMachine>(i, pumps, seed, start));
  }
  return line;
}

}  // namespace millrace::sim
