#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <span>
#include <tuple>

#include "pipeline/filter.h"
#include "service/data_quality.h"

namespace millrace::service {
namespace {

using base::ErrorCode;
using base::Result;
using model::Reason;

constexpr base::Duration kStepMin = std::chrono::minutes(1);
constexpr std::int64_t kStepsMax = 10'000;
constexpr std::size_t kCountsMax = 500'000;  // series × steps asked of the store at once

constexpr std::array kNotWhole = {Reason::kMissingValue, Reason::kNotReadable, Reason::kStale,
                                  Reason::kDuplicate};
constexpr std::array kNotTimely = {Reason::kLate, Reason::kStale, Reason::kSourceStale};
constexpr std::array kNotConsistent = {
    Reason::kFlatLine,  Reason::kOutlier,      Reason::kSiblingOutlier, Reason::kUnitJump,
    Reason::kDuplicate, Reason::kRateOfChange, Reason::kOutOfOrder,     Reason::kClock};

bool has_any(model::Quality quality, std::span<const Reason> reasons) {
  return std::ranges::any_of(reasons, [&](Reason reason) { return quality.has(reason); });
}

std::optional<double> share(double part, double all) {
  if (all <= 0) return std::nullopt;
  return std::min(1.0, part / all);
}

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

/// Names that stand in rows of a level: site, thing, property.
using Name = std::tuple<std::string, std::string, std::string>;

Name name_of(const model::Series& series, QualityLevel level) {
  const bool has_thing = level != QualityLevel::kSite;
  const bool has_property = level == QualityLevel::kProperty;
  return {series.site, has_thing ? series.thing : "", has_property ? series.property : ""};
}

/// Tallies of each name and step.
class ScoreSheet {
 public:
  ScoreSheet(const ScoreRequest& request, base::Time now)
      : request_(request), end_(std::min(request.range.end, now)) {}

  /// The counts of one series, from one step before the range on; `per_second` are expected of it
  /// once it has begun: before the range, or with its first sample inside.
  void add(const model::Series& series, std::span<const store::QualityCount> counts,
           double per_second, bool is_silent) {
    std::map<base::Time, QualityTally> tallies;
    base::Time since = is_silent ? request_.range.start : end_;
    for (const store::QualityCount& count : counts) {
      since = std::min(since, count.first);
      if (count.time >= request_.range.start) {
        tallies[count.time].add(count.quality, count.samples);
      }
    }
    since = std::max(since, request_.range.start);
    if (per_second > 0) expect(tallies, since, per_second);
    auto& of_name = rows_[name_of(series, request_.level)];
    for (const auto& [time, tally] : tallies) of_name[time].add(tally);
  }

  std::vector<QualityScore> finish() const;

 private:
  void expect(std::map<base::Time, QualityTally>& tallies, base::Time since, double per_second) {
    const auto steps = (since - request_.range.start) / request_.step;
    for (base::Time step = request_.range.start + steps * request_.step; step < end_;
         step += request_.step) {
      const base::Time from = std::max(step, since), to = std::min(step + request_.step, end_);
      if (to <= from) continue;
      QualityTally& tally = tallies[step];
      tally.expected = per_second * std::chrono::duration<double>(to - from).count();
      tally.whole_capped = std::min(static_cast<double>(tally.whole), tally.expected);
    }
  }

  const ScoreRequest& request_;
  const base::Time end_;
  std::map<Name, std::map<base::Time, QualityTally>> rows_;
};

/// The worst names first, at most as many as asked for.
std::vector<QualityScore> ScoreSheet::finish() const {
  std::vector<std::pair<double, Name>> order;
  for (const auto& [name, steps] : rows_) {
    QualityTally all;
    for (const auto& [time, tally] : steps) all.add(tally);
    order.emplace_back(all.score().value_or(2), name);
  }
  std::ranges::sort(order);
  if (order.size() > request_.limit) order.resize(request_.limit);
  std::vector<QualityScore> scores;
  for (const auto& [worst, name] : order) {
    for (const auto& [time, tally] : rows_.at(name)) {
      scores.push_back({std::get<0>(name), std::get<1>(name), std::get<2>(name), time, tally});
    }
  }
  return scores;
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

void QualityTally::add(model::Quality quality, std::uint64_t count) {
  samples += count;
  whole += has_any(quality, kNotWhole) ? 0 : count;
  valid += quality.is_bad() ? 0 : count;
  timely += has_any(quality, kNotTimely) ? 0 : count;
  consistent += has_any(quality, kNotConsistent) ? 0 : count;
}

void QualityTally::add(const QualityTally& other) {
  samples += other.samples;
  whole += other.whole;
  valid += other.valid;
  timely += other.timely;
  consistent += other.consistent;
  expected += other.expected;
  whole_capped += other.whole_capped;
}

std::optional<double> QualityTally::completeness() const { return share(whole_capped, expected); }
std::optional<double> QualityTally::validity() const {
  return share(double(valid), double(samples));
}
std::optional<double> QualityTally::timeliness() const {
  return share(double(timely), double(samples));
}
std::optional<double> QualityTally::consistency() const {
  return share(double(consistent), double(samples));
}

std::optional<double> QualityTally::score() const {
  std::optional<double> least;
  for (const auto& one : {completeness(), validity(), timeliness(), consistency()}) {
    if (one && (!least || *one < *least)) least = one;
  }
  return least;
}

double DataQuality::expected_per_second(const model::Series& series) const {
  const auto facts = facts_of(series);
  if (!facts || !facts->contract.interval || facts->contract.type != series.type) return 0;
  const base::Duration each =
      std::max(*facts->contract.interval, pipeline::holds_back_for(facts->filter));
  return 1 / std::chrono::duration<double>(each).count();
}

/// No sample in the range, and one before it.
bool DataQuality::is_silent(model::SeriesId series, const TimeRange& range) const {
  const auto last = deps_.series.last_value(series, store::Corrections::kLeftOut);
  return last && last->sample.time < range.start;
}

Result<QualityScores> DataQuality::scores(const ScoreRequest& request) const {
  MILLRACE_TRY(check(request));
  MILLRACE_LET(const auto chosen, choose(request.site, request.thing));
  ScoreSheet sheet(request, deps_.clock.now());
  const auto steps =
      static_cast<std::size_t>((request.range.end - request.range.start) / request.step + 2);
  const std::size_t together = std::max<std::size_t>(1, kCountsMax / steps);
  store::QualityQuery query{.series = {},
                            .start = request.range.start - request.step,
                            .end = request.range.end,
                            .step = request.step,
                            .deadline = deps_.clock.monotonic() + deps_.limits.query};
  for (std::size_t from = 0; from < chosen.size(); from += together) {
    const auto part = std::span(chosen).subspan(from, std::min(together, chosen.size() - from));
    query.series.clear();
    for (const model::Series& one : part) query.series.push_back(one.id);
    MILLRACE_LET(const auto counts, deps_.series.quality_counts(query));
    query.as_of = counts.commit;  // all parts are of one data version
    auto next = counts.rows.begin();
    for (const model::Series& one : part) {
      const auto begin = next;
      while (next != counts.rows.end() && next->series == one.id) ++next;
      sheet.add(one, std::span(begin, next), expected_per_second(one),
                is_silent(one.id, request.range));
    }
  }
  return QualityScores{request.range, request.step,
                       query.as_of.value_or(deps_.series.newest_commit()), sheet.finish()};
}

}  // namespace millrace::service
