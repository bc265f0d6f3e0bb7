#pragma once

#include <optional>

#include "model/property_contract.h"

namespace millrace::service {

/// How bad a contract takes a rule; empty for a reason that is no contract's rule.
std::optional<model::Severity> severity_of(const model::RuleSeverities& severities,
                                           model::Reason rule);

/// Without what rules have marked: what the source said, and a correction.
model::Quality as_it_came(model::Quality quality);

}  // namespace millrace::service
