#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/hub_binding.h"
#include "pipeline/payload_reader.h"
#include "pipeline/rule_set.h"
#include "pipeline/unit_agreement.h"

namespace millrace::pipeline {

/// What a binding makes of what arrived before it came into force: the stored samples of one
/// source, in order of time, through the same transform, contract and quality rules. Times were
/// judged when they arrived, and those marks stay.
///
/// Not thread safe; one owner.
class BindingReplay {
 public:
  /// `binding` has the rows that read the source: those of one metric, or paths into the payloads
  /// of one topic. `unit` is what the source says it has. Errors: invalid (no path into JSON).
  static base::Result<std::unique_ptr<BindingReplay>> create(const HubBinding& binding,
                                                             std::string unit,
                                                             CompareUnits compare);

  struct Made {
    std::size_t row = 0;  // of the binding
    model::Sample sample;
    base::Time arrived;  // as far as it is known: the time of the stored sample
  };
  /// Appends what comes of one stored sample.
  void take(const model::Sample& stored, std::vector<Made>& made);

 private:
  BindingReplay(const HubBinding& binding, std::string unit, CompareUnits compare);

  const std::vector<HubBindingRow> rows_;
  const std::string unit_;
  std::optional<PayloadReader> reader_;
  UnitAgreement units_;
  RuleSet rules_;
};

}  // namespace millrace::pipeline
