#include "codec/sparkplug_value.h"

#include <concepts>
#include <cstring>
#include <limits>

#include "codec/utf8.h"

namespace millrace::codec::sparkplug {
namespace {

using base::ErrorCode;
using model::Value;

TypedValue wrong_type(Value kept = {}) { return {std::move(kept), Fit::kWrongType}; }

bool is_integer(const WireValue& wire) {
  return wire.kind == WireKind::kInt || wire.kind == WireKind::kLong ||
         wire.kind == WireKind::kBoolean;
}

// A signed integer of `bits` width. Accepted: sign-extended to the field's own width, the bare
// two's complement of `bits` width, or a plain non-negative number.
TypedValue to_signed(const WireValue& wire, int bits) {
  if (!is_integer(wire)) return wrong_type();
  const std::uint64_t raw = wire.bits;
  if (bits == 64) {
    const bool is_negative_int = wire.kind == WireKind::kInt && raw > 0x7FFFFFFFU;
    // Thirty-two bits in an Int64's int_value: whether they carry a sign is not knowable.
    if (is_negative_int) return wrong_type(static_cast<std::int64_t>(raw));
    return {static_cast<std::int64_t>(raw)};
  }
  const std::int64_t as_field =
      wire.kind == WireKind::kLong
          ? static_cast<std::int64_t>(raw)
          : static_cast<std::int64_t>(static_cast<std::int32_t>(static_cast<std::uint32_t>(raw)));
  const std::int64_t limit = std::int64_t{1} << (bits - 1);
  if (as_field >= -limit && as_field < limit) return {as_field};
  if (raw < static_cast<std::uint64_t>(limit) * 2) {
    return {static_cast<std::int64_t>(raw) - limit * 2};
  }
  return wrong_type(as_field);
}

TypedValue to_unsigned(const WireValue& wire, int bits) {
  if (!is_integer(wire)) return wrong_type();
  if (bits < 64 && wire.bits >> bits != 0) return wrong_type(wire.bits);
  return {wire.bits};
}

TypedValue to_number(const WireValue& wire) {
  if (wire.kind == WireKind::kDouble) return {wire.as_double()};
  if (wire.kind == WireKind::kFloat) return {static_cast<double>(wire.as_float())};
  return wrong_type();
}

TypedValue to_bool(const WireValue& wire) {
  if (!is_integer(wire) || wire.bits > 1) return wrong_type();
  return {wire.bits == 1};
}

TypedValue to_text(const WireValue& wire) {
  if (wire.kind != WireKind::kString) return wrong_type();
  if (!is_utf8(wire.bytes)) return wrong_type(readable_utf8(wire.bytes));
  return {std::string(wire.bytes)};
}

TypedValue to_bytes(const WireValue& wire) {
  if (wire.kind != WireKind::kBytes) return wrong_type();
  return {model::Bytes{std::string(wire.bytes)}};
}

// Width in bytes of a fixed-width array element, 0 for other datatypes.
std::size_t element_bytes(DataType type) {
  switch (type) {
    case DataType::kInt8Array:
    case DataType::kUInt8Array: return 1;
    case DataType::kInt16Array:
    case DataType::kUInt16Array: return 2;
    case DataType::kInt32Array:
    case DataType::kUInt32Array:
    case DataType::kFloatArray: return 4;
    case DataType::kInt64Array:
    case DataType::kUInt64Array:
    case DataType::kDoubleArray:
    case DataType::kDateTimeArray: return 8;
    default: return 0;
  }
}

std::uint64_t read_little_endian(std::string_view bytes, std::size_t width) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < width; ++i) {
    value |= static_cast<std::uint64_t>(static_cast<std::uint8_t>(bytes[i])) << (8 * i);
  }
  return value;
}

void write_little_endian(std::uint64_t value, std::size_t width, std::string& out) {
  for (std::size_t i = 0; i < width; ++i) out += static_cast<char>((value >> (8 * i)) & 0xFFU);
}

std::int64_t sign_extended(std::uint64_t value, std::size_t width) {
  const auto shift = static_cast<int>(64 - 8 * width);
  return static_cast<std::int64_t>(value << shift) >> shift;
}

