#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "pipeline/quality_rules.h"
#include "pipeline/unit_agreement.h"
#include "store/series_index.h"
#include "store/series_store.h"

namespace millrace::pipeline {

/// Who feeds a property by its binding, and since when that is so.
struct Feeder {
  std::string edge;  // empty: no edge, the hub itself binds what feeds it
  base::Time since;
};

/// How the hub judges the samples of a property when they arrive.
struct TimeRules {
  TimeTolerance tolerance;
  model::Severity late = model::default_severity(model::Reason::kLate);
  model::Severity clock = model::default_severity(model::Reason::kClock);
  std::optional<Feeder> feeder = {};  // none: whoever sends it
};

/// As the contract says; what the filter at the edge may hold back for a while is not late for it.
TimeRules time_rules(const model::PropertyContract& contract, const model::FilterPolicy& filter,
                     const TimeTolerance& otherwise);

/// The rules of a property that is configured; empty for others.
using TimeRulesOf =
    std::function<std::optional<TimeRules>(const std::string& thing, const std::string& property)>;

/// What ingest has at hand of each series for every sample that arrives: how its time is judged,
/// in which unit it is, and who feeds it.
///
/// One owner, the ingest thread.
class ArrivalBook {
 public:
  /// A series whose source has changed keeps it this long at least: two that feed one property do
  /// not write the dictionary with every batch.
  static constexpr base::Duration kSourceHolds{10'000'000};
  static constexpr base::Duration kFeederGrace{60'000'000};

  /// Of so many other units of one series, at most, an event is made.
  static constexpr std::size_t kOtherUnitsMax = 8;

  ArrivalBook(TimeTolerance otherwise, const store::SeriesIndex& index, CompareUnits compare)
      : otherwise_(otherwise), index_(index), units_(std::move(compare)) {}

  /// From here on by these rules, which are asked once for each series.
  void judge_by(TimeRulesOf rules);
  /// What the hub adds to a sample that an edge has already checked; a third party's is checked
  /// here for the first time.
  void mark_time(model::SeriesId series, model::Sample& sample, base::Time received);
  /// Whether what comes in this unit is in that of its series, which never changes.
  bool fits_unit(model::SeriesId series, const std::string& said);
  /// From when on what this edge sends mixes with what the bound one does: empty where it is the
  /// bound one, or nobody is. An edge has a minute to take a binding that it has no more.
  std::optional<base::Time> foreign_since(model::SeriesId series, const std::string& edge);
  /// The event that says so where it is not, once for each such unit.
  std::optional<store::Event> other_unit(model::SeriesId series, const std::string& said);
  /// The series with its new source, when what is fed live comes from another origin than before.
  std::optional<model::Series> new_source(model::SeriesId series, const std::string& origin,
                                          base::MonotonicTime now);
  /// Series from here on were taken back.
  void drop_from(model::SeriesId first);

 private:
  struct Entry {
    bool is_known = false;
    std::string source;
    std::string unit;
    std::optional<TimeRules> rules;  // empty until they are asked for
  };
  Entry& entry(model::SeriesId series);

  const TimeTolerance otherwise_;
  const store::SeriesIndex& index_;
  TimeRulesOf rules_of_;
  UnitAgreement units_;
  std::vector<Entry> entries_;  // place = id - 1
  std::map<model::SeriesId, base::MonotonicTime> changed_;
  std::map<model::SeriesId, std::set<std::string>> other_units_;  // that an event told of
};

}  // namespace millrace::pipeline
