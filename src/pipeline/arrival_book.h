#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/quality_rules.h"
#include "store/series_index.h"

namespace millrace::pipeline {

/// How the hub judges the times of a property when its samples arrive.
struct TimeRules {
  TimeTolerance tolerance;
  model::Severity late = model::default_severity(model::Reason::kLate);
  model::Severity clock = model::default_severity(model::Reason::kClock);
};

/// As the contract says; what the filter at the edge may hold back for a while is not late for it.
TimeRules time_rules(const model::PropertyContract& contract, const model::FilterPolicy& filter,
                     const TimeTolerance& otherwise);

/// The rules of a property that is configured; empty for others.
using TimeRulesOf =
    std::function<std::optional<TimeRules>(const std::string& thing, const std::string& property)>;

/// What ingest has at hand of each series for every sample that arrives: how its time is judged,
/// and who feeds it.
///
/// One owner, the ingest thread.
class ArrivalBook {
 public:
  /// A series whose source has changed keeps it this long at least: two that feed one property do
  /// not write the dictionary with every batch.
  static constexpr base::Duration kSourceHolds{10'000'000};

  ArrivalBook(TimeTolerance otherwise, const store::SeriesIndex& index)
      : otherwise_(otherwise), index_(index) {}

  /// From here on by these rules, which are asked once for each series.
  void judge_by(TimeRulesOf rules);
  /// What the hub adds to a sample that an edge has already checked; a third party's is checked
  /// here for the first time.
  void mark_time(model::SeriesId series, model::Sample& sample, base::Time received);
  /// The series with its new source, when what is fed live comes from another origin than before.
  std::optional<model::Series> new_source(model::SeriesId series, const std::string& origin,
                                          base::MonotonicTime now);
  /// Series from here on were taken back.
  void drop_from(model::SeriesId first);

 private:
  struct Entry {
    bool is_known = false;
    std::string source;
    std::optional<TimeRules> rules;  // empty until they are asked for
  };
  Entry& entry(model::SeriesId series);

  const TimeTolerance otherwise_;
  const store::SeriesIndex& index_;
  TimeRulesOf rules_of_;
  std::vector<Entry> entries_;  // place = id - 1
  std::map<model::SeriesId, base::MonotonicTime> changed_;
};

}  // namespace millrace::pipeline
