#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "pipeline/quality_rules.h"

namespace millrace::pipeline {

/// The rules of all properties that one process is the first to see; those that a contract names
/// as siblings are found among them. Edge and hub run the same: an edge for its tags, the hub for
/// what third parties send.
///
/// Not thread safe; one owner.
class RuleSet {
 public:
  RuleSet(std::vector<model::PropertyContract> contracts, TimeTolerance tolerance);

  /// From here on these. A property that keeps its contract keeps what its rules remember.
  void configure(std::vector<model::PropertyContract> contracts);
  /// `place` is that of the property in the list of contracts.
  model::Sample check(std::size_t place, model::Sample sample, base::Time now,
                      Arrival arrival = Arrival::kLive);
  std::optional<model::Sample> silence(std::size_t place, base::Duration silent_for,
                                       base::Time now) {
    return properties_[place].rules.silence(silent_for, now);
  }

  /// The time that the next sample of the property is held against.
  std::optional<base::Time> newest(std::size_t place) const {
    return properties_[place].rules.newest();
  }

  std::size_t size() const { return properties_.size(); }
  const model::PropertyContract& contract(std::size_t place) const {
    return properties_[place].rules.contract();
  }
  /// Siblings that are not compared, each with why: not read here, or in another unit.
  const std::vector<std::string>& problems() const { return problems_; }

 private:
  struct Property {
    QualityRules rules;
    std::vector<std::size_t> siblings;  // places
    bool is_sibling = false;            // of another
    base::Time last_time;
    std::optional<double> last;  // the newest value that is not bad
    double speed = 0;            // per second, between the two newest
  };
  using Names = std::map<std::string, std::size_t, std::less<>>;

  void find_siblings(std::size_t place, const Names& names);
  SiblingView look_at_siblings(const Property& property, base::Time time);
  static void remember(Property& property, const model::Sample& sample);

  TimeTolerance tolerance_;
  std::vector<Property> properties_;
  std::vector<std::string> problems_;
  std::vector<double> present_;  // what siblings say, while one sample is checked
};

}  // namespace millrace::pipeline
