#pragma once

#include "service/page.h"
#include "service/twins.h"

namespace millrace::service {

inline constexpr std::size_t kBucketsMax = 100'000;
inline constexpr std::size_t kRawRowsMax = 100'000;
inline constexpr std::size_t kPropertiesMax = 50;
inline constexpr std::size_t kPointsRawMax = 10'000;  // of one property in a chart's answer

struct TimeRange {
  base::Time start;
  base::Time end;  // not included
};

struct PropertyName {
  std::string thing;
  std::string property;
};

struct HistoryRequest {
  PropertyName property;
  TimeRange range;
  std::optional<base::Duration> step;  // buckets; raw samples without
  std::vector<store::Aggregate> aggregates;
  PageRequest page;  // of raw samples
  store::Corrections corrections = store::Corrections::kApplied;
  std::optional<model::CommitId> as_of;  // of raw samples
};

/// Exactly one of `step` and `points_max`.
struct ChartRequest {
  std::vector<PropertyName> properties;
  TimeRange range;
  std::optional<base::Duration> step;
  std::optional<std::size_t> points_max;
  std::vector<store::Aggregate> aggregates;
  store::Corrections corrections = store::Corrections::kApplied;
};

/// The samples of one property in a time range: raw when `step` is empty, else buckets.
struct History {
  model::Series series;
  TimeRange range;
  std::optional<base::Duration> step;
  model::CommitId commit{};  // data version that the answer stands on
  std::vector<store::Aggregate> aggregates;
  store::Corrections corrections = store::Corrections::kApplied;
  std::optional<model::CommitId> as_of;
  store::Deadline deadline;  // of its queries
  std::vector<model::Sample> samples;
  std::vector<store::BucketRow> buckets;
  std::optional<std::string> next;
};

/// The smallest round step (1, 2, 5 … ms, s; 1, 5, 15 … min; 1, 2, 6 … h; days) that cuts the range
/// into at most `points` buckets.
base::Duration round_step(const TimeRange& range, std::size_t points);

/// Samples over time. Any thread; a query waits for the store.
class Histories {
 public:
  Histories(const Deps& deps, const Twins& twins) : deps_(deps), twins_(twins) {}

  /// Errors: not_found, invalid, too_large, unsupported (buckets of text or bytes), malformed,
  /// timeout.
  base::Result<History> one(const HistoryRequest& request) const;
  /// In the order asked for.
  base::Result<std::vector<History>> chart(const ChartRequest& request) const;

 private:
  base::Result<void> fill_raw(History& history, const PageRequest& page) const;
  base::Result<void> fill_buckets(std::vector<History*>& histories) const;
  base::Result<void> fill_each(const std::vector<History*>& histories) const;

  const Deps& deps_;
  const Twins& twins_;
};

}  // namespace millrace::service
