#pragma once

#include <chrono>
#include <cstdint>
#include <format>
#include <string>

#include "base/clock.h"
#include "values.h"

namespace millrace::bench {

/// The plant all programs and peers of a run load alike: `series` series in things of 100
/// properties, a sample of each in every tick, ticks 17.28 s apart (5,000 a day) with up to 49 ms
/// of jitter, in order of arrival. Times end at `end`.
class Plant {
 public:
  Plant(std::uint64_t series, std::uint64_t ticks, base::Time end, Shape shape = Shape::kWalk)
      : series_(series), start_(end - static_cast<std::int64_t>(ticks) * kTick), values_(shape) {}

  static constexpr base::Duration kTick{17'280'000};

  std::uint64_t series() const { return series_; }
  /// Whole milliseconds.
  base::Time time(std::uint64_t one, std::uint64_t tick) const {
    const auto jitter = std::chrono::milliseconds((one * 31 + tick * 17) % 50);
    return start_ + static_cast<std::int64_t>(tick) * kTick + jitter;
  }
  double value(std::uint64_t one, std::uint64_t tick) const { return values_.at(one, tick); }

  static std::string thing(std::uint64_t one) { return std::format("thing-{:03}", one / 100); }
  static std::string property(std::uint64_t one) { return std::format("p{:02}", one % 100); }

 private:
  std::uint64_t series_;
  base::Time start_;
  Values values_;
};

}  // namespace millrace::bench
