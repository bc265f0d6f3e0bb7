#include "service/given_value.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <format>
#include <nlohmann/json.hpp>

namespace millrace::service {
namespace {

using base::ErrorCode;
using base::Result;
using model::Value;
using model::ValueType;

/// JSON carries numbers beyond 2^53 as texts.
std::optional<Value> whole_from_text(ValueType type, const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  if (!text) return std::nullopt;
  const auto parse = [&](auto number) -> std::optional<Value> {
    const char* end = text->data() + text->size();
    const auto parsed = std::from_chars(text->data(), end, number);
    if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
    return Value(number);
  };
  if (type == ValueType::kI64) return parse(std::int64_t{0});
  if (type == ValueType::kU64) return parse(std::uint64_t{0});
  return std::nullopt;
}

std::string_view asked_for(ValueType type) {
  switch (type) {
    case ValueType::kF64:
      return "a number";
    case ValueType::kI64:
      return "a whole number";
    case ValueType::kU64:
      return "a whole number that is not negative";
    case ValueType::kBool:
      return "true or false";
    case ValueType::kText:
      return "a text";
    case ValueType::kBytes:
      break;
  }
  return "bytes, which cannot be written here";
}

std::string limits_of(const ValueRule& rule) {
  const std::string unit = rule.unit.empty() ? "" : " " + rule.unit;
  if (!rule.min) return std::format("Give at most {}{}.", *rule.max, unit);
  if (!rule.max) return std::format("Give at least {}{}.", *rule.min, unit);
  return std::format("Give {} to {}{}.", *rule.min, *rule.max, unit);
}

Result<void> check_range(const Value& value, const ValueRule& rule) {
  const auto as_f64 = model::convert_exactly(value, ValueType::kF64);
  double number = 0;
  if (as_f64) {
    number = std::get<double>(*as_f64);
  } else if (const auto* i64 = std::get_if<std::int64_t>(&value)) {
    number = static_cast<double>(*i64);
  } else if (const auto* u64 = std::get_if<std::uint64_t>(&value)) {
    number = static_cast<double>(*u64);
  }
  if (!std::isfinite(number)) {
    return base::fail(ErrorCode::kInvalid, std::format("{}: the number is not finite", rule.what));
  }
  const bool is_below = rule.min && number < *rule.min;
  if (!is_below && !(rule.max && number > *rule.max)) return {};
  const double limit = is_below ? *rule.min : *rule.max;
  return base::fail(ErrorCode::kInvalid,
                    std::format("{}: {} is {} {}, the {} its model allows", rule.what, number,
                                is_below ? "below" : "above", limit, is_below ? "least" : "most"),
                    limits_of(rule));
}

std::size_t characters(std::string_view text) {
  const auto is_first = [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; };
  return static_cast<std::size_t>(std::ranges::count_if(text, is_first));
}

Result<void> check_length(const std::string& text, const nlohmann::json& schema,
                          const ValueRule& rule) {
  const auto limit = [&](const char* term) -> std::optional<std::uint64_t> {
    const auto found = schema.find(term);
    if (found == schema.end() || !found->is_number_unsigned()) return std::nullopt;
    return found->get<std::uint64_t>();
  };
  const std::size_t length = characters(text);
  const auto min = limit("minLength"), max = limit("maxLength");
  const bool fits = (!min || length >= *min) && (!max || length <= *max);
  if (fits) return {};
  return base::fail(ErrorCode::kInvalid,
                    std::format("{}: a text of {} characters", rule.what, length),
                    std::format("Its model allows {} to {}.", min.value_or(0),
                                max ? std::to_string(*max) : "any number"));
}

Result<void> check_schema(const Value& value, const ValueRule& rule) {
  const auto schema = nlohmann::json::parse(rule.schema, nullptr, false);
  if (!schema.is_object()) return {};
  const nlohmann::json json = json_of(value);
  const auto refuse = [&](const nlohmann::json& allowed) {
    return base::fail(ErrorCode::kInvalid,
                      std::format("{}: {} is none of its values", rule.what, json.dump()),
                      std::format("Give one of {}.", allowed.dump()));
  };
  const auto constant = schema.find("const"), values = schema.find("enum");
  if (constant != schema.end() && *constant != json) return refuse(nlohmann::json{*constant});
  const bool has_values = values != schema.end() && values->is_array();
  if (has_values && !std::ranges::contains(*values, json)) return refuse(*values);
  if (const auto* text = std::get_if<std::string>(&value)) return check_length(*text, schema, rule);
  return {};
}

}  // namespace

std::optional<Value> fitted(const Value& value, ValueType type) {
  if (auto exact = model::convert_exactly(value, type)) return exact;
  return whole_from_text(type, value);
}

nlohmann::json json_of(const Value& value) {
  if (const auto* f64 = std::get_if<double>(&value)) return *f64;
  if (const auto* i64 = std::get_if<std::int64_t>(&value)) return *i64;
  if (const auto* u64 = std::get_if<std::uint64_t>(&value)) return *u64;
  if (const auto* truth = std::get_if<bool>(&value)) return *truth;
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return nullptr;
}

Result<Value> checked(const Value& value, const ValueRule& rule) {
  const bool is_flag = std::holds_alternative<bool>(value);
  const bool is_same_kind = is_flag == (rule.type == ValueType::kBool);
  const auto fitting = is_same_kind ? fitted(value, rule.type) : std::nullopt;
  if (!fitting) {
    const std::string given =
        json_of(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    return base::fail(ErrorCode::kInvalid,
                      std::format("{}: {} does not fit", rule.what, given.substr(0, 80)),
                      std::format("It takes {}.", asked_for(rule.type)));
  }
  const bool is_number =
      rule.type == ValueType::kF64 || rule.type == ValueType::kI64 || rule.type == ValueType::kU64;
  if (is_number) MILLRACE_TRY(check_range(*fitting, rule));
  MILLRACE_TRY(check_schema(*fitting, rule));
  return *fitting;
}

}  // namespace millrace::service
