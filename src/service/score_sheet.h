#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "service/data_quality.h"

namespace millrace::service {

/// Of what a score is.
struct ScoredName {
  std::string site;
  std::string thing;
  std::string property;
  auto operator<=>(const ScoredName&) const = default;
};

/// One sample each `each` from `since` until `until`.
struct Expectation {
  base::Duration each{};  // zero: nothing is known, so nothing is expected
  base::Time since;
  base::Time until;
};

/// Tallies of each name and step of a request, made of one series after the other.
///
/// A sample stands for the time until the next one is expected. Of what falls into a step more
/// than is expected there, at most one sample's time is left over for the steps that follow: so a
/// step may be shorter than the interval, and a burst hides no hole.
class ScoreSheet {
 public:
  explicit ScoreSheet(const ScoreRequest& request) : request_(request) {}

  /// `counts` by time; those before the range say what its first steps still live on.
  void add(const ScoredName& name, std::span<const store::QualityCount> counts,
           const Expectation& expected);
  /// The worst names first, at most as many as asked for.
  std::vector<QualityScore> finish() const;
  const ScoreRequest& request() const { return request_; }

 private:
  using Tallies = std::map<base::Time, QualityTally>;

  void expect(Tallies& tallies, double left_over, const Expectation& expected) const;

  const ScoreRequest& request_;
  std::map<ScoredName, Tallies> rows_;
};

}  // namespace millrace::service
