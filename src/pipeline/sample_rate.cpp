#include "pipeline/sample_rate.h"

namespace millrace::pipeline {
namespace {

std::int64_t second_of(base::MonotonicTime now) {
  return std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count();
}

}  // namespace

void SampleRate::add(base::MonotonicTime now, std::uint64_t samples) {
  const std::int64_t second = second_of(now);
  const auto place = static_cast<std::size_t>(second % (kSeconds + 1));
  if (seconds_[place] != second) {
    seconds_[place] = second;
    counts_[place] = 0;
  }
  counts_[place] += samples;
}

/// The running second is left out: it is not whole.
double SampleRate::per_second(base::MonotonicTime now) const {
  const std::int64_t running = second_of(now);
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < counts_.size(); ++i) {
    if (seconds_[i] < running && seconds_[i] >= running - kSeconds) sum += counts_[i];
  }
  return static_cast<double>(sum) / static_cast<double>(kSeconds);
}

}  // namespace millrace::pipeline
