#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace millrace::model {

/// The physical type of a series; one table family each in the store. The numbers are stored in
/// spool records and in the series dictionary: never change one.
enum class ValueType : std::uint8_t {
  kF64 = 1,
  kI64 = 2,
  kU64 = 3,
  kBool = 4,
  kText = 5,
  kBytes = 6,
};

constexpr bool is_numeric(ValueType type) {
  return type == ValueType::kF64 || type == ValueType::kI64 || type == ValueType::kU64;
}

/// "f64", "i64", "u64", "bool", "text", "bytes".
std::string_view text(ValueType type);
std::optional<ValueType> parse_value_type(std::string_view text);

/// Bytes with a meaning of their own (waveform, array, raw payload), distinct from text.
struct Bytes {
  std::string data;
  bool operator==(const Bytes&) const = default;
};

/// One value; the alternatives stand in the order of ValueType. monostate means that there is none
/// (an unreadable tag): it is stored under the series' type as NULL with a quality that says why.
using Value =
    std::variant<std::monostate, double, std::int64_t, std::uint64_t, bool, std::string, Bytes>;

/// The type of a value; empty for monostate.
std::optional<ValueType> type_of(const Value& value);

/// The value as another type where nothing is lost (an i64 of 5 as f64 5.0, a bool as 0 or 1);
/// empty where something would be.
std::optional<Value> convert_exactly(const Value& value, ValueType type);

}  // namespace millrace::model
