#include "store/duckdb/seal_plan.h"

#include <algorithm>

namespace millrace::store::duckdb {
namespace {

constexpr base::Duration kOne{1};

}  // namespace

TimeRange month_of(base::Time time) {
  const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(time)};
  const std::chrono::year_month month = day.year() / day.month();
  return {std::chrono::sys_days(month / 1),
          std::chrono::sys_days((month + std::chrono::months(1)) / 1)};
}

SealPlanner::SealPlanner(std::vector<PartitionTable> partitions, const SealPolicy& policy,
                         base::Time now)
    : partitions_(std::move(partitions)), policy_(policy), now_(now) {}

void SealPlanner::add(base::Time time, base::Time received) {
  Region& region = last_ && last_->range.holds(time) ? *last_ : region_of(time);
  last_ = &region;
  region.newest = region.rows == 0 ? time : std::max(region.newest, time);
  region.oldest_received = std::min(region.oldest_received, received);
  ++region.rows;
  if (time < now_ - policy_.lateness) ++region.settled_rows;
  if (!region.owner) ++region.hours[floor_to(time, kHour)];
}

SealPlanner::Region& SealPlanner::region_of(base::Time time) {
  auto after = regions_.upper_bound(time);
  if (after != regions_.begin()) {
    Region& before = std::prev(after)->second;
    if (before.range.holds(time)) return before;
  }
  Region region = make_region(time);
  const base::Time from = region.range.from;
  return regions_.emplace(from, std::move(region)).first->second;
}

SealPlanner::Region SealPlanner::make_region(base::Time time) const {
  Region region{.range = month_of(time)};
  const auto after = std::ranges::upper_bound(
      partitions_, time, {}, [](const PartitionTable& one) { return one.range.from; });
  if (after != partitions_.end()) region.range.to = std::min(region.range.to, after->range.from);
  if (after == partitions_.begin()) return region;
  const PartitionTable& before = *std::prev(after);
  if (before.range.holds(time)) {
    region.range = before.range;
    region.owner = before;
  } else {
    region.range.from = std::max(region.range.from, before.range.to);
  }
  return region;
}

std::vector<SealPlanner::Output> SealPlanner::plan() const {
  std::vector<Output> outputs;
  for (const auto& [from, region] : regions_) {
    if (!region.owner) {
      plan_gap(region, outputs);
    } else if (is_merge_due(region)) {
      outputs.push_back({region.range, {*region.owner}});
    }
  }
  plan_join(outputs);
  return outputs;
}

bool SealPlanner::is_merge_due(const Region& region) const {
  const auto share = static_cast<double>(region.rows) / static_cast<double>(region.owner->rows);
  return region.rows >= policy_.late_rows_min || share >= policy_.late_share_min ||
         region.oldest_received + policy_.late_age_max <= now_;
}

void SealPlanner::plan_gap(const Region& region, std::vector<Output>& outputs) const {
  if (month_of(region.range.from).to + policy_.month_grace <= now_) {
    return cut(region, region.range, outputs);
  }
  // Up to the lateness where that is enough; a flood is sealed as it comes.
  const base::Time settled = std::min(now_ - policy_.lateness, region.range.to);
  if (region.settled_rows >= policy_.rows_min) {
    const base::Time end = std::min(settled, region.newest + kOne);
    return cut(region, {region.range.from, end}, outputs);
  }
  if (region.rows >= policy_.hot_rows_max) {
    cut(region, {region.range.from, region.newest + kOne}, outputs);
  }
}

/// Into partitions of about rows_target, on whole hours.
void SealPlanner::cut(const Region& region, const TimeRange& range,
                      std::vector<Output>& outputs) const {
  base::Time from = range.from;
  std::uint64_t rows = 0;
  for (const auto& [hour, count] : region.hours) {
    const bool is_inside = hour > from && hour < range.to;
    if (is_inside && rows >= policy_.rows_min && rows + count > policy_.rows_target) {
      outputs.push_back({{from, hour}, {}});
      from = hour;
      rows = 0;
    }
    rows += count;
  }
  outputs.push_back({{from, range.to}, {}});
}

/// Neighbours of one month become one partition, so that a chart asks few tables: at least
/// joined_min of them, none with more than half of the rows, so that a row is rewritten only a few
/// times in its life. One join a seal, the smallest.
void SealPlanner::plan_join(std::vector<Output>& outputs) const {
  const auto is_taken = [&](const PartitionTable& one) {
    return std::ranges::any_of(outputs, [&](const Output& output) {
      return !intersection(output.range, one.range).is_empty();
    });
  };
  std::uint64_t best_rows = policy_.joined_rows_max + 1;
  std::size_t best_first = 0, best_count = 0;
  for (std::size_t first = 0; first < partitions_.size(); ++first) {
    const TimeRange month = month_of(partitions_[first].range.from);
    std::uint64_t rows = 0, largest = 0;
    for (std::size_t last = first; last < partitions_.size(); ++last) {
      const PartitionTable& one = partitions_[last];
      rows += one.rows;
      largest = std::max(largest, one.rows);
      if (one.range.to > month.to || rows >= best_rows || is_taken(one) || !one.has_rows) break;
      if (last - first + 1 < policy_.joined_min || largest > rows / 2) continue;
      best_rows = rows;
      best_first = first;
      best_count = last - first + 1;
      break;
    }
  }
  if (best_count == 0) return;
  const auto begin = partitions_.begin() + static_cast<std::ptrdiff_t>(best_first);
  const std::vector<PartitionTable> run(begin, begin + static_cast<std::ptrdiff_t>(best_count));
  const TimeRange range{run.front().range.from, run.back().range.to};
  const auto is_between = [&](const Output& output) {
    return !intersection(output.range, range).is_empty();
  };
  if (std::ranges::any_of(outputs, is_between)) return;
  outputs.push_back({range, run});
  std::ranges::sort(outputs, {}, [](const Output& output) { return output.range.from; });
}

}  // namespace millrace::store::duckdb
