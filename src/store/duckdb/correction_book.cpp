#include "store/duckdb/correction_book.h"

#include <algorithm>
#include <ranges>
#include <set>

namespace millrace::store::duckdb {
namespace {

bool fits(const CorrectionFilter& filter, const Correction& one) {
  if (filter.before > 0 && one.id >= filter.before) return false;
  if (filter.since && one.commit <= *filter.since) return false;
  if (filter.range && intersection(*filter.range, one.range).is_empty()) return false;
  return filter.series.empty() || std::ranges::contains(filter.series, one.series);
}

}  // namespace

void CorrectionBook::add(const std::vector<Correction>& made) {
  std::set<model::SeriesId> changed;
  for (const Correction& one : made) {
    all_.push_back(one);
    by_series_[one.series].corrections.push_back(one);
    changed.insert(one.series);
  }
  for (const model::SeriesId series : changed) {
    OfSeries& mine = by_series_[series];
    mine.overlay = std::make_shared<const Overlay>(mine.corrections);
  }
}

std::shared_ptr<const Overlay> CorrectionBook::overlay(model::SeriesId series,
                                                       std::optional<model::CommitId> as_of) const {
  const auto found = by_series_.find(series);
  if (found == by_series_.end()) return nullptr;
  const auto is_later = [&](const Correction& one) { return as_of && one.commit > *as_of; };
  if (std::ranges::none_of(found->second.corrections, is_later)) return found->second.overlay;
  std::vector<Correction> until = found->second.corrections;
  std::erase_if(until, is_later);
  return std::make_shared<const Overlay>(std::move(until));
}

const Correction& CorrectionBook::by_id(std::int64_t id) const {
  return *std::ranges::lower_bound(all_, id, {}, &Correction::id);
}

std::optional<LastValue> CorrectionBook::seen(model::SeriesId series,
                                              const std::optional<LastValue>& newest) const {
  const auto found = by_series_.find(series);
  if (found == by_series_.end()) return newest;
  std::optional<model::Sample> stored;
  if (newest) stored = newest->sample;
  SeenNewest seen = newest_seen(*found->second.overlay, stored);
  if (!seen.sample) return newest;
  const bool is_filled = !newest || newest->sample.time != seen.sample->time;
  const base::Time received = is_filled ? by_id(seen.correction).time : newest->received;
  return LastValue{series, std::move(*seen.sample), received, seen.correction};
}

std::vector<Correction> CorrectionBook::find(const CorrectionFilter& filter) const {
  std::vector<Correction> found;
  for (const Correction& one : std::views::reverse(all_)) {
    if (found.size() >= filter.limit) break;
    if (fits(filter, one)) found.push_back(one);
  }
  return found;
}

std::vector<CorrectedRange> CorrectionBook::since(model::CommitId commit) const {
  std::vector<CorrectedRange> ranges;
  for (const Correction& one : std::views::reverse(all_)) {
    if (one.commit <= commit) break;
    ranges.push_back({one.series, one.range, one.commit});
  }
  std::ranges::sort(ranges, {}, [](const CorrectedRange& one) {
    return std::tuple(one.series, one.range.from, one.range.to, one.commit);
  });
  return ranges;
}

}  // namespace millrace::store::duckdb
