#pragma once

#include <optional>
#include <vector>

#include "model/sample.h"
#include "store/correction.h"

namespace millrace::service {

/// The same range with the values that `previous` or `linear` finds in the samples beside it, which
/// may be null; empty when these are of no use.
std::optional<store::Correction> valued(store::Correction range, const model::Sample* before,
                                        const model::Sample* behind);
/// Whether a value beside a range may be taken.
bool is_usable(const model::Sample& sample);

/// The range of `whole`, a fill with an interval, in parts: one for each hole between `samples`,
/// which are those around and in the range, by time. A hole is where the next sample comes later
/// than one and a half intervals. `previous` takes the last usable value before it, `linear` the
/// line to the first usable one behind it; holes without these are left out.
std::vector<store::Correction> fill_holes(const store::Correction& whole,
                                          const std::vector<model::Sample>& samples);

}  // namespace millrace::service
