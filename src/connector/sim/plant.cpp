#include "connector/sim/plant.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "connector/sim/building.h"
#include "connector/sim/dynamics.h"
#include "connector/sim/pump.h"
#include "connector/sim/sensor.h"

namespace millrace::sim {
namespace {

using base::ErrorCode;
using base::Result;

constexpr double kSubStepSecondsMax = 1.0;
constexpr std::uint64_t kFaultStream = 1U << 20, kSensorStream = 1U << 21;
constexpr std::size_t kPumpsMax = 1000;

Result<void> check_options(const PlantOptions& options) {
  if (options.tick < std::chrono::milliseconds(1) || options.tick > std::chrono::hours(1)) {
    return base::fail(ErrorCode::kInvalid, "the tick of a plant must lie between 1 ms and 1 h");
  }
  if (!(options.speed >= 0.001 && options.speed <= 100000.0)) {
    return base::fail(ErrorCode::kInvalid, std::format("speed {} is not possible", options.speed),
                      "Use a speed between 0.001 and 100000.");
  }
  if (!(options.faults_per_day >= 0.0 && options.faults_per_day <= 1e6)) {
    return base::fail(ErrorCode::kInvalid, "faults_per_day must lie between 0 and 1000000");
  }
  return {};
}

Result<void> check_fault(const Fault& fault, const std::vector<ThingSpec>& things) {
  const auto thing = std::ranges::find(things, fault.thing, &ThingSpec::name);
  const bool is_known = thing != things.end() && find_property(*thing, fault.property) != kNone;
  if (!is_known) {
    return base::fail(
        ErrorCode::kInvalid,
        std::format("a fault names {}/{}, which is not simulated", fault.thing, fault.property));
  }
  if (fault.end <= fault.start || !(fault.severity >= 0.0 && fault.severity <= 1.0)) {
    return base::fail(ErrorCode::kInvalid,
                      std::format("the {} of {}/{} needs start < end and a severity from 0 to 1",
                                  text(fault.kind), fault.thing, fault.property));
  }
  return {};
}

bool collide(const Fault& a, const Fault& b) {
  return a.thing == b.thing && a.property == b.property && a.start < b.end && b.start < a.end;
}

Result<void> check_script(const std::vector<Fault>& script, const std::vector<ThingSpec>& things) {
  for (std::size_t i = 0; i < script.size(); ++i) {
    MILLRACE_TRY(check_fault(script[i], things));
    for (std::size_t j = 0; j < i; ++j) {
      if (!collide(script[i], script[j])) continue;
      return base::fail(ErrorCode::kInvalid, std::format("two faults of {}/{} overlap",
                                                         script[i].thing, script[i].property));
    }
  }
  return {};
}

}  // namespace

Result<Plant> Plant::create(PlantOptions options, std::vector<std::unique_ptr<Machine>> machines) {
  MILLRACE_TRY(check_options(options));
  std::vector<ThingSpec> things;
  for (const auto& machine : machines) things.push_back(machine->spec());
  MILLRACE_TRY(check_script(options.script, things));
  return Plant(std::move(options), std::move(machines));
}

Plant::Plant(PlantOptions options, std::vector<std::unique_ptr<Machine>> machines)
    : options_(std::move(options)),
      machines_(std::move(machines)),
      faults_({options_.faults_per_day, options_.speed, options_.script},
              derived_seed(options_.seed, kFaultStream), options_.start),
      now_(options_.start) {
  for (std::size_t i = 0; i < machines_.size(); ++i) {
    things_.push_back(machines_[i]->spec());
    sensor_random_.emplace_back(derived_seed(options_.seed, kSensorStream + i));
    last_.emplace_back(things_[i].properties.size());
    machines_[i]->read(last_[i]);
  }
}

void Plant::step(base::Duration dt, const OnTick& on_tick) {
  owed_ += dt;
  while (owed_ >= options_.tick) {
    owed_ -= options_.tick;
    tick();
    on_tick(now_, readings_);
  }
}

std::vector<Fault> Plant::take_truth() { return std::exchange(truth_, {}); }

void Plant::tick() {
  now_ += options_.tick;
  for (Fault& fault : faults_.begin(now_, machines_)) truth_.push_back(std::move(fault));
  active_ = faults_.active(now_);
  advance_physics();
  read_sensors();
}

void Plant::advance_physics() {
  const double seconds = std::chrono::duration<double>(options_.tick).count() * options_.speed;
  const auto parts = static_cast<std::int64_t>(std::ceil(seconds / kSubStepSecondsMax));
  const double part = seconds / static_cast<double>(parts);
  const std::vector<Stress> stress = stresses();
  for (std::int64_t i = 0; i < parts; ++i) {
    physics_seconds_ += part;
    const base::Time at =
        options_.start + base::Duration(static_cast<std::int64_t>(physics_seconds_ * 1e6));
    for (std::size_t m = 0; m < machines_.size(); ++m) machines_[m]->advance(at, part, stress[m]);
  }
}

std::vector<Stress> Plant::stresses() const {
  std::vector<Stress> stress(machines_.size());
  for (const Fault& fault : active_) {
    if (is_sensor_fault(fault.kind)) continue;
    const auto thing = std::ranges::find(things_, fault.thing, &ThingSpec::name);
    add_stress(stress[static_cast<std::size_t>(thing - things_.begin())], fault, now_);
  }
  return stress;
}

void Plant::read_sensors() {
  readings_.clear();
  for (std::size_t thing = 0; thing < machines_.size(); ++thing) {
    std::vector<model::Value> truth(things_[thing].properties.size());
    machines_[thing]->read(truth);
    for (std::size_t property = 0; property < truth.size(); ++property) {
      readings_.push_back({static_cast<std::uint32_t>(thing), static_cast<std::uint32_t>(property),
                           measure(thing, property, truth[property])});
    }
  }
}

model::Sample Plant::measure(std::size_t thing, std::size_t property, const model::Value& truth) {
  const PropertySpec& spec = things_[thing].properties[property];
  // Drawn whether it is needed or not, so that no fault changes what other samples get.
  const double noise = spec.noise > 0.0 ? sensor_random_[thing].normal() : 0.0;
  const auto fault = std::ranges::find_if(active_, [&](const Fault& candidate) {
    return is_sensor_fault(candidate.kind) && candidate.thing == things_[thing].name &&
           candidate.property == spec.name;
  });
  const Measurement measurement{spec, truth, noise, last_[thing][property]};
  const Reading read = read_sensor(measurement, fault == active_.end() ? nullptr : &*fault);
  last_[thing][property] = read.last;
  return {now_, read.value, read.quality};
}

Result<Plant> make_pump_plant(PlantOptions options, std::size_t pumps) {
  if (pumps < 1 || pumps > kPumpsMax) {
    return base::fail(ErrorCode::kInvalid, std::format("a line of {} pumps is not possible", pumps),
                      "Use 1 to 1000 pumps.");
  }
  auto machines = make_pump_line(pumps, options.seed, options.start);
  return Plant::create(std::move(options), std::move(machines));
}

Result<Plant> make_building_plant(PlantOptions options) {
  std::vector<std::unique_ptr<Machine>> machines;
  machines.push_back(make_building("building-1", options.seed, options.start));
  return Plant::create(std::move(options), std::move(machines));
}

}  // namespace millrace::sim
