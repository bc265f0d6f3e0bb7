#include <algorithm>
#include <map>

#include "pipeline/filter.h"
#include "service/score_sheet.h"
#include "service/series_place.h"
#include "service/waiting.h"

namespace millrace::service {
namespace {

using base::ErrorCode;
using base::Result;

constexpr base::Duration kStepMin = std::chrono::minutes(1);
constexpr std::int64_t kStepsMax = 10'000;
constexpr std::size_t kCountsMax = 500'000;  // series × steps asked of the store at once

Result<void> check(const ScoreRequest& request) {
  if (request.range.start >= request.range.end) {
    return base::fail(ErrorCode::kInvalid, "the time range is empty: start is not before end",
                      "Give a start before the end.");
  }
  if (request.step < kStepMin) {
    return base::fail(ErrorCode::kInvalid, "the step is shorter than 1m", "Take at least 1m.");
  }
  if ((request.range.end - request.range.start) / request.step < kStepsMax) return {};
  return base::fail(ErrorCode::kTooLarge, std::format("more than {} steps asked for", kStepsMax),
                    "Take a larger step or a shorter range.");
}

base::Duration interval_of(const model::PropertyContract& contract,
                           const model::FilterPolicy& filter) {
  return contract.interval ? std::max(*contract.interval, pipeline::holds_back_for(filter))
                           : base::Duration();
}

using Firsts = std::map<model::SeriesId, base::Time>;
using Counts = std::span<const store::QualityCount>;

/// From when on something is expected of a series.
base::Time since_of(model::SeriesId series, Counts counts, const Firsts& firsts, base::Time end) {
  base::Time since = end;
  for (const store::QualityCount& count : counts) since = std::min(since, count.first);
  const auto first = firsts.find(series);
  return first == firsts.end() ? since : std::min(since, first->second);
}

}  // namespace

std::string_view text(QualityLevel level) {
  switch (level) {
    case QualityLevel::kSite:
      return "site";
    case QualityLevel::kThing:
      return "thing";
    case QualityLevel::kProperty:
      return "property";
  }
  return "thing";
}

/// Zero where nothing is known.
base::Duration DataQuality::interval_of(const model::Series& series) const {
  if (!deps_.property_facts) return {};
  const auto facts = deps_.property_facts(series.thing, series.property);
  if (!facts || facts->contract.type != series.type) return {};
  return service::interval_of(facts->contract, facts->filter);
}

Result<QualityScores> DataQuality::scores(const ScoreRequest& request) const {
  MILLRACE_TRY(check(request));
  MILLRACE_LET(auto chosen, choose(request.site, request.thing));
  ScoreSheet sheet(request);
  store::QualityQuery query{.series = {},
                            .start = request.range.start,
                            .end = request.range.end,
                            .step = request.step,
                            .deadline = deps_.clock.monotonic() + deps_.limits.query,
                            .corrections = request.corrections};
  std::vector<Scored> all;
  for (model::Series& one : chosen) {
    const base::Duration each = interval_of(one);
    all.push_back({std::move(one), each});
  }
  // What a step lives on may have come an interval before the range; few series have long ones.
  const auto longer = std::ranges::stable_partition(
      all, [&](const Scored& one) { return one.each <= request.step; });
  base::Duration longest = request.step;
  for (const Scored& one : longer) longest = std::max(longest, one.each);
  const std::span shorter(all.begin(), longer.begin());
  MILLRACE_TRY(add_scores(shorter, request.step, query, sheet));
  MILLRACE_TRY(add_scores(std::span(longer), longest, query, sheet));
  add_waiting(sheet);
  return QualityScores{request.range, request.step,
                       query.as_of.value_or(deps_.series.newest_commit()), sheet.finish()};
}

/// With counts from `before` the range on.
Result<void> DataQuality::add_scores(std::span<const Scored> scored, base::Duration before,
                                     store::QualityQuery& query, ScoreSheet& sheet) const {
  const TimeRange& range = sheet.request().range;
  const std::int64_t steps =
      std::min<std::int64_t>((before + query.step - base::Duration(1)) / query.step, kStepsMax);
  query.start = range.start - steps * query.step;
  const auto all_steps = static_cast<std::size_t>((query.end - query.start) / query.step + 1);
  const std::size_t together = std::max<std::size_t>(1, kCountsMax / all_steps);
  for (std::size_t from = 0; from < scored.size(); from += together) {
    MILLRACE_TRY(
        add_scores(scored.subspan(from, std::min(together, scored.size() - from)), query, sheet));
  }
  return {};
}

Result<void> DataQuality::add_scores(std::span<const Scored> scored, store::QualityQuery& query,
                                     ScoreSheet& sheet) const {
  query.series.clear();
  for (const Scored& one : scored) query.series.push_back(one.series.id);
  MILLRACE_LET(const auto counts, deps_.series.quality_counts(query));
  query.as_of = counts.commit;  // all parts are of one data version
  std::vector<Counts> counts_of;
  std::vector<model::SeriesId> unseen;  // before the range
  for (const Scored& one : scored) {
    const auto [begin, end] =
        std::ranges::equal_range(counts.rows, one.series.id, {}, &store::QualityCount::series);
    counts_of.emplace_back(begin, end);
    const bool is_seen = begin != end && begin->time < sheet.request().range.start;
    if (!is_seen && one.each > base::Duration::zero()) unseen.push_back(one.series.id);
  }
  Firsts firsts;
  if (!unseen.empty()) {
    MILLRACE_LET(const auto found, deps_.series.first_times(unseen, query.deadline));
    for (const store::FirstTime& one : found) firsts[one.series] = one.time;
  }
  const auto catalog = deps_.catalogs.now();
  for (std::size_t i = 0; i < scored.size(); ++i) {
    const model::Series& series = scored[i].series;
    const base::Time until = expected_until(scored[i], sheet.request().range.end);
    sheet.add({std::string(place_of(*catalog, series).site), series.thing, series.property},
              counts_of[i],
              {scored[i].each, since_of(series.id, counts_of[i], firsts, until), until});
  }
  return {};
}

/// Nothing more is expected of an import behind its last sample.
base::Time DataQuality::expected_until(const Scored& scored, base::Time end) const {
  const base::Time until = std::min(end, deps_.clock.now());
  if (!scored.series.source.starts_with(kImportSource)) return until;
  const auto last = deps_.series.last_value(scored.series.id, store::Corrections::kLeftOut);
  return last ? std::min(until, last->sample.time + scored.each) : base::Time::min();
}

/// Nothing of what should have come since the binding has.
void DataQuality::add_waiting(ScoreSheet& sheet) const {
  const ScoreRequest& request = sheet.request();
  const base::Time end = std::min(request.range.end, deps_.clock.now());
  const auto waiting = waiting_properties(deps_, twins_, request.site, request.thing);
  for (const WaitingProperty& one : waiting.all) {
    const auto each = service::interval_of(one.spec->contract, one.spec->filter);
    const bool is_known = each > base::Duration::zero();
    sheet.add({one.thing->place.site, one.thing->id, one.spec->name}, {},
              {.each = is_known ? each : one.spec->contract.stale.value_or(each),
               .since = one.since,
               .until = end});
  }
}

}  // namespace millrace::service
