#pragma once

#include <cstdint>

#include "model/sample.h"

namespace millrace::pipeline {

/// What a filter has saved and what it has cost, since it began.
struct FilterFigures {
  std::uint64_t received = 0;
  std::uint64_t sent = 0;
  std::uint64_t bytes_received = 0;  // as wire_bytes() counts
  std::uint64_t bytes_sent = 0;
  base::Time since;  // the first sample that is counted
  // Of what was held back, in the property's unit, against what was sent: each value holds until
  // the next; of a swinging door, straight lines between them.
  double error_max = 0;
  double error_mean = 0;
  // Of a swinging door, against values that hold until the next, as time-weighted averages have it.
  double stepped_max = 0;
  double stepped_mean = 0;
  std::uint64_t bytes_saved() const { return bytes_received - bytes_sent; }
  bool operator==(const FilterFigures&) const = default;
};

/// What one sample takes on its way to the hub: its Sparkplug metric by alias and its places in the
/// delivery body. Topics, headers and births are not in it. Held against the encoders by a test.
std::size_t wire_bytes(const model::Sample& sample);

/// Counts for one filter. Not thread safe.
class FilterMeter {
 public:
  void received(const model::Sample& sample) {
    if (figures_.received++ == 0) figures_.since = sample.time;
    figures_.bytes_received += wire_bytes(sample);
  }
  void sent(const model::Sample& sample) {
    ++figures_.sent;
    figures_.bytes_sent += wire_bytes(sample);
  }
  /// The error of `samples` held back ones.
  void error(double absolute, std::uint64_t samples = 1) {
    measured_ += samples;
    figures_.error_mean +=
        (absolute - figures_.error_mean) * static_cast<double>(samples) / double(measured_);
    if (absolute > figures_.error_max) figures_.error_max = absolute;
  }
  /// Of one held back by a swinging door, as lines and as steps show it.
  void error(double of_line, double of_step) {
    error(of_line);
    figures_.stepped_mean += (of_step - figures_.stepped_mean) / double(measured_);
    if (of_step > figures_.stepped_max) figures_.stepped_max = of_step;
  }
  const FilterFigures& figures() const { return figures_; }

 private:
  FilterFigures figures_;
  std::uint64_t measured_ = 0;
};

}  // namespace millrace::pipeline
