#pragma once

#include <vector>

#include "store/rollup.h"
#include "store/series_store.h"
#include "store/time_ranges.h"

namespace millrace::store {

/// Gathers what is known of one series, from several sources, and answers in buckets.
///
/// The times of a query are split in two: what stands in `rows_only` must be given as samples, read
/// from all tables and put in order; everything else comes from sources whose samples of this
/// series follow one another in time (partitions, then hot tables), as samples or as roll-ups that
/// do not cross a bucket or a border of `rows_only`.
class BucketBuilder {
 public:
  BucketBuilder(const BucketQuery& query, model::SeriesId series, TimeRanges rows_only)
      : query_(&query), series_(series), rows_only_(std::move(rows_only)) {}

  model::SeriesId series() const { return series_; }
  const TimeRanges& rows_only() const { return rows_only_; }

  /// Samples of one source in order of (time, commit); the first of equal times counts, the others
  /// are its duplicates.
  void add(base::Time time, const Reading& one);
  void add(const Rollup& rollup);
  /// The newest sample before the query's start.
  void set_before(const Held& before) { before_ = before; }

  /// The answer, by time.
  std::vector<BucketRow> finish();

 private:
  struct Piece {
    std::int64_t bucket = 0;
    std::size_t position = 0;  // in rows_only_
    Rollup rollup;
  };
  Rollup& piece_at(base::Time time);
  BucketRow row_of(std::int64_t bucket, const Rollup& rollup, const Held& before) const;

  const BucketQuery* query_;
  model::SeriesId series_;
  TimeRanges rows_only_;
  std::vector<Piece> pieces_;
  Held before_;
};

}  // namespace millrace::store
