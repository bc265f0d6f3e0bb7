#include "pipeline/unit_agreement.h"

#include "base/log.h"

namespace millrace::pipeline {

CompareUnits compare_units(const unit::Units& units) {
  return [&units](const std::string& said, const std::string& stated) {
    const std::string understood = units.understood(said);
    if (understood.empty()) return UnitsMeet::kUnknown;
    const auto conversion = units.convert(understood, stated);
    const bool is_same = conversion && conversion->factor == 1 && conversion->offset == 0;
    return is_same ? UnitsMeet::kSame : UnitsMeet::kOther;
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
        "a source says that its values are in '{}', which is no unit here; taken as {}, as its "
        "binding states",
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
