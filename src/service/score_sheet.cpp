#include "service/score_sheet.h"

#include <algorithm>

namespace millrace::service {
namespace {

double ratio(base::Duration part, base::Duration whole) {
  return static_cast<double>(part.count()) / static_cast<double>(whole.count());
}

/// A name that the level does not tell apart is empty.
ScoredName named(const ScoredName& name, QualityLevel level) {
  return {name.site, level == QualityLevel::kSite ? "" : name.thing,
          level == QualityLevel::kProperty ? name.property : ""};
}

}  // namespace

void ScoreSheet::add(const ScoredName& name, std::span<const store::QualityCount> counts,
                     const Expectation& expected) {
  Tallies tallies;
  std::optional<base::Time> before;  // the newest sample there with a value
  for (const store::QualityCount& count : counts) {
    if (count.time >= request_.range.start) {
      tallies[count.time].add(count.quality, count.samples);
    } else if (is_whole(count.quality)) {
      before = std::max(before.value_or(count.last), count.last);
    }
  }
  if (expected.each > base::Duration::zero()) {
    const double left_over =
        before ? std::max(0.0, 1 - ratio(request_.range.start - *before, expected.each)) : 0;
    expect(tallies, left_over, expected);
  }
  auto& of_name = rows_[named(name, request_.level)];
  for (const auto& [time, tally] : tallies) of_name[time].add(tally);
}

void ScoreSheet::expect(Tallies& tallies, double left_over, const Expectation& expected) const {
  const base::Time since = std::max(expected.since, request_.range.start);
  const auto steps = (since - request_.range.start) / request_.step;
  for (base::Time step = request_.range.start + steps * request_.step; step < expected.until;
       step += request_.step) {
    const base::Time from = std::max(step, since);
    const base::Time to = std::min(step + request_.step, expected.until);
    if (to <= from) continue;
    QualityTally& tally = tallies[step];
    const double there = left_over + static_cast<double>(tally.whole);
    tally.expected = ratio(to - from, expected.each);
    tally.whole_capped = std::min(there, tally.expected);
    left_over = std::min(1.0, there - tally.whole_capped);
  }
}

std::vector<QualityScore> ScoreSheet::finish() const {
  std::vector<std::pair<double, ScoredName>> order;
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
      scores.push_back({name.site, name.thing, name.property, time, tally});
    }
  }
  return scores;
}

}  // namespace millrace::service
