#pragma once

#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "model/ids.h"
#include "model/quality.h"
#include "store/export_query.h"

namespace millrace::store {

/// Samples of any type by what is wrong with them, as they came: corrections change no count.
/// Buckets as in BucketQuery. A sample that repeats an older time counts as duplicate at the latest
/// when its range is sealed.
struct QualityQuery {
  std::vector<model::SeriesId> series;
  base::Time start;
  base::Time end;
  base::Duration step{};
  Deadline deadline;
  /// As the store stood after this commit: without samples that came later.
  std::optional<model::CommitId> as_of = std::nullopt;
};

/// Severity and both reasons; sub codes of sources are counted together.
inline constexpr std::uint32_t kCountedQualityBits = 0xC000FFFFU;

/// One row for each bucket and quality (its kCountedQualityBits) that has any sample.
struct QualityCount {
  model::SeriesId series{};
  base::Time time;  // of the bucket
  model::Quality quality;
  std::uint64_t samples = 0;
  base::Time first;  // of these samples
  base::Time last;
  bool operator==(const QualityCount&) const = default;
};

struct QualityCounts {
  std::vector<QualityCount> rows;
  model::CommitId commit{};  // data version: the newest commit in it
};

}  // namespace millrace::store
