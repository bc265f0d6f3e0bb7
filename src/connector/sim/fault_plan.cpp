#include "connector/sim/fault_plan.h"

#include <algorithm>
#include <cmath>

namespace millrace::sim {
namespace {

/// How long and how badly faults of a kind last; on the physics' calendar.
struct Range {
  double minutes_min, minutes_max;
  double severity_min, severity_max;
};

Range range(FaultKind kind) {
  switch (kind) {
    case FaultKind::kBearingWear:
      return {240, 720, 0.6, 1.0};
    case FaultKind::kCavitation:
      return {10, 45, 0.7, 1.0};
    case FaultKind::kBlockedValve:
      return {10, 60, 0.3, 0.7};
    case FaultKind::kHvacFailure:
      return {120, 480, 0.5, 1.0};
    case FaultKind::kFlatLine:
      return {5, 30, 1.0, 1.0};
    case FaultKind::kJump:
      return {2, 20, 0.2, 1.0};
    case FaultKind::kNoiseBurst:
      return {1, 5, 0.3, 1.0};
    case FaultKind::kNotANumber:
    case FaultKind::kDropout:
      return {0.2, 3, 1.0, 1.0};
  }
  return {1, 1, 1, 1};
}

constexpr FaultKind kSensorKinds[] = {FaultKind::kFlatLine, FaultKind::kJump,
                                      FaultKind::kNoiseBurst, FaultKind::kNotANumber,
                                      FaultKind::kDropout};
constexpr FaultKind kMachineKinds[] = {FaultKind::kBearingWear, FaultKind::kCavitation,
                                       FaultKind::kBlockedValve, FaultKind::kHvacFailure};

bool fits(FaultKind kind, const Machine& machine) {
  if (!machine.is_running()) return false;
  return (kind == FaultKind::kHvacFailure) == (machine.spec().model == "building");
}

std::string noisy_property(const ThingSpec& spec, base::Random& random) {
  std::vector<std::string> names;
  for (const PropertySpec& property : spec.properties) {
    if (property.noise > 0.0) names.push_back(property.name);
  }
  return names.empty() ? std::string() : names[random.below(names.size())];
}

}  // namespace

FaultPlan::FaultPlan(Options options, std::uint64_t seed, base::Time start)
    : options_(std::move(options)), random_(seed), next_(base::Time::max()) {
  std::ranges::stable_sort(options_.script, {}, &Fault::start);
  if (options_.faults_per_day > 0.0) draw_next(start);
}

void FaultPlan::draw_next(base::Time from) {
  const double mean_us = 86400e6 / options_.faults_per_day / options_.speed;
  const double wait_us = -std::log(1.0 - random_.uniform()) * mean_us;
  next_ = from + base::Duration(static_cast<std::int64_t>(std::min(wait_us, 1e15)));
}

std::optional<Fault> FaultPlan::draw(base::Time now,
                                     const std::vector<std::unique_ptr<Machine>>& machines) {
  const Machine& machine = *machines[random_.below(machines.size())];
  const bool is_sensor = random_.uniform() < 0.6;
  Fault fault;
  fault.kind = is_sensor ? kSensorKinds[random_.below(std::size(kSensorKinds))]
                         : kMachineKinds[random_.below(std::size(kMachineKinds))];
  const Range limits = range(fault.kind);
  const double minutes =
      limits.minutes_min + random_.uniform() * (limits.minutes_max - limits.minutes_min);
  const auto length_us = static_cast<std::int64_t>(minutes * 60e6 / options_.speed);
  fault.severity =
      limits.severity_min + random_.uniform() * (limits.severity_max - limits.severity_min);
  fault.thing = machine.spec().name;
  fault.property =
      is_sensor ? noisy_property(machine.spec(), random_) : std::string(main_symptom(fault.kind));
  fault.start = now;
  // Long enough to be seen, however fast the physics runs.
  fault.end = now + std::max<base::Duration>(base::Duration(length_us), std::chrono::seconds(2));
  if (!is_sensor && !fits(fault.kind, machine)) return std::nullopt;
  if (fault.property.empty() || !is_free(fault)) return std::nullopt;
  return fault;
}

bool FaultPlan::is_free(const Fault& wanted) const {
  const auto collides = [&](const Fault& other) {
    if (other.thing != wanted.thing || other.end <= wanted.start || wanted.end <= other.start) {
      return false;
    }
    const bool both_machine = !is_sensor_fault(other.kind) && !is_sensor_fault(wanted.kind);
    return both_machine || other.property == wanted.property;
  };
  return std::ranges::none_of(active_, collides) && std::ranges::none_of(options_.script, collides);
}

std::vector<Fault> FaultPlan::begin(base::Time now,
                                    const std::vector<std::unique_ptr<Machine>>& machines) {
  std::vector<Fault> begun;
  const auto later =
      std::ranges::find_if(options_.script, [&](const Fault& fault) { return fault.start > now; });
  begun.assign(options_.script.begin(), later);
  options_.script.erase(options_.script.begin(), later);
  if (now >= next_) {
    if (auto fault = draw(now, machines)) begun.push_back(*std::move(fault));
    draw_next(now);
  }
  active_.insert(active_.end(), begun.begin(), begun.end());
  return begun;
}

const std::vector<Fault>& FaultPlan::active(base::Time now) {
  std::erase_if(active_, [&](const Fault& fault) { return fault.end <= now; });
  return active_;
}

}  // namespace millrace::sim
