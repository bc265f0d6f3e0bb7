#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>

#include "model/sample.h"
#include "unit/units.h"

namespace millrace::pipeline {

/// How the unit in which a source says it has a value goes with the one that its binding states.
enum class UnitsMeet {
  kSame,
  kOther,    // another, however what the source says is read
  kUnknown,  // what the source says is no unit here, or may be read as this one and as others
};
using CompareUnits = std::function<UnitsMeet(const std::string& said, const std::string& stated)>;

/// As units are understood, whatever letters a source writes them in. `units` must outlive it.
CompareUnits compare_units(const unit::Units& units);

/// Whether the unit in which a source says it has a value is the one that its binding states; the
/// one place where edge and hub decide that. A source or a binding that says nothing is in
/// agreement, and so is a source that says something which is no unit, or of whose several readings
/// one is the binding's unit: that it differs is not known, and the log says so once. Each pair is
/// asked for once. One owner.
class UnitAgreement {
 public:
  explicit UnitAgreement(CompareUnits compare) : compare_(std::move(compare)) {}
  bool holds(const std::string& said, const std::string& stated);
  /// The sample, marked wrong_unit where it does not hold.
  model::Sample checked(const std::string& said, const std::string& stated, model::Sample sample);

 private:
  CompareUnits compare_;  // empty: equal texts
  std::map<std::pair<std::string, std::string>, bool> known_;
};

}  // namespace millrace::pipeline
