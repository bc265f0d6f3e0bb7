#pragma once

#include <optional>

#include "service/history.h"
#include "service/permission.h"

namespace millrace::service {

/// Writes properties and invokes actions through their bindings: checked against type, range and
/// unit of the thing model, sent to the edge that has the connection, audited, and on record as an
/// event of the thing. Any thread; each call waits for the device's answer.
class Commands {
 public:
  Commands(const Deps& deps, const Twins& twins) : deps_(deps), twins_(twins) {}

  /// Errors: forbidden, not_found, invalid (read only, type, range), unsupported (no binding, or one
  /// that cannot be written), unavailable (edge or device away), timeout.
  base::Result<void> write(const identity::Caller& caller, const PropertyName& property,
                           const model::Value& value);
  base::Result<void> invoke(const identity::Caller& caller, std::string_view thing,
                            std::string_view action, const std::optional<model::Value>& input);

 private:
  const Deps& deps_;
  const Twins& twins_;
};

}  // namespace millrace::service
