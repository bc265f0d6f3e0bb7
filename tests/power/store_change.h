#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "store/series_store.h"

namespace millrace::power {

// What store_change_workload does and store_change_test expects.

base::Time change_time();
std::unique_ptr<store::SeriesStore> make_changing_store(const std::filesystem::path& folder,
                                                        const base::Clock& clock);
/// Of the dense series of the golden store.
store::Correction golden_correction();

/// Two series over January and March, with a correction.
store::Commit two_months();
/// Under it the rows of both months have expired, and their minutes and hours are kept.
extern const store::RetentionPolicy kRetention;
/// The chart of both months by hours.
base::Result<std::vector<store::BucketRow>> hours_of(const store::SeriesStore& store);

}  // namespace millrace::power
