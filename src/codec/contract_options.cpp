#include "codec/contract_options.h"

namespace millrace::codec {
namespace {

using config::TableOf;
using model::FilterKind;
using model::FilterPolicy;
using model::PropertyContract;
using model::RuleSeverities;
using model::Severity;
using model::ValueType;
using model::WindowValue;

constexpr double kAnyNumber = 1e300;

std::optional<TableOf<PropertyContract>::Complaint> check_range(const PropertyContract& contract) {
  if (!contract.range_min || !contract.range_max || *contract.range_min <= *contract.range_max) {
    return std::nullopt;
  }
  return TableOf<PropertyContract>::Complaint{
      "min", std::format("min {} is above max {}", *contract.range_min, *contract.range_max),
      "Exchange them."};
}

std::optional<TableOf<PropertyContract>::Complaint> check_siblings(
    const PropertyContract& contract) {
  if (contract.siblings.empty() || contract.siblings.size() >= 2) return std::nullopt;
  return TableOf<PropertyContract>::Complaint{
      "siblings", "one sibling cannot say which of the two is wrong",
      "Name at least two other properties, or leave siblings out."};
}

/// An option that the chosen kind of filter would not look at is a mistake, and so is a kind
/// without the option it lives by.
std::optional<TableOf<FilterPolicy>::Complaint> check_filter(const FilterPolicy& policy) {
  using Complaint = TableOf<FilterPolicy>::Complaint;
  const bool is_door = policy.kind == FilterKind::kSwingingDoor;
  const bool is_windowed = policy.kind == FilterKind::kSample || policy.kind == FilterKind::kWindow;
  if (is_door && policy.deviation == 0) {
    return Complaint{"filter", "swinging_door has no deviation",
                     "Say deviation: how far a straight line may be off, in the unit."};
  }
  if (is_windowed && !policy.window) {
    return Complaint{"filter", "this filter has no window_ms", "Say window_ms."};
  }
  if (!is_door && policy.deviation > 0) {
    return Complaint{"deviation", "deviation is of swinging_door only",
                     "Say filter: swinging_door, or deadband instead of deviation."};
  }
  if (!is_windowed && policy.window) {
    return Complaint{"window_ms", "window_ms is of sample and window only",
                     "Say filter: sample or filter: window."};
  }
  const bool has_band = policy.deadband_absolute > 0 || policy.deadband_percent > 0;
  if (has_band && policy.kind != FilterKind::kDeadband) {
    return Complaint{policy.deadband_absolute > 0 ? "deadband" : "deadband_percent",
                     "this filter has no deadband", "Leave filter or the deadband out."};
  }
  return std::nullopt;
}

const TableOf<RuleSeverities>& severity_table() {
  static const auto kTable = [] {
    using O = RuleSeverities;
    TableOf<O> table("Severities", "How bad it is when a rule is broken.");
    const auto row = [&](std::string rule, Severity O::* member) {
      table.choice({.key = std::move(rule), .sentence = "Severity of this rule's mark."}, member,
                   {{"good", Severity::kGood},
                    {"uncertain", Severity::kUncertain},
                    {"bad", Severity::kBad}});
    };
    row("out_of_range", &O::out_of_range);
    row("rate_of_change", &O::rate_of_change);
    row("flat_line", &O::flat_line);
    row("gap", &O::gap);
    row("sibling_outlier", &O::sibling_outlier);
    row("outlier", &O::outlier);
    row("unit_jump", &O::unit_jump);
    row("clock", &O::clock);
    row("late", &O::late);
    row("duplicate", &O::duplicate);
    row("out_of_order", &O::out_of_order);
    row("stale", &O::stale);
    return table;
  }();
  return kTable;
}

/// What the values are, and the rules that look at one value or two.
void add_value_rows(TableOf<PropertyContract>& table) {
  using O = PropertyContract;
  table.text({.key = "title", .sentence = "Name for people."}, &O::title, {0, 200})
      .choice({.key = "type", .sentence = "Physical type of the values."}, &O::type,
              {{"f64", ValueType::kF64},
               {"i64", ValueType::kI64},
               {"u64", ValueType::kU64},
               {"bool", ValueType::kBool},
               {"text", ValueType::kText},
               {"bytes", ValueType::kBytes}})
      .text({.key = "unit", .sentence = "Unit of the values as the source gives them."}, &O::unit,
            {0, 40})
      .number({.key = "min", .sentence = "Smallest plausible value, in the unit."}, &O::range_min,
              {-kAnyNumber, kAnyNumber})
      .number({.key = "max", .sentence = "Largest plausible value, in the unit."}, &O::range_max,
              {-kAnyNumber, kAnyNumber})
      .number({.key = "rate_max_per_s", .sentence = "Fastest plausible change, in the unit."},
              &O::rate_max_per_s, {0, kAnyNumber})
      .duration({.key = "flat_line_s",
                 .sentence = "After this long without any change the value is suspicious."},
                &O::flat_line, {1, 31536000})
      .number(
          {.key = "flat_tolerance",
           .sentence = "Movement up to this is no change, in the unit: a stuck sensor's noise."},
          &O::flat_tolerance, {0, kAnyNumber});
}

void add_time_rows(TableOf<PropertyContract>& table) {
  using O = PropertyContract;
  table
      .duration({.key = "interval_ms", .sentence = "Expected time between samples."}, &O::interval,
                {1, 86400000})
      .number({.key = "gap_factor",
               .sentence = "Samples further apart than this many expected times have a gap."},
              &O::gap_factor, {1, 10000})
      .duration({.key = "stale_s",
                 .sentence = "After this long without a sample there is no present value; for "
                             "sources that report regularly."},
                &O::stale, {1, 31536000})
      .duration(
          {.key = "late_s", .sentence = "An older sample is late; empty: as the process says."},
          &O::lateness, {1, 31536000})
      .duration(
          {.key = "clock_s",
           .sentence = "A sample further in the future has a wrong clock, and so have ten in a "
                       "row that come later by more, all by the same; empty: as the process "
                       "says."},
          &O::clock, {1, 86400});
}

/// Rules that compare with others, or with the past.
void add_comparing_rows(TableOf<PropertyContract>& table) {
  using O = PropertyContract;
  table
      .texts({.key = "siblings",
              .sentence = "Properties that measure the same, in the same unit: two or more, each "
                          "as property or thing/property."},
             &O::siblings, {1, 127})
      .number({.key = "sibling_z",
               .sentence = "Further from the siblings' median is an outlier, in robust standard "
                           "deviations."},
              &O::sibling_z, {1, 1000})
      .duration({.key = "sibling_window_s", .sentence = "A sibling's older value does not count."},
                &O::sibling_window, {1, 86400})
      .number({.key = "outlier_z",
               .sentence = "Further from the median of its own past is an outlier, in robust "
                           "standard deviations."},
              &O::outlier_z, {1, 1000})
      .integer({.key = "outlier_samples", .sentence = "How many samples that past has."},
               &O::outlier_samples, {5, 99})
      .number({.key = "outlier_tolerance",
               .sentence = "Up to this distance, in the unit, nothing is an outlier."},
              &O::outlier_tolerance, {0, kAnyNumber})
      .flag({.key = "unit_jump", .sentence = "Watch for level shifts that a wrong unit makes."},
            &O::unit_jump)
      .integer({.key = "unit_jump_samples", .sentence = "How many samples confirm such a shift."},
               &O::unit_jump_samples, {2, 100})
      .section({.key = "severity", .sentence = "How bad it is when a rule is broken."},
               &O::severities, severity_table());
}

TableOf<PropertyContract> make_contract_table() {
  TableOf<PropertyContract> table("Contract",
                                  "What a property promises; what breaks it is kept and marked.");
  add_value_rows(table);
  add_time_rows(table);
  add_comparing_rows(table);
  table.check(check_range).check(check_siblings);
  return table;
}

TableOf<FilterPolicy> make_filter_table() {
  using O = FilterPolicy;
  TableOf<O> table("Filter", "Which samples are worth sending.");
  table
      .choice({.key = "filter", .sentence = "How samples are chosen."}, &O::kind,
              {{"deadband", FilterKind::kDeadband},
               {"exception", FilterKind::kException},
               {"swinging_door", FilterKind::kSwingingDoor},
               {"sample", FilterKind::kSample},
               {"window", FilterKind::kWindow}})
      .number({.key = "deadband", .sentence = "Smaller changes are held back, in the unit."},
              &O::deadband_absolute, {0, kAnyNumber})
      .number({.key = "deadband_percent",
               .sentence = "Smaller changes are held back, in percent of the last value sent."},
              &O::deadband_percent, {0, 100})
      .number({.key = "deviation",
               .sentence = "Swinging door: straight lines between what is sent stay this close to "
                           "what is held back, in the unit."},
              &O::deviation, {0, kAnyNumber})
      .duration({.key = "window_ms",
                 .sentence = "Sample and window: one value in this time; a window of more than "
                             "10 minutes is sent in equal parts."},
                &O::window, {1, 86400000})
      .choice({.key = "window_value", .sentence = "Window: which value stands for it."},
              &O::window_value,
              {{"mean", WindowValue::kMean},
               {"min", WindowValue::kMin},
               {"max", WindowValue::kMax},
               {"first", WindowValue::kFirst},
               {"last", WindowValue::kLast}})
      .duration({.key = "heartbeat_s", .sentence = "An unchanged value is sent this often."},
                &O::heartbeat, {1, 86400})
      .check(check_filter);
  return table;
}

}  // namespace

const TableOf<PropertyContract>& contract_table() {
  static const auto kTable = make_contract_table();
  return kTable;
}

const TableOf<FilterPolicy>& filter_table() {
  static const auto kTable = make_filter_table();
  return kTable;
}

}  // namespace millrace::codec
