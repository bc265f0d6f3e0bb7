#include "service/problem_search.h"

#include <algorithm>
#include <map>
#include <ranges>

#include "pipeline/filter.h"

namespace millrace::service {
namespace {

using base::Result;
using model::Reason;
using namespace std::chrono_literals;

constexpr int kSteps = 96;  // of a range
constexpr base::Duration kProblemStepMin = 1min;
constexpr std::size_t kProblemCountsMax = 900'000;  // series × steps asked of the store at once
constexpr double kPauseFactor = 2.5;                // of the time between samples
constexpr base::Duration kLookBackMax = 24h * 800;
constexpr base::Duration kLookBackFor = 5s;  // then it is said that it began earlier

using Counts = std::span<const store::QualityCount>;

base::Duration step_of(base::Duration range) {
  return std::max<base::Duration>(kProblemStepMin, range / kSteps);
}

/// Between samples, as seen.
base::Duration spacing_of(Counts counts) {
  if (counts.empty()) return {};
  std::uint64_t samples = 0;
  base::Time first = counts.front().first, last = counts.front().last;
  for (const store::QualityCount& count : counts) {
    samples += count.samples;
    first = std::min(first, count.first);
    last = std::max(last, count.last);
  }
  return samples < 2 ? base::Duration() : (last - first) / static_cast<std::int64_t>(samples - 1);
}

Counts counts_of(model::SeriesId series, const std::vector<store::QualityCount>& all) {
  const auto [begin, end] = std::ranges::equal_range(all, series, {}, &store::QualityCount::series);
  return {begin, end};
}

}  // namespace

ProblemSearch::ProblemSearch(const Deps& deps, const Twins& twins, base::Time start)
    : deps_(deps),
      twins_(twins),
      now_(deps.clock.now()),
      // Clocks that are a little ahead are part of it.
      query_{.series = {},
             .start = start,
             .end = now_ + 24h,
             .step = step_of(now_ - start),
             .deadline = deps.clock.monotonic() + deps.limits.query,
             .as_of = deps.series.newest_commit()} {}

std::size_t ProblemSearch::series_together() const {
  const auto steps = static_cast<std::size_t>((query_.end - query_.start) / query_.step) + 1;
  return std::max<std::size_t>(1, kProblemCountsMax / steps);
}

Result<void> ProblemSearch::look(std::span<const model::Series> series) {
  query_.series.clear();
  for (const model::Series& one : series) query_.series.push_back(one.id);
  MILLRACE_LET(const auto counts, deps_.series.quality_counts(query_));
  for (const model::Series& one : series) look_at(one, counts_of(one.id, counts.rows));
  return {};
}

void ProblemSearch::look_at(const model::Series& series, Counts counts) {
  // As it came: a correction mends the data, not its source.
  auto present = deps_.series.last_value(series.id, store::Corrections::kLeftOut);
  if (!twins_.is_present(series)) present.reset();  // nothing is to come in a type that was
  add_marked(series, counts, present);
  if (!present) return;
  add_unseen(series, *present);
  const bool is_told = std::ranges::any_of(
      found_ | std::views::reverse |
          std::views::take_while([&](const Found& one) { return one.series == series.id; }),
      [](const Found& one) { return one.problem.is_active && one.problem.rule == Reason::kStale; });
  if (!is_told) add_silence(series);
}

void ProblemSearch::add_marked(const model::Series& series, Counts counts,
                               const std::optional<store::LastValue>& present) {
  const auto marks = marks_of(counts);
  if (marks.empty()) return;
  std::uint64_t all = 0;
  for (const store::QualityCount& count : counts) all += count.samples;
  const base::Duration pause = pause_of(series, counts);
  for (const auto& [rule, mark] : marks) {
    Episode episode(rule);
    episode.go_back(counts, std::max(pause, query_.step));
    found_.push_back({.series = series.id,
                      .problem = {.thing = series.thing,
                                  .property = series.property,
                                  .rule = rule,
                                  .severity = mark.severity,
                                  .samples = mark.samples,
                                  .share = double(mark.samples) / double(all),
                                  .is_active = present && present->sample.quality.has(rule),
                                  .affects = {},
                                  .advice = {}},
                      .episode = episode,
                      .pause = pause});
  }
}

/// What the newest sample says still holds, also where it is older than the range. History that was
/// imported is not the present.
void ProblemSearch::add_unseen(const model::Series& series, const store::LastValue& present) {
  const model::Quality quality = present.sample.quality;
  if (present.sample.time >= query_.start || quality.severity() == model::Severity::kGood) return;
  if (series.source.starts_with(kImportSource)) return;
  for (const Reason rule : quality.reasons()) {
    if (!is_problem(rule)) continue;
    found_.push_back({.series = series.id,
                      .problem = {.thing = series.thing,
                                  .property = series.property,
                                  .rule = rule,
                                  .severity = quality.severity(),
                                  .is_active = true,
                                  .affects = {},
                                  .advice = {}},
                      .episode = Episode(rule, present.sample.time),
                      .pause = pause_of(series, {})});
  }
}

/// A value that has nothing to say of now is a problem without a mark.
void ProblemSearch::add_silence(const model::Series& series) {
  const CurrentValue current = twins_.current(series.id);
  if (!current.staleness.is_stale || !current.last) return;
  unmarked_.push_back({.thing = series.thing,
                       .property = series.property,
                       .rule = Reason::kStale,
                       .severity = model::default_severity(Reason::kStale),
                       .since = current.staleness.since.value_or(current.last->received),
                       .last = now_,
                       .is_active = true,
                       .affects = {},
                       .advice = {}});
}

void ProblemSearch::add(const WaitingProperties& waiting) {
  for (const WaitingProperty& one : waiting.all) {
    unmarked_.push_back({.thing = one.thing->id,
                         .property = one.spec->name,
                         .rule = Reason::kStale,
                         .severity = model::default_severity(Reason::kStale),
                         .since = one.since,
                         .last = now_,
                         .is_active = true,
                         .affects = {},
                         .advice = {}});
  }
}

base::Duration ProblemSearch::pause_of(const model::Series& series, Counts counts) const {
  base::Duration each = spacing_of(counts);
  if (deps_.property_facts) {
    const auto facts = deps_.property_facts(series.thing, series.property);
    if (facts && facts->contract.interval) each = std::max(each, *facts->contract.interval);
    if (facts) each = std::max(each, pipeline::holds_back_for(facts->filter));
  }
  return std::chrono::duration_cast<base::Duration>(each * kPauseFactor);
}

std::vector<ProblemSearch::Found*> ProblemSearch::open_ones() {
  std::vector<Found*> open;
  for (Found& one : found_) {
    if (one.problem.is_active && one.episode.is_open()) open.push_back(&one);
  }
  return open;
}

Result<void> ProblemSearch::look_back() {
  std::vector<Found*> open = open_ones();  // by series
  if (open.empty()) return {};
  query_.deadline = std::min(*query_.deadline, deps_.clock.monotonic() + kLookBackFor);
  std::vector<model::SeriesId> ids;
  for (const Found* one : open) ids.push_back(one->series);
  const auto firsts = deps_.series.first_times(ids, query_.deadline);
  std::map<model::SeriesId, base::Time> begun;
  if (firsts) {
    for (const store::FirstTime& one : *firsts) begun[one.series] = one.time;
  }
  const auto is_known = [&](const Found* one, base::Time looked_to) {
    if (!one->episode.is_open()) return true;
    const auto first = begun.find(one->series);
    return firsts && (first == begun.end() || first->second >= looked_to);
  };
  base::Time end = query_.start;
  std::erase_if(open, [&](const Found* one) { return is_known(one, end); });
  for (base::Duration length = std::max<base::Duration>(1h, now_ - end); !open.empty();
       length *= 2) {
    const TimeRange range{end - length, end};
    const bool is_far = now_ - range.start > kLookBackMax;
    const auto looked = is_far ? Result<void>() : look_back(open, range);
    if (!looked && looked.error().code != base::ErrorCode::kTimeout) return looked;
    if (is_far || !looked) break;
    end = range.start;
    std::erase_if(open, [&](const Found* one) { return is_known(one, end); });
  }
  for (Found* one : open) one->problem.since_at_least = true;
  return {};
}

Result<void> ProblemSearch::look_back(std::vector<Found*>& open, const TimeRange& range) {
  query_.start = range.start;
  query_.end = range.end;
  query_.step = step_of(range.end - range.start);
  for (std::size_t first = 0; first < open.size(); first += series_together()) {
    const auto part =
        std::span(open).subspan(first, std::min(series_together(), open.size() - first));
    query_.series.clear();
    for (const Found* one : part) query_.series.push_back(one->series);
    MILLRACE_LET(const auto counts, deps_.series.quality_counts(query_));
    for (Found* one : part) {
      const Counts of_it = counts_of(one->series, counts.rows);
      const base::Duration pause =
          std::chrono::duration_cast<base::Duration>(spacing_of(of_it) * kPauseFactor);
      one->episode.go_back(of_it, std::max({one->pause, pause, query_.step}));
    }
  }
  return {};
}

std::vector<QualityProblem> ProblemSearch::take() {
  std::vector<QualityProblem> all = std::move(unmarked_);
  for (Found& one : found_) {
    one.problem.since = one.episode.since();
    one.problem.last = one.episode.last();
    all.push_back(std::move(one.problem));
  }
  return all;
}

}  // namespace millrace::service
