#include "connector/opcua/wire.h"

#include <cmath>
#include <format>
#include <limits>
#include <type_traits>

#include "base/time_text.h"

namespace millrace::opcua {
namespace {

using model::Reason;
using model::Value;

constexpr std::int64_t kTicksPerMicrosecond = 10;
constexpr UA_StatusCode kDataValueInfo = 0x400U, kOverflow = 0x80U;

template <class T>
const T& as(const UA_Variant& variant) {
  return *static_cast<const T*>(variant.data);
}

std::optional<Value> text_value(std::string_view text) {
  if (text.size() > model::kValueBytesMax) return std::nullopt;
  return std::string(text);
}

std::optional<Value> bytes_value(std::string_view bytes) {
  if (bytes.size() > model::kValueBytesMax) return std::nullopt;
  return model::Bytes{std::string(bytes)};
}

/// RFC 3339 with all seven digits of OPC UA's 100 ns where they are needed.
std::string date_time_text(UA_DateTime ticks) {
  std::string text = base::to_text(to_time(ticks));
  const auto hundreds = ticks % kTicksPerMicrosecond;
  if (hundreds == 0) return text;
  const auto since = to_time(ticks).time_since_epoch().count();
  const auto fraction = (since % 1'000'000 + 1'000'000) % 1'000'000;
  return std::format("{}.{:06}{}Z", text.substr(0, 19), fraction, hundreds);
}

std::string guid_text(const UA_Guid& guid) {
  Owned<UA_String, UA_TYPES_STRING> printed;
  UA_Guid_print(&guid, &printed.value);
  return text(printed.value);
}

std::optional<Value> scalar_text(const UA_Variant& variant) {
  switch (variant.type->typeKind) {
    case UA_DATATYPEKIND_STRING:
      return text_value(view(as<UA_String>(variant)));
    case UA_DATATYPEKIND_LOCALIZEDTEXT:
      return text_value(view(as<UA_LocalizedText>(variant).text));
    case UA_DATATYPEKIND_BYTESTRING:
      return bytes_value(view(as<UA_ByteString>(variant)));
    case UA_DATATYPEKIND_DATETIME:
      return date_time_text(as<UA_DateTime>(variant));
    case UA_DATATYPEKIND_GUID:
      return guid_text(as<UA_Guid>(variant));
    default:
      return std::nullopt;
  }
}

std::optional<Value> scalar_number(const UA_Variant& variant) {
  switch (variant.type->typeKind) {
    case UA_DATATYPEKIND_BOOLEAN:
      return as<UA_Boolean>(variant);
    case UA_DATATYPEKIND_SBYTE:
      return std::int64_t{as<UA_SByte>(variant)};
    case UA_DATATYPEKIND_INT16:
      return std::int64_t{as<UA_Int16>(variant)};
    case UA_DATATYPEKIND_INT32:
    case UA_DATATYPEKIND_ENUM:
      return std::int64_t{as<UA_Int32>(variant)};
    case UA_DATATYPEKIND_INT64:
      return std::int64_t{as<UA_Int64>(variant)};
    case UA_DATATYPEKIND_BYTE:
      return std::uint64_t{as<UA_Byte>(variant)};
    case UA_DATATYPEKIND_UINT16:
      return std::uint64_t{as<UA_UInt16>(variant)};
    case UA_DATATYPEKIND_UINT32:
    case UA_DATATYPEKIND_STATUSCODE:
      return std::uint64_t{as<UA_UInt32>(variant)};
    case UA_DATATYPEKIND_UINT64:
      return std::uint64_t{as<UA_UInt64>(variant)};
    case UA_DATATYPEKIND_FLOAT:
      return double{as<UA_Float>(variant)};
    case UA_DATATYPEKIND_DOUBLE:
      return double{as<UA_Double>(variant)};
    default:
      return std::nullopt;
  }
}

void set_variant(UA_Variant& variant, const Value& value) {
  const auto set = [&](const auto& native, std::size_t type) {
    UA_Variant_setScalarCopy(&variant, &native, &UA_TYPES[type]);
  };
  const auto visit = [&](const auto& held) {
    using T = std::decay_t<decltype(held)>;
    if constexpr (std::is_same_v<T, double>) set(UA_Double{held}, UA_TYPES_DOUBLE);
    if constexpr (std::is_same_v<T, std::int64_t>) set(UA_Int64{held}, UA_TYPES_INT64);
    if constexpr (std::is_same_v<T, std::uint64_t>) set(UA_UInt64{held}, UA_TYPES_UINT64);
    if constexpr (std::is_same_v<T, bool>) set(UA_Boolean{held}, UA_TYPES_BOOLEAN);
    if constexpr (std::is_same_v<T, std::string>) set(borrow(held), UA_TYPES_STRING);
    if constexpr (std::is_same_v<T, model::Bytes>) set(borrow(held.data), UA_TYPES_BYTESTRING);
  };
  std::visit(visit, value);
}

auto does_not_fit(const UA_DataType& type) {
  return base::fail(base::ErrorCode::kInvalid,
                    std::format("the value does not fit the variable's type {}", type.typeName),
                    "Write a value of its type and range.");
}

template <class N>
base::Result<OwnedVariant> scalar(const N& native, const UA_DataType& type) {
  OwnedVariant variant;
  UA_Variant_setScalarCopy(&variant.value, &native, &type);
  return variant;
}

template <class N>
base::Result<OwnedVariant> integer(const Value& value, const UA_DataType& type) {
  using Wide = std::conditional_t<std::is_signed_v<N>, std::int64_t, std::uint64_t>;
  const auto exact = model::convert_exactly(
      value, std::is_signed_v<N> ? model::ValueType::kI64 : model::ValueType::kU64);
  const Wide* number = exact ? std::get_if<Wide>(&*exact) : nullptr;
  const bool fits = number && *number >= std::numeric_limits<N>::min() &&
                    *number <= std::numeric_limits<N>::max();
  if (!fits) return does_not_fit(type);
  return scalar(static_cast<N>(*number), type);
}

base::Result<OwnedVariant> real(const Value& value, const UA_DataType& type) {
  const auto exact = model::convert_exactly(value, model::ValueType::kF64);
  const double* number = exact ? std::get_if<double>(&*exact) : nullptr;
  if (!number) return does_not_fit(type);
  if (type.typeKind == UA_DATATYPEKIND_DOUBLE) return scalar(UA_Double{*number}, type);
  const double largest = std::numeric_limits<float>::max();
  if (std::isfinite(*number) && std::abs(*number) > largest) return does_not_fit(type);
  return scalar(static_cast<UA_Float>(*number), type);
}

base::Result<OwnedVariant> flag(const Value& value, const UA_DataType& type) {
  const auto exact = model::convert_exactly(value, model::ValueType::kBool);
  const bool* held = exact ? std::get_if<bool>(&*exact) : nullptr;
  if (!held) return does_not_fit(type);
  return scalar(UA_Boolean{*held}, type);
}

base::Result<OwnedVariant> words(const Value& value, const UA_DataType& type) {
  const auto* text = std::get_if<std::string>(&value);
  const auto* bytes = std::get_if<model::Bytes>(&value);
  if (type.typeKind == UA_DATATYPEKIND_BYTESTRING) {
    if (bytes) return scalar(borrow(bytes->data), type);
    return does_not_fit(type);
  }
  if (!text) return does_not_fit(type);
  if (type.typeKind == UA_DATATYPEKIND_STRING) return scalar(borrow(*text), type);
  return scalar(UA_LocalizedText{UA_STRING_NULL, borrow(*text)}, type);
}

/// As scalar_number() and scalar_text() have it.
std::optional<model::ValueType> kind_type(UA_UInt32 kind) {
  using model::ValueType;
  switch (kind) {
    case UA_DATATYPEKIND_BOOLEAN:
      return ValueType::kBool;
    case UA_DATATYPEKIND_SBYTE:
    case UA_DATATYPEKIND_INT16:
    case UA_DATATYPEKIND_INT32:
    case UA_DATATYPEKIND_INT64:
    case UA_DATATYPEKIND_ENUM:
      return ValueType::kI64;
    case UA_DATATYPEKIND_BYTE:
    case UA_DATATYPEKIND_UINT16:
    case UA_DATATYPEKIND_UINT32:
    case UA_DATATYPEKIND_UINT64:
    case UA_DATATYPEKIND_STATUSCODE:
      return ValueType::kU64;
    case UA_DATATYPEKIND_FLOAT:
    case UA_DATATYPEKIND_DOUBLE:
      return ValueType::kF64;
    case UA_DATATYPEKIND_STRING:
    case UA_DATATYPEKIND_LOCALIZEDTEXT:
    case UA_DATATYPEKIND_DATETIME:
    case UA_DATATYPEKIND_GUID:
      return ValueType::kText;
    case UA_DATATYPEKIND_BYTESTRING:
      return ValueType::kBytes;
    default:
      return std::nullopt;
  }
}

}  // namespace

base::Time to_time(UA_DateTime time) {
  const std::int64_t ticks = time - UA_DATETIME_UNIX_EPOCH;
  const std::int64_t cut = ticks >= 0 ? ticks : ticks - (kTicksPerMicrosecond - 1);
  return base::Time(base::Duration(cut / kTicksPerMicrosecond));
}

UA_DateTime to_date_time(base::Time time) {
  return time.time_since_epoch().count() * kTicksPerMicrosecond + UA_DATETIME_UNIX_EPOCH;
}

std::optional<Value> to_value(const UA_Variant& variant) {
  if (!UA_Variant_isScalar(&variant)) return std::nullopt;
  if (auto number = scalar_number(variant)) return number;
  return scalar_text(variant);
}

model::Sample to_sample(const UA_DataValue& value, base::Time now) {
  model::Sample sample;
  const bool has_time = value.hasSourceTimestamp && value.sourceTimestamp > 0;
  sample.time = has_time ? to_time(value.sourceTimestamp) : now;
  if (value.hasStatus) sample.quality = model::Quality::from_opcua(value.status);
  if (!has_time) sample.quality = sample.quality.marked(Reason::kNoSourceTime);
  if (!value.hasValue || UA_Variant_isEmpty(&value.value)) {
    if (!sample.quality.is_bad()) sample.quality = sample.quality.marked(Reason::kMissingValue);
    return sample;
  }
  if (auto converted = to_value(value.value)) {
    sample.value = *std::move(converted);
  } else {
    sample.quality = sample.quality.marked(Reason::kUnsupportedType);
  }
  return sample;
}

bool has_overflow(const UA_DataValue& value) {
  constexpr UA_StatusCode kBoth = kDataValueInfo | kOverflow;
  return value.hasStatus && (value.status & kBoth) == kBoth;
}

base::Result<OwnedVariant> to_variant(const Value& value, const UA_DataType& type) {
  switch (type.typeKind) {
    case UA_DATATYPEKIND_BOOLEAN:
      return flag(value, type);
    case UA_DATATYPEKIND_SBYTE:
      return integer<UA_SByte>(value, type);
    case UA_DATATYPEKIND_BYTE:
      return integer<UA_Byte>(value, type);
    case UA_DATATYPEKIND_INT16:
      return integer<UA_Int16>(value, type);
    case UA_DATATYPEKIND_UINT16:
      return integer<UA_UInt16>(value, type);
    case UA_DATATYPEKIND_INT32:
    case UA_DATATYPEKIND_ENUM:
      return integer<UA_Int32>(value, type);
    case UA_DATATYPEKIND_UINT32:
      return integer<UA_UInt32>(value, type);
    case UA_DATATYPEKIND_INT64:
      return integer<UA_Int64>(value, type);
    case UA_DATATYPEKIND_UINT64:
      return integer<UA_UInt64>(value, type);
    case UA_DATATYPEKIND_FLOAT:
    case UA_DATATYPEKIND_DOUBLE:
      return real(value, type);
    case UA_DATATYPEKIND_STRING:
    case UA_DATATYPEKIND_LOCALIZEDTEXT:
    case UA_DATATYPEKIND_BYTESTRING:
      return words(value, type);
    default:
      return base::fail(base::ErrorCode::kUnsupported,
                        std::format("values of type {} cannot be written", type.typeName),
                        "Bind a variable with a number, text or switch.");
  }
}

std::optional<model::ValueType> value_type(const UA_NodeId& data_type) {
  using model::ValueType;
  if (data_type.namespaceIndex != 0 || data_type.identifierType != UA_NODEIDTYPE_NUMERIC) {
    return std::nullopt;
  }
  switch (data_type.identifier.numeric) {
    case UA_NS0ID_NUMBER:
      return ValueType::kF64;
    case UA_NS0ID_INTEGER:
    case UA_NS0ID_ENUMERATION:
      return ValueType::kI64;
    case UA_NS0ID_UINTEGER:
      return ValueType::kU64;
    default:
      break;
  }
  const UA_DataType* type = UA_findDataType(&data_type);
  return type ? kind_type(type->typeKind) : std::nullopt;
}

OwnedDataValue to_data_value(const model::Sample& sample) {
  OwnedDataValue made;
  set_variant(made.value.value, sample.value);
  made.value.hasValue = sample.value.index() != 0;
  made.value.hasStatus = true;
  made.value.status = sample.quality.to_opcua();
  made.value.hasSourceTimestamp = true;
  made.value.sourceTimestamp = to_date_time(sample.time);
  return made;
}

std::size_t ua_type(model::ValueType type) {
  switch (type) {
    case model::ValueType::kF64:
      return UA_TYPES_DOUBLE;
    case model::ValueType::kI64:
      return UA_TYPES_INT64;
    case model::ValueType::kU64:
      return UA_TYPES_UINT64;
    case model::ValueType::kBool:
      return UA_TYPES_BOOLEAN;
    case model::ValueType::kText:
      return UA_TYPES_STRING;
    case model::ValueType::kBytes:
      return UA_TYPES_BYTESTRING;
  }
  return UA_TYPES_DOUBLE;
}

}  // namespace millrace::opcua
