#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "base/random.h"

namespace millrace::bench {

/// The three shapes of data that are measured: a walk in steps of 0.01, as a temperature or a level
/// moves; noise in every bit of a double; setpoints, which stay and step.
enum class Shape { kWalk, kNoise, kSteps };

/// Values that every program of a run makes alike, without keeping anything for each series: one
/// long sequence, which each series enters at a place of its own.
class Values {
 public:
  explicit Values(Shape shape = Shape::kWalk) {
    base::Random random(20260301);
    double level = 50;
    for (double& value : values_) {
      if (shape == Shape::kNoise) level = 50 + random.normal();
      if (shape == Shape::kWalk) level += 0.01 * (static_cast<double>(random.below(11)) - 5);
      if (shape == Shape::kSteps && random.below(500) == 0)
        level = 20 + 0.5 * double(random.below(100));
      value = shape == Shape::kNoise ? level : std::round(level * 100) / 100;
    }
  }

  double at(std::uint64_t series, std::uint64_t tick) const {
    return values_[(series * 7919 + tick) % values_.size()];
  }

 private:
  std::array<double, 1U << 16> values_{};
};

}  // namespace millrace::bench
