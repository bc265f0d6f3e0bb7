#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/quality.h"
#include "model/value.h"

namespace millrace::model {

/// How bad it is when a rule is broken; each begins with its reason's default.
struct RuleSeverities {
  Severity out_of_range = default_severity(Reason::kOutOfRange);
  Severity rate_of_change = default_severity(Reason::kRateOfChange);
  Severity flat_line = default_severity(Reason::kFlatLine);
  Severity gap = default_severity(Reason::kGap);
  Severity sibling_outlier = default_severity(Reason::kSiblingOutlier);
  Severity outlier = default_severity(Reason::kOutlier);
  Severity unit_jump = default_severity(Reason::kUnitJump);
  Severity clock = default_severity(Reason::kClock);
  Severity late = default_severity(Reason::kLate);
  Severity duplicate = default_severity(Reason::kDuplicate);
  Severity out_of_order = default_severity(Reason::kOutOfOrder);
  Severity stale = default_severity(Reason::kStale);
  bool operator==(const RuleSeverities&) const = default;
};

/// What a property promises of its samples; comes from the thing model (or, at an edge without one,
/// from the tag's configuration). Empty options check nothing. What each rule does stands in
/// pipeline/quality_rules.h.
struct PropertyContract {
  std::string thing;
  std::string property;
  std::string title;
  ValueType type = ValueType::kF64;
  std::string unit;
  std::optional<double> range_min;          // in `unit`, included
  std::optional<double> range_max;          // in `unit`, included
  std::optional<double> rate_max_per_s;     // in `unit` per second, absolute
  std::optional<base::Duration> flat_line;  // an unchanged value is suspicious after this long
  double flat_tolerance = 0;                // in `unit`: movement up to here is none
  std::optional<base::Duration> interval;   // expected between samples
  double gap_factor = 2.5;                  // of `interval`: one lost sample and jitter are no gap
  std::optional<base::Duration> stale;      // silence after which there is no present value
  std::optional<base::Duration> lateness;   // empty: that of the process (TimeTolerance)
  std::optional<base::Duration> clock;      // empty: that of the process (TimeTolerance)
  std::vector<std::string> siblings;        // "property" of the same thing, or "thing/property"
  double sibling_z = 6;                     // robust standard deviations from their median
  base::Duration sibling_window{60'000'000};  // an older value of a sibling does not count
  std::optional<double> outlier_z;            // robust standard deviations from its own past
  std::uint32_t outlier_samples = 51;         // of that past
  double outlier_tolerance = 0;               // in `unit`: no outlier of either kind up to here
  bool unit_jump = false;                     // watch for shifts that a wrong unit makes
  std::uint32_t unit_jump_samples = 5;        // that confirm one
  RuleSeverities severities;
  bool operator==(const PropertyContract&) const = default;
};

/// "thing/property", as people write it.
inline std::string path_of(const PropertyContract& contract) {
  return contract.thing + "/" + contract.property;
}

enum class FilterKind : std::uint8_t {
  kDeadband,      // what moved further than the deadband; off when both deadbands are 0
  kException,     // report by exception: what changed at all
  kSwingingDoor,  // the ends of straight lines from which nothing deviates further than allowed
  kSample,        // the first of each window
  kWindow,        // one value for each window
};

/// Which value stands for a window. A mean is of numbers, rounded where they are whole; of what has
/// none it is the last.
enum class WindowValue : std::uint8_t { kMean, kMin, kMax, kFirst, kLast };

/// Which samples of a property are worth sending. Whatever the kind: a change of quality passes,
/// times stay as they were, order is kept.
struct FilterPolicy {
  FilterKind kind = FilterKind::kDeadband;
  double deadband_absolute = 0;          // in the property's unit; 0: none
  double deadband_percent = 0;           // of the last value sent; 0: none
  double deviation = 0;                  // swinging door: in the property's unit
  std::optional<base::Duration> window;  // sample and window: its length, from the epoch on
  WindowValue window_value = WindowValue::kMean;
  base::Duration heartbeat{60'000'000};  // an unchanged value is sent at least this often

  bool is_on() const {
    return kind != FilterKind::kDeadband || deadband_absolute > 0 || deadband_percent > 0;
  }
  bool operator==(const FilterPolicy&) const = default;
};

}  // namespace millrace::model
