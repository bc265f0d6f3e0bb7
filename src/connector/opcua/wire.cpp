#include "connector/opcua/wire.h"

#include <format>
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
