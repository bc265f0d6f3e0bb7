#include "pipeline/transforming.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "pipeline/quality_rules.h"

namespace millrace::pipeline {
namespace {

using model::Transform;
using model::Value;
using model::ValueType;

/// How a table of values writes a raw value.
std::string text_of(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "true" : "false";
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return std::to_string(*whole);
  if (const auto* whole = std::get_if<std::uint64_t>(&value)) return std::to_string(*whole);
  if (const auto* number = std::get_if<double>(&value)) return std::format("{}", *number);
  return {};
}

/// The text of a result as a value of its type; empty when it is none.
std::optional<Value> parsed(const std::string& text, ValueType type) {
  if (type == ValueType::kText) return text;
  if (type == ValueType::kBool) {
    if (text == "true" || text == "1") return true;
    if (text == "false" || text == "0") return false;
    return std::nullopt;
  }
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, number);
  if (code != std::errc{} || stop != end) return std::nullopt;
  return model::convert_exactly(number, type);
}

/// A double in a numeric type, rounded where that is whole; empty beyond its bounds.
std::optional<Value> typed(double number, ValueType type) {
  switch (type) {
    case ValueType::kF64:
      return number;
    case ValueType::kI64: {
      const double whole = std::round(number);
      if (!(whole >= -0x1p63 && whole < 0x1p63)) return std::nullopt;
      return static_cast<std::int64_t>(whole);
    }
    case ValueType::kU64: {
      const double whole = std::round(number);
      if (!(whole >= 0 && whole < 0x1p64)) return std::nullopt;
      return static_cast<std::uint64_t>(whole);
    }
    case ValueType::kBool:
      return number != 0;
    case ValueType::kText:
    case ValueType::kBytes:
      break;
  }
  return std::nullopt;
}

/// 12.3 / 0.1 is not quite 123, and a register takes whole numbers only.
double without_noise(double number) {
  constexpr double kNoise = 1e-9;  // of the number; a double has seven digits more
  const double whole = std::round(number);
  const bool is_whole = std::abs(number - whole) <= kNoise * std::abs(number);
  return is_whole ? whole : number;
}

std::optional<Value> looked_up(const Transform& transform, const Value& value) {
  const std::string text = text_of(value);
  const auto row =
      std::ranges::find(transform.values, text, &std::pair<std::string, std::string>::first);
  if (row == transform.values.end()) return std::nullopt;
  return parsed(row->second, transform.type);
}

}  // namespace

model::Sample transformed(const Transform& transform, model::Sample sample) {
  if (transform.is_identity() || std::holds_alternative<std::monostate>(sample.value)) {
    return sample;
  }
  std::optional<Value> value;
  if (!transform.values.empty()) {
    value = looked_up(transform, sample.value);
  } else if (const auto number = as_number(sample.value)) {
    value = typed(*number * transform.factor + transform.offset, transform.type);
  }
  if (value) {
    sample.value = std::move(*value);
  } else {
    sample.quality = sample.quality.marked(model::Reason::kWrongType);
  }
  return sample;
}

base::Result<Value> untransformed(const Transform& transform, const Value& value) {
  if (transform.is_identity()) return value;
  if (!transform.values.empty()) {
    const std::string text = text_of(value);
    const auto row =
        std::ranges::find(transform.values, text, &std::pair<std::string, std::string>::second);
    if (row != transform.values.end()) return row->first;
    return base::fail(base::ErrorCode::kInvalid, std::format("no raw value stands for '{}'", text),
                      "Write one of the values that the binding names.");
  }
  const auto number = as_number(value);
  if (!number || transform.factor == 0) {
    return base::fail(base::ErrorCode::kInvalid, "only a number can be written here",
                      "Write a number in the property's unit.");
  }
  return Value(without_noise((*number - transform.offset) / transform.factor));
}

}  // namespace millrace::pipeline
