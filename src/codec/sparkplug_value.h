#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"
#include "model/value.h"

namespace millrace::codec::sparkplug {

/// The datatypes of Sparkplug B 3.0, §6.4.16. The numbers are the wire's.
enum class DataType : std::uint32_t {
  kUnknown = 0,
  kInt8 = 1,
  kInt16 = 2,
  kInt32 = 3,
  kInt64 = 4,
  kUInt8 = 5,
  kUInt16 = 6,
  kUInt32 = 7,
  kUInt64 = 8,
  kFloat = 9,
  kDouble = 10,
  kBoolean = 11,
  kString = 12,
  kDateTime = 13,
  kText = 14,
  kUuid = 15,
  kDataSet = 16,
  kBytes = 17,
  kFile = 18,
  kTemplate = 19,
  kPropertySet = 20,
  kPropertySetList = 21,
  kInt8Array = 22,
  kInt16Array = 23,
  kInt32Array = 24,
  kInt64Array = 25,
  kUInt8Array = 26,
  kUInt16Array = 27,
  kUInt32Array = 28,
  kUInt64Array = 29,
  kFloatArray = 30,
  kDoubleArray = 31,
  kBooleanArray = 32,
  kStringArray = 33,
  kDateTimeArray = 34,
};

/// Which field of the value's oneof was on the wire. Not every message knows every kind.
enum class WireKind : std::uint8_t {
  kNone,
  kInt,
  kLong,
  kFloat,
  kDouble,
  kBoolean,
  kString,
  kBytes,
  kDataSet,
  kTemplate,
  kPropertySet,
  kPropertySetList,
};

/// A value as the wire has it: numbers as bits, everything longer as a view.
struct WireValue {
  WireKind kind = WireKind::kNone;
  std::uint64_t bits = 0;
  std::string_view bytes;

  static WireValue of_int(std::uint32_t v) { return {WireKind::kInt, v, {}}; }
  static WireValue of_long(std::uint64_t v) { return {WireKind::kLong, v, {}}; }
  static WireValue of_float(float v) {
    return {WireKind::kFloat, std::bit_cast<std::uint32_t>(v), {}};
  }
  static WireValue of_double(double v) {
    return {WireKind::kDouble, std::bit_cast<std::uint64_t>(v), {}};
  }
  static WireValue of_bool(bool v) { return {WireKind::kBoolean, v ? 1U : 0U, {}}; }
  static WireValue of_view(WireKind kind, std::string_view v) { return {kind, 0, v}; }

  float as_float() const { return std::bit_cast<float>(static_cast<std::uint32_t>(bits)); }
  double as_double() const { return std::bit_cast<double>(bits); }
  bool operator==(const WireValue&) const = default;
};

/// The physical type in which Millrace stores a datatype: integers i64 or u64 by sign, DateTime
/// u64 (ms), both floats f64, arrays and files bytes. Empty for DataSet, Template, property sets
/// and unknown numbers, which have no single value.
std::optional<model::ValueType> value_type(DataType type);

/// Whether what came fits its datatype.
enum class Fit : std::uint8_t { kExact, kWrongType };

struct TypedValue {
  model::Value value;
  Fit fit = Fit::kExact;
};

/// The value of a metric by its datatype. Int8, 16, 32 are two's complement in int_value, Int64 in
/// long_value; a smaller or larger integer field, float for double and 0/1 for Boolean are accepted
/// where nothing is lost. Anything else is monostate with kWrongType; so is an integer outside its
/// datatype's range. A text that is not UTF-8 keeps what can be read of it, with kWrongType.
TypedValue to_value(const WireValue& wire, DataType type);

/// How Millrace writes a value: Double, Int64, UInt64, Boolean, String, Bytes. Views into `value`;
/// monostate gives kNone.
WireValue to_wire(const model::Value& value);
DataType data_type(model::ValueType type);

/// The elements of an array datatype. Float arrays are widened.
using Array = std::variant<std::vector<std::int64_t>, std::vector<std::uint64_t>,
                           std::vector<double>, std::vector<bool>, std::vector<std::string>>;

/// Little endian throughout (the standard's examples for Int8Array, FloatArray, DoubleArray and
/// DateTimeArray are wrong: sparkplug#435, #523). BooleanArray: 4 bytes count, then bits, the first
/// in the highest place; StringArray: each text ends with NUL; DateTimeArray: 8 bytes ms each.
/// Errors: malformed, unsupported for what is no array type.
base::Result<Array> decode_array(DataType type, std::string_view bytes);
/// Errors: invalid when the elements do not fit the type, unsupported.
base::Result<std::string> encode_array(DataType type, const Array& array);

}  // namespace millrace::codec::sparkplug