template <class T, class Read>
Array read_elements(std::string_view bytes, std::size_t width, Read read) {
  std::vector<T> elements;
  elements.reserve(bytes.size() / width);
  for (std::size_t at = 0; at < bytes.size(); at += width) {
    elements.push_back(read(read_little_endian(bytes.substr(at, width), width)));
  }
  return elements;
}

base::Result<Array> read_booleans(std::string_view bytes) {
  if (bytes.size() < 4) return base::fail(ErrorCode::kMalformed, "BooleanArray without count");
  const auto count = static_cast<std::size_t>(read_little_endian(bytes, 4));
  if ((count + 7) / 8 != bytes.size() - 4) {
    return base::fail(ErrorCode::kMalformed,
                      std::format("BooleanArray of {} in {} bytes", count, bytes.size() - 4));
  }
  std::vector<bool> elements(count);
  for (std::size_t i = 0; i < count; ++i) {
    elements[i] = (static_cast<std::uint8_t>(bytes[4 + i / 8]) >> (7 - i % 8) & 1U) != 0;
  }
  return elements;
}

base::Result<Array> read_strings(std::string_view bytes) {
  if (!bytes.empty() && bytes.back() != '\0') {
    return base::fail(ErrorCode::kMalformed, "StringArray whose last text does not end with NUL");
  }
  std::vector<std::string> elements;
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\0');
    elements.emplace_back(bytes.substr(0, end));
    bytes.remove_prefix(end + 1);
  }
  return elements;
}

std::string write_booleans(const std::vector<bool>& elements) {
  std::string out;
  write_little_endian(elements.size(), 4, out);
  out.resize(4 + (elements.size() + 7) / 8, '\0');
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (!elements[i]) continue;
    char& byte = out[4 + i / 8];
    byte = static_cast<char>(static_cast<std::uint8_t>(byte) | (0x80U >> (i % 8)));
  }
  return out;
}

base::Result<std::string> write_strings(const std::vector<std::string>& elements) {
  std::string out;
  for (const std::string& element : elements) {
    if (element.contains('\0')) {
      return base::fail(ErrorCode::kInvalid, "a text with NUL does not fit into a StringArray");
    }
    out += element;
    out += '\0';
  }
  return out;
}

std::uint64_t float_bits(double value, std::size_t width) {
  if (width == 8) return std::bit_cast<std::uint64_t>(value);
  return std::bit_cast<std::uint32_t>(static_cast<float>(value));
}

bool is_signed_array(DataType type) {
  return type >= DataType::kInt8Array && type <= DataType::kInt64Array;
}
bool is_float_array(DataType type) {
  return type == DataType::kFloatArray || type == DataType::kDoubleArray;
}

base::Result<std::string> write_numbers(DataType type, const Array& array) {
  const std::size_t width = element_bytes(type);
  std::string out;
  bool fits = true;
  const auto write = [&](std::uint64_t bits, bool in_range) {
    fits = fits && in_range;
    write_little_endian(bits, width, out);
  };
  if (const auto* floats = std::get_if<2>(&array); floats && is_float_array(type)) {
    for (const double v : *floats) write(float_bits(v, width), true);
  } else if (const auto* ints = std::get_if<0>(&array); ints && is_signed_array(type)) {
    for (const std::int64_t v : *ints) {
      const auto bits = static_cast<std::uint64_t>(v);
      write(bits, sign_extended(bits, width) == v);
    }
  } else if (const auto* counts = std::get_if<1>(&array);
             counts && !is_signed_array(type) && !is_float_array(type)) {
    for (const std::uint64_t v : *counts) write(v, width == 8 || v >> (8 * width) == 0);
  } else {
    fits = false;
  }
  if (!fits) return base::fail(ErrorCode::kInvalid, "elements do not fit the array's datatype");
  return out;
}

}  // namespace

std::optional<model::ValueType> value_type(DataType type) {
  const auto number = static_cast<std::uint32_t>(type);
  if (number >= 1 && number <= 4) return model::ValueType::kI64;
  if ((number >= 5 && number <= 8) || type == DataType::kDateTime) return model::ValueType::kU64;
  if (number >= 22 && number <= 34) return model::ValueType::kBytes;
  switch (type) {
    case DataType::kFloat:
    case DataType::kDouble: return model::ValueType::kF64;
    case DataType::kBoolean: return model::ValueType::kBool;
    case DataType::kString:
    case DataType::kText:
    case DataType::kUuid: return model::ValueType::kText;
    case DataType::kBytes:
    case DataType::kFile: return model::ValueType::kBytes;
    default: return std::nullopt;
  }
}

