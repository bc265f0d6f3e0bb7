#pragma once

#include <optional>

#include "model/property_contract.h"
#include "model/sample.h"

namespace millrace::pipeline {

/// How far time stamps may differ from the clock of the process that checks them.
struct TimeTolerance {
  base::Duration lateness{300'000'000};  // an older sample is marked late
  base::Duration clock{5'000'000};       // a sample further in the future is marked clock
};

/// Checks the samples of one property against its contract, in the order in which they come. What
/// breaks a rule is kept and marked with the rule's name; nothing is dropped, nothing is repaired.
/// Rules with memory (rate of change, flat line, gap, duplicate, order) need one instance for each
/// property and run once, at the first Millrace process that sees the raw value.
///
/// Not thread safe; one owner.
class QualityRules {
 public:
  QualityRules(model::PropertyContract contract, TimeTolerance tolerance)
      : contract_(std::move(contract)), tolerance_(tolerance) {}

  /// The sample as it is kept: value in the contract's type where that is exact (else as it came,
  /// marked wrong_type), quality with every rule's mark. `now` is the checking process's clock.
  model::Sample check(model::Sample sample, base::Time now);

  const model::PropertyContract& contract() const { return contract_; }

 private:
  void check_value(model::Sample& sample) const;
  void check_time(model::Sample& sample, base::Time now) const;
  void check_order(model::Sample& sample) const;
  void check_movement(model::Sample& sample);

  model::PropertyContract contract_;
  TimeTolerance tolerance_;
  std::optional<base::Time> newest_;             // of all samples
  std::optional<model::Sample> last_plausible_;  // reference of rate of change
  std::optional<model::Sample> unchanged_since_;
};

/// The number in a value, bool as 0 or 1; empty for text, bytes and no value.
std::optional<double> as_number(const model::Value& value);

}  // namespace millrace::pipeline
