#pragma once

#include <cstdint>
#include <random>

namespace millrace::base {

/// A seeded source of pseudo-random numbers; the seed of a test is printed. One thread.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  /// Seeded by the operating system.
  static Random from_system();

  std::uint64_t next() { return engine_(); }
  /// Uniform in [0, bound); bound > 0.
  std::uint64_t below(std::uint64_t bound) {
    return std::uniform_int_distribution<std::uint64_t>(0, bound - 1)(engine_);
  }
  /// Uniform in [0, 1).
  double uniform() { return std::uniform_real_distribution<double>(0.0, 1.0)(engine_); }
  /// Gaussian with mean 0 and standard deviation 1.
  double normal() { return std::normal_distribution<double>(0.0, 1.0)(engine_); }

 private:
  std::mt19937_64 engine_;
};

}  // namespace millrace::base
