#include <algorithm>
#include <map>
#include <span>
#include <tuple>

#include "service/data_quality.h"

namespace millrace::service {
namespace {

using base::Result;
using model::Reason;

constexpr int kSteps = 96;  // a whole step without a mark ends an episode
constexpr base::Duration kProblemStepMin = std::chrono::minutes(1);
constexpr std::int64_t kProblemCountsMax = 900'000;  // series × steps asked of the store at once
constexpr int kAffectedMax = 50;

bool is_problem(Reason reason) { return model::text(reason) != "corrected"; }

/// What the marks of one rule on one property come to, step by step in the order of time.
class Episode {
 public:
  void add(const store::QualityCount& count, base::Duration step) {
    const bool goes_on = samples_ > 0 && count.time <= time_ + step;
    since_ = goes_on ? std::min(since_, count.first) : count.first;
    last_ = samples_ > 0 ? std::max(last_, count.last) : count.last;
    time_ = count.time;
    samples_ += count.samples;
    severity_ = std::max(severity_, count.quality.severity());
  }
  void fill(QualityProblem& problem, std::uint64_t all) const {
    problem.severity = severity_;
    problem.since = since_;
    problem.last = last_;
    problem.samples = samples_;
    problem.share = static_cast<double>(samples_) / static_cast<double>(all);
  }

 private:
  base::Time since_;
  base::Time last_;
  base::Time time_;  // of the newest step
  std::uint64_t samples_ = 0;
  model::Severity severity_ = model::Severity::kGood;
};

/// Counts of one series, by time. A quality whose severity the other reason gave is not this one's
/// fault; but the worst that was seen with a rule is what people ask for.
std::map<Reason, Episode> episodes_of(std::span<const store::QualityCount> counts,
                                      base::Duration step) {
  std::map<Reason, Episode> episodes;
  for (const store::QualityCount& count : counts) {
    for (const Reason reason : count.quality.reasons()) {
      if (is_problem(reason)) episodes[reason].add(count, step);
    }
  }
  return episodes;
}

auto order_of(const QualityProblem& one) {
  return std::tuple(!one.is_active, -static_cast<int>(one.severity), -one.last.time_since_epoch(),
                    one.thing, one.property, one.rule);
}

}  // namespace

Result<VersionedPage<QualityProblem>> DataQuality::problems(const ProblemRequest& request,
                                                            const PageRequest& page) const {
  MILLRACE_LET(const std::int64_t from, number_of(page));
  MILLRACE_LET(const auto chosen, choose(request.site, request.thing));
  const base::Time now = deps_.clock.now();
  // Every part is of this data version, but for what goes on now.
  const model::CommitId commit = deps_.series.newest_commit();
  if (request.start >= now) return VersionedPage<QualityProblem>{{}, commit};
  // Clocks that are a little ahead are part of it.
  const TimeRange range{request.start, now + std::chrono::hours(24)};
  const base::Duration step =
      std::max<base::Duration>(kProblemStepMin, (now - range.start) / kSteps);
  const auto together =
      static_cast<std::size_t>(kProblemCountsMax / ((range.end - range.start) / step + 1));
  store::QualityQuery query{.series = {},
                            .start = range.start,
                            .end = range.end,
                            .step = step,
                            .deadline = deps_.clock.monotonic() + deps_.limits.query,
                            .as_of = commit};
  std::vector<QualityProblem> all;
  for (std::size_t first = 0; first < chosen.size(); first += together) {
    const std::size_t count = std::min(together, chosen.size() - first);
    const auto place = chosen.begin() + static_cast<std::ptrdiff_t>(first);
    MILLRACE_LET(auto found,
                 problems_of({place, place + static_cast<std::ptrdiff_t>(count)}, query));
    std::ranges::move(found, std::back_inserter(all));
  }
  std::erase_if(all, [&](const QualityProblem& one) {
    return request.active && one.is_active != *request.active;
  });
  std::ranges::sort(all, {}, order_of);
  VersionedPage<QualityProblem> result{cut(std::move(all), from, page.limit), commit};
  const auto everything = deps_.index.all();
  for (QualityProblem& problem : result.items) add_affected(problem, everything);
  return result;
}

Result<std::vector<QualityProblem>> DataQuality::problems_of(
    const std::vector<model::Series>& series, store::QualityQuery& query) const {
  query.series.clear();
  for (const model::Series& one : series) query.series.push_back(one.id);
  MILLRACE_LET(const auto counts, deps_.series.quality_counts(query));
  std::vector<QualityProblem> problems;
  auto next = counts.rows.begin();
  for (const model::Series& one : series) {
    const auto begin = next;
    std::uint64_t all = 0;
    for (; next != counts.rows.end() && next->series == one.id; ++next) all += next->samples;
    const CurrentValue current = twins_.current(one.id);
    for (const auto& [rule, episode] : episodes_of(std::span(begin, next), query.step)) {
      QualityProblem problem{.thing = one.thing, .property = one.property, .rule = rule};
      episode.fill(problem, all);
      problem.is_active = current.last && current.last->sample.quality.has(rule);
      problems.push_back(std::move(problem));
    }
    add_silence(one, current, problems);
  }
  return problems;
}

/// A value that has nothing to say of now is a problem without a mark, unless the edge has marked
/// it.
void DataQuality::add_silence(const model::Series& series, const CurrentValue& current,
                              std::vector<QualityProblem>& problems) const {
  if (!current.staleness.is_stale || !current.last) return;
  if (current.last->sample.quality.has(Reason::kStale)) return;
  if (!twins_.is_present(series)) return;  // nothing is to come in a type that was
  problems.push_back({.thing = series.thing,
                      .property = series.property,
                      .rule = Reason::kStale,
                      .severity = model::default_severity(Reason::kStale),
                      .since = current.staleness.since.value_or(current.last->received),
                      .last = deps_.clock.now(),
                      .is_active = true,
                      .affects = {},
                      .advice = {}});
}

void DataQuality::add_affected(QualityProblem& problem,
                               const std::vector<model::Series>& all) const {
  std::optional<PropertyFacts> facts;
  if (deps_.property_facts) facts = deps_.property_facts(problem.thing, problem.property);
  problem.advice = advice_on(problem.rule, facts);
  problem.affects.push_back({"thing", problem.thing});
  if (!facts) return;
  if (!facts->binding.empty()) problem.affects.push_back({"binding", facts->binding});
  for (const std::string& alarm : facts->alarms) problem.affects.push_back({"alarm", alarm});
  const std::string own = problem.thing + "/" + problem.property;
  for (const model::Series& other : all) {
    if (problem.affects.size() >= kAffectedMax) break;
    const auto of_other = deps_.property_facts(other.thing, other.property);
    if (!of_other) continue;
    const bool names_it =
        std::ranges::any_of(of_other->contract.siblings, [&](const std::string& sibling) {
          return sibling == own || (other.thing == problem.thing && sibling == problem.property);
        });
    if (names_it) problem.affects.push_back({"sibling", other.thing + "." + other.property});
  }
}

}  // namespace millrace::service
