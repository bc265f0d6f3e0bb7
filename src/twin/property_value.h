#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "model/value.h"
#include "twin/thing_model.h"

namespace millrace::twin {

/// A value as bare JSON, as the affordance's data schema says (WoT TD 1.1 §5.3.2): numbers in their
/// shortest form with every digit, texts escaped, bytes as base64. Empty where there is no value,
/// or one that no JSON number is: `null` fits no such schema. Where the model has an object or
/// array, the text in the store is that JSON.
std::optional<std::string> to_json(const model::Value& value, const PropertySpec& property);

/// Bare JSON as a value of this type; numbers only where nothing is lost. Errors: malformed (no
/// JSON), invalid (another type).
base::Result<model::Value> parse_value(std::string_view json, model::ValueType type);

}  // namespace millrace::twin
