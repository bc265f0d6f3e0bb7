#pragma once

#include <array>
#include <memory>
#include <optional>
#include <span>

#include "model/property_contract.h"
#include "model/sample.h"
#include "pipeline/clock_watch.h"
#include "pipeline/robust.h"
#include "pipeline/unit_jump.h"

namespace millrace::pipeline {

/// How far time stamps may differ from the clock of the process that checks them; a contract may
/// say otherwise.
struct TimeTolerance {
  base::Duration lateness{300'000'000};  // an older sample is marked late
  base::Duration clock{5'000'000};       // further in the future, or behind for long: clock
};

/// What is known of when a sample came: as it was taken, so that its time is what its clock says
/// now, or out of a backlog.
enum class Arrival { kLive, kBacklog };

/// What a property's siblings say when one of its samples is checked.
struct SiblingView {
  std::span<const double> values;
  double moved = 0;  // how far they may have moved since they said it
};

/// Checks the samples of one property against its contract, in the order in which they come. What
/// breaks a rule is kept and marked with the rule's name; nothing is dropped, nothing is repaired.
///
///   wrong_type        a value that the contract's type cannot hold; the sample stays without it,
///                     as a property has one series and a series has one type
///   not_finite, missing_value               the value is not what it should be
///   out_of_range      below min or above max
///   rate_of_change    moved faster than rate_max_per_s from the last plausible value
///   flat_line         within flat_tolerance of where it stood flat_line_s ago, ever since
///   outlier           further from the median of its last outlier_samples values than outlier_z
///                     robust deviations and outlier_tolerance (Hampel's identifier, causal)
///   sibling_outlier   the same against the siblings' last values, two or more of them; further by
///                     as much as they move in the time since
///   unit_jump         UnitJumpWatch
///   gap               further from the sample before than gap_factor × interval
///   duplicate         a time that one of the last 16 samples had
///   out_of_order      older than the newest, until it is seen that the clock was set back
///   late              older than the clock allows
///   clock             newer than the clock allows, or behind it by the same for ten live samples
///                     or more (ClockWatch); then it is not late
///   stale             silence: the only rule without a sample, see silence()
///
/// Rules with memory need one instance for each property and run once, at the first Millrace
/// process that sees the raw value. RuleSet runs them for many properties that may be siblings.
///
/// Not thread safe; one owner.
class QualityRules {
 public:
  QualityRules(model::PropertyContract contract, TimeTolerance tolerance);

  /// The sample as it is kept: value in the contract's type where that is exact (else none, marked
  /// wrong_type), quality with every rule's mark. `now` is the checking process's clock; `siblings`
  /// what they say now.
  model::Sample check(model::Sample sample, base::Time now, const SiblingView& siblings = {},
                      Arrival arrival = Arrival::kLive);

  /// The sample that says that there is none, once for each silence: without a value, marked stale,
  /// at the time at which the last one's came to its end (`now` where there never was one).
  /// `silent_for` counts from the last sample or from the beginning.
  std::optional<model::Sample> silence(base::Duration silent_for, base::Time now);

  const model::PropertyContract& contract() const { return contract_; }
  /// Of the sample that those to come are held against.
  std::optional<base::Time> newest() const { return newest_; }
  /// What people call the property is no rule: it may change while the rules go on.
  void set_title(std::string title) { contract_.title = std::move(title); }

 private:
  void check_value(model::Sample& sample);
  void check_unit(model::Sample& sample, double number);
  bool watch_clock(const model::Sample& sample, base::Time now, Arrival arrival);
  bool check_time(model::Sample& sample, base::Time now, bool is_behind) const;
  void forget_the_future(base::Time time);
  void forget_movement();
  void check_order(model::Sample& sample);
  void check_movement(model::Sample& sample, double number);
  void check_flat_line(model::Sample& sample, double number);
  void check_past(model::Sample& sample, double number);
  void check_siblings(model::Sample& sample, double number, const SiblingView& siblings) const;
  bool was_seen(base::Time time) const;

  struct Point {
    base::Time time;
    double number = 0;
  };

  static constexpr std::size_t kTimesKept = 16;

  model::PropertyContract contract_;
  TimeTolerance tolerance_;
  base::Duration gap_{};              // zero: none
  std::optional<base::Time> newest_;  // of all samples
  base::Time newest_arrived_;
  bool is_newest_ahead_ = false;  // of the clock
  ClockWatch clock_watch_;
  std::array<base::Time, kTimesKept> times_{};
  std::size_t next_time_ = 0;
  std::optional<Point> last_plausible_;  // reference of rate of change
  std::optional<Point> unchanged_since_;
  std::optional<RecentValues> past_;
  std::optional<UnitJumpWatch> unit_jump_;
  bool is_plausible_ = false;  // the value being checked, as far as it alone can say
  bool is_stale_ = false;
};

/// The number in a value, bool as 0 or 1; empty for text, bytes and no value.
std::optional<double> as_number(const model::Value& value);

}  // namespace millrace::pipeline
