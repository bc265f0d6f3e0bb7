#pragma once

#include <cmath>
#include <cstdint>

#include "base/random.h"

namespace millrace::sim {

/// First-order lag dx/dt = (target − x)/tau, solved exactly, so that any step is stable. Seconds.
inline double approach(double x, double target, double seconds, double tau) {
  return target + (x - target) * std::exp(-seconds / tau);
}

/// A value that wanders around zero (Ornstein–Uhlenbeck process, the AR(1) of continuous time),
/// with the exact transition of D. T. Gillespie, Phys. Rev. E 54 (1996) 2084.
class Wander {
 public:
  Wander(double deviation, double tau_seconds) : deviation_(deviation), tau_(tau_seconds) {}

  double advance(double seconds, base::Random& random) {
    const double kept = std::exp(-seconds / tau_);
    value_ = value_ * kept + deviation_ * std::sqrt(1.0 - kept * kept) * random.normal();
    return value_;
  }
  double value() const { return value_; }

 private:
  double deviation_;
  double tau_;
  double value_ = 0.0;
};

/// A seed of its own for each stream of random numbers (Steele et al., "SplitMix", OOPSLA 2014), so
/// that what one draws never changes what another gets.
inline std::uint64_t derived_seed(std::uint64_t seed, std::uint64_t stream) {
  std::uint64_t z = seed + 0x9E3779B97F4A7C15ULL * (stream + 1);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

}  // namespace millrace::sim
