#include <algorithm>
#include <array>
#include <format>

#include "service/data_quality.h"

namespace millrace::service {
namespace {

using model::PropertyContract;
using model::Reason;

std::string limit(const std::optional<double>& value) {
  return value ? std::format("{}", *value) : std::string("…");
}

double seconds(base::Duration duration) { return std::chrono::duration<double>(duration).count(); }

/// What the rule's own setting adds to the advice; empty when there is none.
std::string setting_of(Reason rule, const PropertyContract& contract) {
  const std::string unit = contract.unit.empty() ? "" : " " + contract.unit;
  switch (rule) {
    case Reason::kOutOfRange:
      return std::format(" The range is {} to {}{}.", limit(contract.range_min),
                         limit(contract.range_max), unit);
    case Reason::kRateOfChange:
      if (!contract.rate_max_per_s) return {};
      return std::format(" At most {}{} a second is expected.", *contract.rate_max_per_s, unit);
    case Reason::kFlatLine:
      if (!contract.flat_line) return {};
      return std::format(" A change is expected within {:g} s.", seconds(*contract.flat_line));
    case Reason::kGap:
      if (!contract.interval) return {};
      return std::format(" A sample is expected every {:g} s.", seconds(*contract.interval));
    default:
      return {};
  }
}

struct Row {
  Reason rule;
  std::string_view advice;
};
constexpr std::array kAdvice = {
    Row{Reason::kWrongType,
        "Compare the data type at the source with the thing model, or map its values in the "
        "binding."},
    Row{Reason::kNotFinite,
        "The source computes something undefined: check its sensor, scaling and divisions."},
    Row{Reason::kOutOfRange,
        "Check sensor, wiring and scaling; where the value is right, widen the range in the "
        "model."},
    Row{Reason::kWrongUnit, "Say in the binding which unit the source really gives."},
    Row{Reason::kRateOfChange,
        "Look for loose contacts and interference; where the process is that fast, raise the "
        "limit."},
    Row{Reason::kFlatLine,
        "The sensor may be stuck or disconnected, or the machine stands still: compare with its "
        "other properties."},
    Row{Reason::kGap,
        "Check the connection to the source, and whether the expected interval is right."},
    Row{Reason::kDuplicate,
        "The source sends the same time twice: check its clock's resolution, and whether two "
        "connections read it."},
    Row{Reason::kLate,
        "Look at the edge's backlog, at the network between source, edge and hub, and whether the "
        "source's clock is behind."},
    Row{Reason::kClock,
        "Set the source's clock, best by NTP. Where its samples are behind and the clock is right, "
        "the network or a buffer before Millrace delays all of them by the same: look there, or "
        "raise clock_s where that is meant."},
    Row{Reason::kOutOfOrder,
        "The source sends by several ways or repeats itself: read it by one connection."},
    Row{Reason::kTimeImplausible,
        "The source's clock is far off: set it, and import the samples again if they are "
        "needed."},
    Row{Reason::kNoSourceTime,
        "Name the field of the time in the binding, or switch time stamps on at the source."},
    Row{Reason::kSourceStatus, "The source itself doubts the value: look at its diagnostics."},
    Row{Reason::kSourceStale, "The source itself doubts the value: look at its diagnostics."},
    Row{Reason::kNotReadable,
        "Check address and rights at the source; the edge's log names the tag."},
    Row{Reason::kMissingValue, "The source answers without a value: check the address."},
    Row{Reason::kAmbiguousTime, "Let the source use UTC."},
    Row{Reason::kStale, "Check whether source, edge and network are up; nothing has come since."},
    Row{Reason::kUnsupportedType, "Read another data type at the source."},
    Row{Reason::kUnitJump,
        "Somebody may have changed a unit or scaling at the source: compare it with the "
        "binding."},
    Row{Reason::kSiblingOutlier,
        "Compare the sensor with its siblings on site and calibrate the one that is off."},
    Row{Reason::kMixedSources,
        "Two sources feed this property. Of one '+' that fits several topics (the event "
        "binding.topics_mixed of the thing names two): write a binding for each. Of an edge that "
        "is "
        "not the bound one: take the tag out of its edge.yaml, or let it reach the hub for its new "
        "assignment."},
    Row{Reason::kOutlier,
        "Look for interference and loose contacts; where the process jumps, raise the "
        "tolerance."},
};

std::string_view advice(Reason rule) {
  const auto row = std::ranges::find(kAdvice, rule, &Row::rule);
  return row == kAdvice.end() ? "Look at the samples around this time." : row->advice;
}

}  // namespace

std::string advice_on(Reason rule, const std::optional<PropertyFacts>& facts) {
  const bool is_unbound = rule == Reason::kWrongUnit && (!facts || facts->binding.empty());
  if (is_unbound) {
    return "The source says another unit than before, or than its file: bind it to a property with "
           "the unit that it gives.";
  }
  std::string sentence(advice(rule));
  if (facts) sentence += setting_of(rule, facts->contract);
  return sentence;
}

}  // namespace millrace::service
