#include "twin/property_value.h"

#include <array>
#include <charconv>
#include <cmath>
#include <format>
#include <nlohmann/json.hpp>

#include "codec/base64.h"

namespace millrace::twin {
namespace {

using base::ErrorCode;
using ValueJson = nlohmann::json;

constexpr std::size_t kBytesMax = 1U << 20;
constexpr std::size_t kShown = 60;

std::optional<std::string> number_text(double number) {
  if (!std::isfinite(number)) return std::nullopt;
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  return std::string(digits.data(), end);
}

/// Invalid UTF-8 becomes U+FFFD: a text of a device is never a reason not to answer.
std::string quoted(const std::string& text) {
  return ValueJson(text).dump(-1, ' ', false, ValueJson::error_handler_t::replace);
}

base::Result<model::Value> wrong_type(std::string_view text, model::ValueType type) {
  return base::fail(ErrorCode::kInvalid,
                    std::format("{} is no {}", text.substr(0, kShown), model::text(type)),
                    "Send a value as the thing's description says.");
}

base::Result<model::Value> number_of(const ValueJson& json, std::string_view text,
                                     model::ValueType type) {
  model::Value value = json.get<double>();
  if (json.is_number_unsigned()) {
    value = json.get<std::uint64_t>();
  } else if (json.is_number_integer()) {
    value = json.get<std::int64_t>();
  }
  // An integer that no double holds exactly is still the number that was meant.
  if (type == model::ValueType::kF64) return model::Value(json.get<double>());
  const auto converted = model::convert_exactly(value, type);
  if (!converted) return wrong_type(text, type);
  return *converted;
}

}  // namespace

std::optional<std::string> to_json(const model::Value& value, const PropertySpec& property) {
  if (const auto* f64 = std::get_if<double>(&value)) return number_text(*f64);
  if (const auto* i64 = std::get_if<std::int64_t>(&value)) return std::to_string(*i64);
  if (const auto* u64 = std::get_if<std::uint64_t>(&value)) return std::to_string(*u64);
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "true" : "false";
  if (const auto* bytes = std::get_if<model::Bytes>(&value)) {
    return '"' + codec::to_base64(bytes->data) + '"';
  }
  const auto* text = std::get_if<std::string>(&value);
  if (!text) return std::nullopt;
  if (property.is_json && ValueJson::accept(*text)) return *text;
  return quoted(*text);
}

base::Result<model::Value> parse_value(std::string_view text, model::ValueType type) {
  if (text.size() > kBytesMax) {
    return base::fail(ErrorCode::kTooLarge, "the value has more than 1 MiB", "Send less.");
  }
  const ValueJson json = ValueJson::parse(text, nullptr, false);
  if (json.is_discarded()) {
    return base::fail(ErrorCode::kMalformed, "the value is not JSON",
                      "Send a bare JSON value, such as 41.7, true or \"auto\".");
  }
  switch (type) {
    case model::ValueType::kF64:
    case model::ValueType::kI64:
    case model::ValueType::kU64:
      return json.is_number() ? number_of(json, text, type) : wrong_type(text, type);
    case model::ValueType::kBool:
      if (json.is_boolean()) return model::Value(json.get<bool>());
      break;
    case model::ValueType::kText:
      if (json.is_string()) return model::Value(json.get<std::string>());
      if (json.is_structured()) return model::Value(std::string(text));
      break;
    case model::ValueType::kBytes:
      break;
  }
  return wrong_type(text, type);
}

}  // namespace millrace::twin
