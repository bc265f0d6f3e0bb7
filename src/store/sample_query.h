#pragma once

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "model/sample.h"
#include "store/export_query.h"

namespace millrace::store {

enum class Aggregate { kAvg, kMin, kMax, kCount, kFirst, kLast, kSum, kTimeWeightedAvg, kBadCount };

/// "avg", "min", "max", "count", "first", "last", "sum", "time_weighted_avg", "bad_count".
std::string_view text(Aggregate aggregate);
std::optional<Aggregate> parse_aggregate(std::string_view text);

/// Whether a question is answered with samples as corrections let them be seen, or as stored.
enum class Corrections { kApplied, kLeftOut };

/// Samples of one series with start <= time < end in order of (time, commit).
struct RawQuery {
  model::SeriesId series{};
  base::Time start;
  base::Time end;
  std::size_t limit = 100'000;
  /// Continue after this many rows of equal first time; from RawResult::next.
  std::optional<std::pair<base::Time, std::size_t>> after;
  Deadline deadline;
  Corrections corrections = Corrections::kApplied;
  /// As the store stood after this commit: without samples and corrections that came later.
  std::optional<model::CommitId> as_of;
  /// Only samples that later commits than this one brought.
  std::optional<model::CommitId> since = std::nullopt;
};

struct RawResult {
  std::vector<model::Sample> samples;
  std::optional<std::pair<base::Time, std::size_t>> next;  // set when more than `limit` were there
  model::CommitId commit{};                                // data version: the newest commit in it
};

/// The time of the oldest sample of a series that is there.
struct FirstTime {
  model::SeriesId series{};
  base::Time time;
};

/// Buckets [start + k·step, start + (k+1)·step) of numeric series (bool as 0/1). Bad samples count
/// in kBadCount only; a bucket without a usable sample has count 0 and no other value. Samples
/// marked duplicate are left out of everything but kBadCount. Where rows have expired (retain()),
/// the minutes or hours that are left count, each whole in the bucket of its first sample.
struct BucketQuery {
  std::vector<model::SeriesId> series;
  base::Time start;
  base::Time end;
  base::Duration step{};
  std::vector<Aggregate> aggregates;
  Deadline deadline;
  Corrections corrections = Corrections::kApplied;
};

/// One row for each bucket that has any sample; values[i] belongs to aggregates[i]; NaN for none.
struct BucketRow {
  model::SeriesId series{};
  base::Time time;
  std::vector<double> values;
};

struct BucketResult {
  std::vector<BucketRow> rows;
  model::CommitId commit{};  // data version: the newest commit in it
};

}  // namespace millrace::store
