#include "service/correction_match.h"

#include <algorithm>
#include <ranges>

#include "service/given_value.h"

namespace millrace::service {
namespace {

bool says_same_value(const CorrectionRequest& entry, const store::Correction& record) {
  if (entry.value_to != record.value_to) return false;
  const auto type = model::type_of(record.value);
  if (!type || !model::type_of(entry.value)) return !type && !model::type_of(entry.value);
  return fitted(entry.value, *type) == record.value;
}

bool says_same(const CorrectionRequest& entry, const store::Correction& record) {
  const bool is_alike = entry.action == record.action && entry.method == record.method &&
                        entry.reason == record.why &&
                        (!entry.interval || *entry.interval == record.interval);
  if (!is_alike) return false;
  if (is_looked_up(entry)) {
    return record.range.from >= entry.range.start && record.range.to <= entry.range.end;
  }
  return record.range.from == entry.range.start && record.range.to == entry.range.end &&
         says_same_value(entry, record);
}

}  // namespace

bool share_time(const CorrectionRequest& left, const CorrectionRequest& right) {
  return left.range.start < right.range.end && right.range.start < left.range.end;
}

/// Of the records before `end`: the latest, or all of a fill that was looked up.
std::vector<std::size_t> CorrectionMatch::places_of(const CorrectionRequest& entry,
                                                    std::size_t end) const {
  std::vector<std::size_t> places;
  for (std::size_t place = end; place > 0; --place) {
    if (!says_same(entry, records_[place - 1])) continue;
    places.push_back(place - 1);
    if (!is_looked_up(entry)) break;
  }
  std::ranges::reverse(places);
  return places;
}

void CorrectionMatch::find(const std::vector<const CorrectionRequest*>& entries) {
  found_.assign(entries.size(), {});
  for (std::size_t entry = entries.size(); entry-- > 0;) {
    std::size_t end = records_.size();
    for (std::size_t later = entry + 1; later < entries.size(); ++later) {
      if (found_[later].empty() || !share_time(*entries[entry], *entries[later])) continue;
      end = std::min(end, found_[later].front());
    }
    found_[entry] = places_of(*entries[entry], end);
    for (const std::size_t place : found_[entry]) taken_[place] = true;
    leave_latest(found_[entry]);
  }
}

/// A hole that was filled again has its later row on top: the older one says nothing more.
void CorrectionMatch::leave_latest(std::vector<std::size_t>& places) const {
  std::vector<std::size_t> latest;
  for (const std::size_t place : places | std::views::reverse) {
    const store::TimeRange& range = records_[place].range;
    const bool is_filled_again = std::ranges::any_of(latest, [&](std::size_t later) {
      return store::intersection(range, records_[later].range) == range;
    });
    if (!is_filled_again) latest.push_back(place);
  }
  std::ranges::reverse(latest);
  places = std::move(latest);
}

std::vector<store::Correction> CorrectionMatch::of(std::size_t entry) const {
  std::vector<store::Correction> records;
  for (const std::size_t place : found_[entry]) records.push_back(records_[place]);
  return records;
}

std::vector<store::Correction> CorrectionMatch::until(std::size_t entry) const {
  const std::size_t count = found_[entry].empty() ? 0 : found_[entry].back() + 1;
  return {records_.begin(), records_.begin() + static_cast<std::ptrdiff_t>(count)};
}

std::optional<std::int64_t> CorrectionMatch::covered_by(std::size_t entry) const {
  for (const std::size_t place : found_[entry]) {
    for (std::size_t later = place + 1; later < records_.size(); ++later) {
      const auto common = store::intersection(records_[later].range, records_[place].range);
      if (!taken_[later] && !common.is_empty()) return records_[later].id;
    }
  }
  return std::nullopt;
}

}  // namespace millrace::service
