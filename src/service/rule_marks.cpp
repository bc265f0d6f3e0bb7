#include "service/rule_marks.h"

#include <algorithm>

namespace millrace::service {

using model::Reason;

std::optional<model::Severity> severity_of(const model::RuleSeverities& severities, Reason rule) {
  switch (rule) {
    case Reason::kOutOfRange:
      return severities.out_of_range;
    case Reason::kRateOfChange:
      return severities.rate_of_change;
    case Reason::kFlatLine:
      return severities.flat_line;
    case Reason::kGap:
      return severities.gap;
    case Reason::kSiblingOutlier:
      return severities.sibling_outlier;
    case Reason::kOutlier:
      return severities.outlier;
    case Reason::kUnitJump:
      return severities.unit_jump;
    case Reason::kClock:
      return severities.clock;
    case Reason::kLate:
      return severities.late;
    case Reason::kDuplicate:
      return severities.duplicate;
    case Reason::kOutOfOrder:
      return severities.out_of_order;
    case Reason::kStale:
      return severities.stale;
    case Reason::kWrongType:
    case Reason::kNotFinite:
    case Reason::kMissingValue:
      return model::default_severity(rule);
    default:
      return std::nullopt;
  }
}

model::Quality as_it_came(model::Quality quality) {
  const auto reasons = quality.reasons();
  const auto is_rule = [](Reason reason) { return severity_of({}, reason).has_value(); };
  if (std::ranges::none_of(reasons, is_rule)) return quality;
  model::Quality came;
  for (const Reason reason : reasons) {
    if (is_rule(reason)) continue;
    came = came.marked(reason, std::min(model::default_severity(reason), quality.severity()));
  }
  return came;
}

}  // namespace millrace::service
