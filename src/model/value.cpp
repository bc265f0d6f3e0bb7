#include "model/value.h"

#include <array>
#include <cmath>
#include <limits>
#include <utility>

namespace millrace::model {
namespace {

constexpr std::array<std::string_view, 7> kTypeTexts = {"",     "f64",  "i64",  "u64",
                                                        "bool", "text", "bytes"};
constexpr double kExactIntegerMax = 9007199254740992.0;  // 2^53

std::optional<Value> number_to_f64(const Value& value) {
  if (const auto* i = std::get_if<std::int64_t>(&value)) {
    const auto magnitude = *i < 0 ? -static_cast<double>(*i) : static_cast<double>(*i);
    if (magnitude <= kExactIntegerMax) return static_cast<double>(*i);
  }
  if (const auto* u = std::get_if<std::uint64_t>(&value)) {
    if (static_cast<double>(*u) <= kExactIntegerMax) return static_cast<double>(*u);
  }
  if (const auto* b = std::get_if<bool>(&value)) return *b ? 1.0 : 0.0;
  return std::nullopt;
}

template <class Integer>
std::optional<Value> number_to_integer(const Value& value) {
  if (const auto* d = std::get_if<double>(&value)) {
    const bool whole =
        std::isfinite(*d) && *d == std::trunc(*d) && std::abs(*d) <= kExactIntegerMax;
    if (whole && (std::is_signed_v<Integer> || *d >= 0)) return static_cast<Integer>(*d);
  }
  if (const auto* i = std::get_if<std::int64_t>(&value); i && std::in_range<Integer>(*i)) {
    return static_cast<Integer>(*i);
  }
  if (const auto* u = std::get_if<std::uint64_t>(&value); u && std::in_range<Integer>(*u)) {
    return static_cast<Integer>(*u);
  }
  if (const auto* b = std::get_if<bool>(&value)) return static_cast<Integer>(*b ? 1 : 0);
  return std::nullopt;
}

std::optional<Value> number_to_bool(const Value& value) {
  if (const auto as_integer = number_to_integer<std::int64_t>(value)) {
    const auto number = std::get<std::int64_t>(*as_integer);
    if (number == 0 || number == 1) return number == 1;
  }
  return std::nullopt;
}

}  // namespace

std::string_view text(ValueType type) { return kTypeTexts.at(static_cast<std::size_t>(type)); }

std::optional<ValueType> parse_value_type(std::string_view text) {
  for (std::size_t i = 1; i < kTypeTexts.size(); ++i) {
    if (kTypeTexts[i] == text) return static_cast<ValueType>(i);
  }
  return std::nullopt;
}

std::optional<ValueType> type_of(const Value& value) {
  if (value.index() == 0) return std::nullopt;
  return static_cast<ValueType>(value.index());
}

std::optional<Value> convert_exactly(const Value& value, ValueType type) {
  if (type_of(value) == type) return value;
  switch (type) {
    case ValueType::kF64:
      return number_to_f64(value);
    case ValueType::kI64:
      return number_to_integer<std::int64_t>(value);
    case ValueType::kU64:
      return number_to_integer<std::uint64_t>(value);
    case ValueType::kBool:
      return number_to_bool(value);
    case ValueType::kText:
    case ValueType::kBytes:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace millrace::model
