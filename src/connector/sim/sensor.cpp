#include "connector/sim/sensor.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace millrace::sim {
namespace {

constexpr std::uint32_t kBadNoCommunication = 0x80310000U;
constexpr double kBurstFactor = 30.0;
constexpr double kJumpShare = 0.25;

/// What the transmitter shows for a physical value: inside its range, in steps of its resolution.
double shown(const PropertySpec& spec, double value) {
  const double inside = std::clamp(value, spec.low, spec.high);
  return spec.resolution > 0.0 ? std::round(inside / spec.resolution) * spec.resolution : inside;
}

/// Towards the far end of the range, so that the jump is never hidden by saturation.
double jump(const PropertySpec& spec, double value, double severity) {
  const double size = severity * kJumpShare * (spec.high - spec.low);
  return value > (spec.low + spec.high) / 2.0 ? value - size : value + size;
}

Reading read_number(const Measurement& m, double truth, const Fault* fault) {
  const double healthy = shown(m.spec, truth + m.spec.noise * m.noise);
  if (fault == nullptr) return {healthy, {}, healthy};
  switch (fault->kind) {
    case FaultKind::kFlatLine:
      return {m.last, {}, m.last};
    case FaultKind::kJump:
      return {shown(m.spec, jump(m.spec, truth + m.spec.noise * m.noise, fault->severity)),
              {},
              healthy};
    case FaultKind::kNoiseBurst: {
      const double factor = 1.0 + kBurstFactor * fault->severity;
      return {shown(m.spec, truth + m.spec.noise * m.noise * factor), {}, healthy};
    }
    case FaultKind::kNotANumber:
      return {std::numeric_limits<double>::quiet_NaN(), {}, healthy};
    case FaultKind::kDropout:
      return {std::monostate{}, model::Quality::from_opcua(kBadNoCommunication), healthy};
    default:
      return {healthy, {}, healthy};
  }
}

}  // namespace

Reading read_sensor(const Measurement& measurement, const Fault* fault) {
  if (const auto* number = std::get_if<double>(&measurement.truth)) {
    return read_number(measurement, *number, fault);
  }
  if (fault != nullptr && fault->kind == FaultKind::kDropout) {
    return {std::monostate{}, model::Quality::from_opcua(kBadNoCommunication), measurement.truth};
  }
  if (fault != nullptr && fault->kind == FaultKind::kFlatLine) {
    return {measurement.last, {}, measurement.last};
  }
  return {measurement.truth, {}, measurement.truth};
}

void add_stress(Stress& stress, const Fault& fault, base::Time at) {
  const auto share = [&] {
    const auto whole = std::chrono::duration<double>(fault.end - fault.start).count();
    return std::chrono::duration<double>(at - fault.start).count() / whole;
  };
  switch (fault.kind) {
    case FaultKind::kBearingWear:
      stress.bearing_wear = fault.severity * share();
      break;
    case FaultKind::kCavitation:
      stress.suction_clogging = fault.severity;
      break;
    case FaultKind::kBlockedValve:
      stress.valve_blockage = fault.severity;
      break;
    case FaultKind::kHvacFailure:
      stress.hvac_loss = fault.severity;
      break;
    default:
      break;
  }
}

}  // namespace millrace::sim
