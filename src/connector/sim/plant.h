#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/error.h"
#include "base/random.h"
#include "connector/sim/fault_plan.h"
#include "connector/sim/machine.h"
#include "model/sample.h"

namespace millrace::sim {

/// What a sensor says: the places of thing and property in Plant::things(), and the sample.
struct SimReading {
  std::uint32_t thing = 0;
  std::uint32_t property = 0;
  model::Sample sample;
  bool operator==(const SimReading&) const = default;
};

struct PlantOptions {
  std::uint64_t seed = 1;
  base::Time start{};  // the first tick is one `tick` later
  base::Duration tick = std::chrono::milliseconds(100);
  double speed = 1.0;           // physics seconds a second, 0.001 … 100,000
  double faults_per_day = 0.0;  // random faults, on the physics' calendar
  std::vector<Fault> script;    // given faults, on the time stamps' calendar
};

/// Machines with sensors, and the faults injected into both. Pure: no clock, no I/O; the same
/// options give bit-identical readings (on one machine and C library), however step() is cut into
/// pieces, and a fault of a sensor changes nothing outside its logged interval.
///
/// Time stamps advance as step() says; the physics runs `speed` times as fast, on its own calendar
/// that starts at the same moment. One thread.
class Plant {
 public:
  /// Errors: invalid (speed or tick out of bounds, a scripted fault with an unknown thing or
  /// property, without length, or overlapping another on its property).
  static base::Result<Plant> create(PlantOptions options,
                                    std::vector<std::unique_ptr<Machine>> machines);

  Plant(Plant&&) = default;

  const std::vector<ThingSpec>& things() const { return things_; }
  base::Time now() const { return now_; }

  using OnTick = std::function<void(base::Time, std::span<const SimReading>)>;
  /// Moves on by `dt`; each whole tick inside gives its readings, thing by thing, in the order of
  /// their properties. A remainder below one tick is kept for the next call.
  void step(base::Duration dt, const OnTick& on_tick);

  /// The ground truth: faults that have begun since the last call, each once.
  std::vector<Fault> take_truth();

 private:
  Plant(PlantOptions options, std::vector<std::unique_ptr<Machine>> machines);
  void tick();
  void advance_physics();
  std::vector<Stress> stresses() const;
  void read_sensors();
  model::Sample measure(std::size_t thing, std::size_t property, const model::Value& truth);

  PlantOptions options_;
  std::vector<std::unique_ptr<Machine>> machines_;
  std::vector<ThingSpec> things_;
  FaultPlan faults_;
  std::vector<base::Random> sensor_random_;      // by thing
  std::vector<std::vector<model::Value>> last_;  // what each sensor last said
  std::vector<SimReading> readings_;
  std::vector<Fault> truth_;
  std::vector<Fault> active_;
  base::Time now_;
  base::Duration owed_{};
  double physics_seconds_ = 0.0;
};

/// The pump line alone, and the building alone, as the demo runs them.
base::Result<Plant> make_pump_plant(PlantOptions options, std::size_t pumps = 3);
base::Result<Plant> make_building_plant(PlantOptions options);

}  // namespace millrace::sim
