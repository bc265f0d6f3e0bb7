#include "service/history.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <map>
#include <ranges>

namespace millrace::service {
namespace {

using base::ErrorCode;
using base::Result;
using namespace std::chrono_literals;

constexpr base::Duration kStepMin = 1ms;

bool has_buckets(model::ValueType type) {
  return type != model::ValueType::kText && type != model::ValueType::kBytes;
}

std::uint64_t bucket_count(const TimeRange& range, base::Duration step) {
  const auto width = static_cast<std::uint64_t>((range.end - range.start).count());
  const auto one = static_cast<std::uint64_t>(step.count());
  return (width + one - 1) / one;
}

Result<void> check_range(const TimeRange& range) {
  if (range.start < range.end) return {};
  return base::fail(ErrorCode::kInvalid, "the time range is empty: start is not before end",
                    "Give a start before the end.");
}

Result<void> check_step(const TimeRange& range, base::Duration step) {
  if (step < kStepMin) {
    return base::fail(ErrorCode::kInvalid, "the step is shorter than 1ms", "Take at least 1ms.");
  }
  const std::uint64_t count = bucket_count(range, step);
  if (count <= kBucketsMax) return {};
  return base::fail(ErrorCode::kTooLarge,
                    std::format("{} buckets asked for, {} is the limit", count, kBucketsMax),
                    "Take a larger step or a shorter range.");
}

/// A place in raw samples: rows of the time `first` that were given already, and that time.
std::string cursor_of(const std::pair<base::Time, std::size_t>& next) {
  return to_cursor(std::format("{}/{}", next.first.time_since_epoch().count(), next.second));
}

Result<std::pair<base::Time, std::size_t>> parse_cursor(std::string_view cursor) {
  MILLRACE_LET(const std::string place, from_cursor(cursor));
  std::int64_t time = 0;
  std::size_t skip = 0;
  const char* end = place.data() + place.size();
  const auto first = std::from_chars(place.data(), end, time);
  const bool has_two = first.ec == std::errc() && first.ptr != end && *first.ptr == '/';
  if (!has_two || std::from_chars(first.ptr + 1, end, skip).ptr != end) {
    return base::fail(ErrorCode::kMalformed, "the cursor is not one of this history",
                      "Pass `next` of the page before.");
  }
  return std::pair(base::Time(base::Duration(time)), skip);
}

/// A property that is configured and has sent nothing yet has no history.
bool is_without_series(const History& history) { return number(history.series.id) == 0; }

/// A new series is in the index some milliseconds before the commit that makes it is in the store:
/// it has no history yet.
bool is_unborn(const base::Error& error) { return error.code == ErrorCode::kNotFound; }

/// An answer stands on what all of it has seen.
void stand_on_one_version(std::vector<History>& histories) {
  auto looked_at = histories | std::views::filter([](const History& one) {
                     return one.commit != model::CommitId{};
                   });
  if (looked_at.empty()) return;
  const auto oldest = std::ranges::min(looked_at, {}, &History::commit).commit;
  for (History& history : histories) history.commit = oldest;
}

}  // namespace

base::Duration round_step(const TimeRange& range, std::size_t points) {
  static constexpr std::array<base::Duration, 30> kRound{
      1ms,  2ms,  5ms,  10ms,  20ms,  50ms,  100ms, 200ms, 500ms, 1s, 2s,  5s,  10s, 15s,  30s,
      1min, 2min, 5min, 10min, 15min, 30min, 1h,    2h,    3h,    6h, 12h, 24h, 48h, 168h, 720h};
  for (const base::Duration step : kRound) {
    if (bucket_count(range, step) <= points) return step;
  }
  const auto days = bucket_count(range, 24h);
  return 24h * static_cast<std::int64_t>((days + points - 1) / points);
}

Result<void> Histories::fill_raw(History& history, const PageRequest& page) const {
  if (is_without_series(history)) return {};
  store::RawQuery query{.series = history.series.id,
                        .start = history.range.start,
                        .end = history.range.end,
                        .limit = page.limit,
                        .deadline = history.deadline,
                        .corrections = history.corrections,
                        .as_of = history.as_of};
  if (page.cursor) {
    MILLRACE_LET(query.after, parse_cursor(*page.cursor));
  }
  Result<store::RawResult> result = deps_.series.raw(query);
  if (!result && is_unborn(result.error())) return {};
  if (!result) return std::unexpected(std::move(result).error());
  history.samples = std::move(result->samples);
  history.commit = result->commit;
  if (result->next) history.next = cursor_of(*result->next);
  return {};
}

/// Histories of one step in one query of the store.
Result<void> Histories::fill_buckets(std::vector<History*>& histories) const {
  std::erase_if(histories, [](const History* one) { return is_without_series(*one); });
  if (histories.empty()) return {};
  const History& first = *histories.front();
  store::BucketQuery query{.start = first.range.start,
                           .end = first.range.end,
                           .step = *first.step,
                           .aggregates = first.aggregates,
                           .deadline = first.deadline,
                           .corrections = first.corrections};
  std::map<std::int32_t, std::vector<History*>> by_series;
  for (History* history : histories) {
    auto& same = by_series[number(history->series.id)];
    if (same.empty()) query.series.push_back(history->series.id);
    same.push_back(history);
  }
  const auto result = deps_.series.buckets(query);
  if (!result && is_unborn(result.error())) return fill_each(histories);
  if (!result) return std::unexpected(result.error());
  for (History* history : histories) history->commit = result->commit;
  for (const store::BucketRow& row : result->rows) {
    for (History* history : by_series[number(row.series)]) history->buckets.push_back(row);
  }
  return {};
}

/// One after the other, so that one that is not born yet takes nothing from the others.
Result<void> Histories::fill_each(const std::vector<History*>& histories) const {
  if (histories.size() == 1) return {};
  for (History* history : histories) {
    std::vector<History*> alone{history};
    MILLRACE_TRY(fill_buckets(alone));
  }
  return {};
}

Result<History> Histories::one(const HistoryRequest& request) const {
  MILLRACE_TRY(check_range(request.range));
  if (request.step) MILLRACE_TRY(check_step(request.range, *request.step));
  MILLRACE_LET(const auto property,
               twins_.property(request.property.thing, request.property.property));
  if (request.as_of && request.step) {
    return base::fail(ErrorCode::kUnsupported, "buckets are of the present data version only",
                      "Leave out step or as_of.");
  }
  History history{.series = property.series,
                  .range = request.range,
                  .step = request.step,
                  .aggregates = request.aggregates,
                  .corrections = request.corrections,
                  .as_of = request.as_of,
                  .deadline = deps_.clock.monotonic() + deps_.limits.query};
  if (!request.step) {
    MILLRACE_TRY(fill_raw(history, request.page));
    return history;
  }
  if (!has_buckets(property.series.type)) {
    return base::fail(ErrorCode::kUnsupported,
                      std::format("{} has no buckets", model::text(property.series.type)),
                      "Leave out step.");
  }
  std::vector<History*> alone{&history};
  MILLRACE_TRY(fill_buckets(alone));
  return history;
}

Result<std::vector<History>> Histories::chart(const ChartRequest& request) const {
  MILLRACE_TRY(check_range(request.range));
  if (request.step.has_value() == request.points_max.has_value()) {
    return base::fail(ErrorCode::kInvalid, "exactly one of step and max_points is needed",
                      "Leave out one of them.");
  }
  const base::Duration step =
      request.step ? *request.step : round_step(request.range, *request.points_max);
  MILLRACE_TRY(check_step(request.range, step));
  const auto deadline = deps_.clock.monotonic() + deps_.limits.query;
  std::vector<History> histories;
  for (const PropertyName& name : request.properties) {
    MILLRACE_LET(const auto property, twins_.property(name.thing, name.property));
    histories.push_back({.series = property.series,
                         .range = request.range,
                         .aggregates = request.aggregates,
                         .corrections = request.corrections,
                         .deadline = deadline});
  }
  std::vector<History*> in_buckets;
  for (History& history : histories) {
    const bool can_buckets = has_buckets(history.series.type);
    const std::size_t raw_max = std::min(request.points_max.value_or(kPointsRawMax), kPointsRawMax);
    if (!can_buckets || request.points_max) {
      MILLRACE_TRY(fill_raw(history, {.limit = raw_max, .cursor = {}}));
      if (!can_buckets || !history.next) continue;
      history.samples.clear();
      history.next.reset();
    }
    history.step = step;
    in_buckets.push_back(&history);
  }
  MILLRACE_TRY(fill_buckets(in_buckets));
  stand_on_one_version(histories);
  return histories;
}

}  // namespace millrace::service
