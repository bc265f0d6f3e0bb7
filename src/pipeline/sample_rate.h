#pragma once

#include <array>
#include <cstdint>

#include "base/clock.h"

namespace millrace::pipeline {

/// Samples per second over the last ten whole seconds. Not thread safe; one owner.
class SampleRate {
 public:
  void add(base::MonotonicTime now, std::uint64_t samples);
  double per_second(base::MonotonicTime now) const;

 private:
  static constexpr std::int64_t kSeconds = 10;

  std::array<std::uint64_t, kSeconds + 1> counts_{};
  std::array<std::int64_t, kSeconds + 1> seconds_{};
};

}  // namespace millrace::pipeline