TypedValue to_value(const WireValue& wire, DataType type) {
  switch (type) {
    case DataType::kInt8: return to_signed(wire, 8);
    case DataType::kInt16: return to_signed(wire, 16);
    case DataType::kInt32: return to_signed(wire, 32);
    case DataType::kInt64: return to_signed(wire, 64);
    case DataType::kUInt8: return to_unsigned(wire, 8);
    case DataType::kUInt16: return to_unsigned(wire, 16);
    case DataType::kUInt32: return to_unsigned(wire, 32);
    case DataType::kUInt64:
    case DataType::kDateTime: return to_unsigned(wire, 64);
    case DataType::kFloat:
    case DataType::kDouble: return to_number(wire);
    case DataType::kBoolean: return to_bool(wire);
    case DataType::kString:
    case DataType::kText:
    case DataType::kUuid: return to_text(wire);
    default: return value_type(type) ? to_bytes(wire) : wrong_type();
  }
}

WireValue to_wire(const Value& value) {
  struct Writer {
    WireValue operator()(std::monostate) const { return {}; }
    WireValue operator()(double v) const { return WireValue::of_double(v); }
    WireValue operator()(std::int64_t v) const {
      return WireValue::of_long(static_cast<std::uint64_t>(v));
    }
    WireValue operator()(std::uint64_t v) const { return WireValue::of_long(v); }
    WireValue operator()(bool v) const { return WireValue::of_bool(v); }
    WireValue operator()(const std::string& v) const {
      return WireValue::of_view(WireKind::kString, v);
    }
    WireValue operator()(const model::Bytes& v) const {
      return WireValue::of_view(WireKind::kBytes, v.data);
    }
  };
  return std::visit(Writer{}, value);
}

DataType data_type(model::ValueType type) {
  switch (type) {
    case model::ValueType::kF64: return DataType::kDouble;
    case model::ValueType::kI64: return DataType::kInt64;
    case model::ValueType::kU64: return DataType::kUInt64;
    case model::ValueType::kBool: return DataType::kBoolean;
    case model::ValueType::kText: return DataType::kString;
    case model::ValueType::kBytes: return DataType::kBytes;
  }
  return DataType::kUnknown;
}

base::Result<Array> decode_array(DataType type, std::string_view bytes) {
  if (type == DataType::kBooleanArray) return read_booleans(bytes);
  if (type == DataType::kStringArray) return read_strings(bytes);
  const std::size_t width = element_bytes(type);
  if (width == 0) return base::fail(ErrorCode::kUnsupported, "not an array datatype");
  if (bytes.size() % width != 0) {
    return base::fail(ErrorCode::kMalformed,
                      std::format("{} bytes for elements of {}", bytes.size(), width));
  }
  if (type == DataType::kFloatArray) {
    return read_elements<double>(bytes, width, [](std::uint64_t bits) {
      return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
    });
  }
  if (type == DataType::kDoubleArray) {
    return read_elements<double>(bytes, width,
                                 [](std::uint64_t bits) { return std::bit_cast<double>(bits); });
  }
  if (is_signed_array(type)) {
    return read_elements<std::int64_t>(
        bytes, width, [width](std::uint64_t bits) { return sign_extended(bits, width); });
  }
  return read_elements<std::uint64_t>(bytes, width, [](std::uint64_t bits) { return bits; });
}

base::Result<std::string> encode_array(DataType type, const Array& array) {
  if (type == DataType::kBooleanArray) {
    const auto* booleans = std::get_if<3>(&array);
    if (!booleans) return base::fail(ErrorCode::kInvalid, "elements are not Boolean");
    return write_booleans(*booleans);
  }
  if (type == DataType::kStringArray) {
    const auto* strings = std::get_if<4>(&array);
    if (!strings) return base::fail(ErrorCode::kInvalid, "elements are not text");
    return write_strings(*strings);
  }
  if (element_bytes(type) == 0) return base::fail(ErrorCode::kUnsupported, "not an array datatype");
  return write_numbers(type, array);
}

}  // namespace millrace::codec::sparkplug
