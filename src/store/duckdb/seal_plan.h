#pragma once

#include <map>
#include <optional>
#include <vector>

#include "store/duckdb/duckdb_store.h"
#include "store/duckdb/layout.h"

namespace millrace::store::duckdb {

/// The calendar month (UTC) that holds a time.
TimeRange month_of(base::Time time);

/// Decides what becomes of the hot rows of one type: which ranges become partitions, which
/// partitions take late rows in, what stays hot. Pure; it is given each row's times once.
class SealPlanner {
 public:
  SealPlanner(std::vector<PartitionTable> partitions, const SealPolicy& policy, base::Time now);

  void add(base::Time time, base::Time received);

  struct Output {
    TimeRange range;
    std::vector<PartitionTable> merged;  // by time; rewritten with the hot rows of the range
    /// The rows of the range have expired: hot ones that came late follow them.
    bool has_expired() const { return !merged.empty() && !merged.front().has_rows; }
  };
  /// Disjoint, by time; empty when everything should stay as it is.
  std::vector<Output> plan() const;

 private:
  /// Hot rows of a range that a partition owns, or that no partition owns within a month.
  struct Region {
    TimeRange range;
    std::optional<PartitionTable> owner;
    std::uint64_t rows = 0;
    std::uint64_t settled_rows = 0;  // older than the lateness
    base::Time newest;
    base::Time oldest_received = base::Time::max();
    std::map<base::Time, std::uint64_t> hours;
  };

  Region& region_of(base::Time time);
  Region make_region(base::Time time) const;
  bool is_merge_due(const Region& region) const;
  void plan_gap(const Region& region, std::vector<Output>& outputs) const;
  void plan_join(std::vector<Output>& outputs) const;
  void cut(const Region& region, const TimeRange& range, std::vector<Output>& outputs) const;

  const std::vector<PartitionTable> partitions_;
  const SealPolicy policy_;
  const base::Time now_;
  std::map<base::Time, Region> regions_;  // by range.from
  Region* last_ = nullptr;
};

}  // namespace millrace::store::duckdb
