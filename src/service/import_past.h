#pragma once

#include <optional>
#include <span>
#include <vector>

#include "model/property_contract.h"
#include "store/series_store.h"

namespace millrace::service {

/// A property whose rules go on at a time of which they have not seen what was before.
struct ImportPast {
  model::SeriesId series{};
  std::size_t place = 0;              // of its contract
  base::Time before;                  // not included
  std::optional<base::Time> after{};  // not included; none: as far back as it takes
};

struct PastSample {
  std::size_t place = 0;
  model::Sample sample;  // as it came: without what rules have marked
};

/// The stored samples before these times that rules need to say the same as if they had seen all of
/// them: as many as a rule compares with, and as long as a flat line takes. In the order of time.
/// Errors: those of SeriesStore::raw().
base::Result<std::vector<PastSample>> past_of(const store::SeriesStore& store,
                                              const std::vector<model::PropertyContract>& contracts,
                                              std::span<const ImportPast> wanted);

}  // namespace millrace::service
