#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "service/twins.h"

namespace millrace::service {

/// A current value as the Thing Description's data schema has it.
struct WotValue {
  std::string property;
  std::string json;  // bare
  base::Time time;   // of the source
  model::Severity quality = model::Severity::kUncertain;
};

/// Current values as consumers of the Web of Things read them. Any thread.
class WotValues {
 public:
  WotValues(const Deps& deps, const Twins& twins) : deps_(deps), twins_(twins) {}

  /// Errors: not_found, with the nearest name; unsupported: it can only be written; unavailable:
  /// there is no value now, and why.
  base::Result<WotValue> property(std::string_view thing, std::string_view name) const;
  /// All of its description that have a value now, by name; of a thing without a model all that it
  /// has. Errors: not_found.
  base::Result<std::vector<WotValue>> all(std::string_view thing) const;
  /// Errors: unsupported: a model says writeOnly.
  base::Result<void> allow_reading(std::string_view thing, std::string_view name) const;
  /// A value as a watcher got it, bare; empty for none.
  std::optional<std::string> json_of(const Property& property) const;

 private:
  const Deps& deps_;
  const Twins& twins_;
};

}  // namespace millrace::service
