#pragma once

#include "service/deps.h"
#include "twin/catalog.h"

namespace millrace::service {

/// What the Retention resource says; without one everything is kept.
store::RetentionPolicy policy_of(const twin::Catalog& catalog);

/// What an apply would have deleted for good, with the next hour, by one option of Retention.
struct Deletion {
  store::Kept what{};
  base::Time from;            // of the oldest sample
  base::Time to;              // of the newest
  std::uint64_t samples = 0;  // deleted, or no longer in any minute or hour
};

/// "raw_d", "minutes_d", "hours_d"
std::string_view option_of(store::Kept what);

/// What the retention after would let go of now and the one before would keep. Nothing while both
/// are the same. Waits for the store.
base::Result<std::vector<Deletion>> deletions_of(const twin::Catalog& before,
                                                 const twin::Catalog& after, const Deps& deps);

/// conflict, with the figures.
base::Error unconfirmed(const std::vector<Deletion>& deletions);

}  // namespace millrace::service
