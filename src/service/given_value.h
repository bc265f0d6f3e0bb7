#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "model/value.h"

namespace millrace::service {

/// A value that somebody gave, as another type where nothing is lost; a whole number may come as a
/// text, for JSON has none beyond 2^53. Empty where it does not fit.
std::optional<model::Value> fitted(const model::Value& value, model::ValueType type);

/// A value as JSON: bytes and none are null.
nlohmann::json json_of(const model::Value& value);

/// What a value must be that is to be written.
struct ValueRule {
  std::string what;  // "property 'speed' of pump-1", for sentences
  model::ValueType type = model::ValueType::kF64;
  std::string unit;
  std::optional<double> min;  // included
  std::optional<double> max;  // included
  std::string schema;         // JSON Schema of it; enum, const, minLength and maxLength count
};

/// The value as its type, or what is wrong with it. A switch is no number and a number no switch,
/// though each could be made of the other. Errors: invalid.
base::Result<model::Value> checked(const model::Value& value, const ValueRule& rule);

}  // namespace millrace::service
