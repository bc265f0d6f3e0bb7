#pragma once

#include "base/random.h"
#include "data_set.h"

namespace millrace::quality {

/// A sample on its way to the process that checks it.
struct Arrival {
  std::size_t series = 0;
  base::Time taken;  // the sample's time before any fault: by it the same sample is known again
  base::Time arrived;
  model::Sample sample;
};

/// What arrives of a data set, in its order, and what is wrong with it.
struct Stream {
  std::vector<Arrival> arrivals;
  std::vector<Label> labels;
};

/// As it was measured; each sample arrives when it was taken.
Stream untouched(const DataSet& data);

/// The kinds that can be injected: spike, flat_line, gap, unit, offset, drift, clock_ahead,
/// clock_behind, skew_ahead, skew_behind, duplicate, out_of_order, late.
std::span<const std::string_view> fault_kinds();

/// One kind of fault, about `each` times in each series, far enough apart to be told apart, after
/// the first third (which settings are learnt from).
Stream injected(const DataSet& data, std::string_view kind, std::size_t each, base::Random& random);

}  // namespace millrace::quality
