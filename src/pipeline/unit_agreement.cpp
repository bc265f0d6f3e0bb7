#include "pipeline/unit_agreement.h"

#include <algorithm>
#include <vector>

#include "base/log.h"

namespace millrace::pipeline {

CompareUnits compare_units(const unit::Units& units) {
  return [&units](const std::string& said, const std::string& stated) {
    const std::vector<std::string> readings = units.readings(said);
    if (readings.empty()) return UnitsMeet::kUnknown;
    const bool may_be_same = std::ranges::any_of(readings, [&](const std::string& reading) {
      const auto conversion = units.convert(reading, stated);
      return conversion && conversion->factor == 1 && conversion->offset == 0;
    });
    if (!may_be_same) return UnitsMeet::kOther;
    return readings.size() == 1 ? UnitsMeet::kSame : UnitsMeet::kUnknown;
  };
}

bool UnitAgreement::holds(const std::string& said, const std::string& stated) {
  if (said.empty() || stated.empty() || said == stated) return true;
  const auto key = std::pair(said, stated);
  const auto known = known_.find(key);
  if (known != known_.end()) return known->second;
  const UnitsMeet meet = compare_ ? compare_(said, stated) : UnitsMeet::kOther;
  if (meet == UnitsMeet::kUnknown) {
    base::log::warning(
        "a source says that its values are in '{}', which is no unit here or not clear; taken as "
        "{}",
        said, stated);
  }
  return known_[key] = meet != UnitsMeet::kOther;
}

model::Sample UnitAgreement::checked(const std::string& said, const std::string& stated,
                                     model::Sample sample) {
  if (!holds(said, stated)) sample.quality = sample.quality.marked(model::Reason::kWrongUnit);
  return sample;
}

}  // namespace millrace::pipeline
