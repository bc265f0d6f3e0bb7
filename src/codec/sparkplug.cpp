#include "codec/sparkplug.h"

#include <algorithm>

#include "codec/internal/field_cursor.h"
#include "codec/internal/pbf.h"
#include "codec/internal/sparkplug_fields.h"
#include "codec/utf8.h"

namespace millrace::codec::sparkplug {
namespace {

using base::ErrorCode;

WireValue read_view(WireKind kind, protozero::pbf_reader& reader) {
  return WireValue::of_view(kind, pbf::view(reader));
}

// Reads the field under the cursor when it belongs to the value's oneof.
bool read_metric_value(protozero::pbf_reader& reader, WireValue& value) {
  using namespace metric_field;
  switch (reader.tag_and_type()) {
    case pbf::varint(kInt): value = WireValue::of_int(reader.get_uint32()); return true;
    case pbf::varint(kLong): value = WireValue::of_long(reader.get_uint64()); return true;
    case pbf::fixed32(kFloat): value = WireValue::of_float(reader.get_float()); return true;
    case pbf::fixed64(kDouble): value = WireValue::of_double(reader.get_double()); return true;
    case pbf::varint(kBoolean): value = WireValue::of_bool(reader.get_bool()); return true;
    case pbf::bytes(kString): value = read_view(WireKind::kString, reader); return true;
    case pbf::bytes(kBytes): value = read_view(WireKind::kBytes, reader); return true;
    case pbf::bytes(kDataSet): value = read_view(WireKind::kDataSet, reader); return true;
    case pbf::bytes(kTemplate): value = read_view(WireKind::kTemplate, reader); return true;
    default: return false;
  }
}

Property read_property_value(std::string_view message) {
  using namespace property_field;
  Property property;
  auto reader = pbf::reader(message);
  while (reader.next()) {
    WireValue& value = property.value;
    switch (reader.tag_and_type()) {
      case pbf::varint(kType): property.type = DataType(reader.get_uint32()); break;
      case pbf::varint(kIsNull): property.is_null = reader.get_bool(); break;
      case pbf::varint(kInt): value = WireValue::of_int(reader.get_uint32()); break;
      case pbf::varint(kLong): value = WireValue::of_long(reader.get_uint64()); break;
      case pbf::fixed32(kFloat): value = WireValue::of_float(reader.get_float()); break;
      case pbf::fixed64(kDouble): value = WireValue::of_double(reader.get_double()); break;
      case pbf::varint(kBoolean): value = WireValue::of_bool(reader.get_bool()); break;
      case pbf::bytes(kString): value = read_view(WireKind::kString, reader); break;
      case pbf::bytes(kPropertySet): value = read_view(WireKind::kPropertySet, reader); break;
      case pbf::bytes(kPropertySetList):
        value = read_view(WireKind::kPropertySetList, reader);
        break;
      default: reader.skip();
    }
  }
  return property;
}

// Where the properties that Millrace reads stand among the keys.
struct KnownKeys {
  std::optional<std::size_t> quality;
  std::optional<std::size_t> unit;
  std::optional<std::size_t> title;
};

KnownKeys find_keys(std::string_view property_set) {
  KnownKeys found;
  std::size_t index = 0;
  auto reader = pbf::reader(property_set);
  while (reader.next()) {
    if (reader.tag_and_type() != pbf::bytes(property_field::kKeys)) {
      reader.skip();
      continue;
    }
    const std::string_view key = pbf::view(reader);
    if (key == kQualityKey) found.quality = index;
    if (key == kUnitKey) found.unit = index;
    if (key == kTitleKey) found.title = index;
    ++index;
  }
  return found;
}

void read_known_properties(Metric& metric) {
  const KnownKeys known = find_keys(metric.properties);
  if (!known.quality && !known.unit && !known.title) return;
  std::size_t index = 0;
  auto reader = pbf::reader(metric.properties);
  while (reader.next()) {
    if (reader.tag_and_type() != pbf::bytes(property_field::kValues)) {
      reader.skip();
      continue;
    }
    const Property property = read_property_value(pbf::view(reader));
    const WireValue& value = property.value;
    const bool is_integer = value.kind == WireKind::kInt || value.kind == WireKind::kLong;
    if (index == known.quality && is_integer) {
      metric.quality = static_cast<std::int32_t>(static_cast<std::uint32_t>(value.bits));
    }
    if (index == known.unit && value.kind == WireKind::kString) metric.unit = value.bytes;
    if (index == known.title && value.kind == WireKind::kString) metric.title = value.bytes;
    ++index;
  }
}

void read_name(Metric& metric, std::string_view name) {
  metric.name = name;
  metric.name_fault = NameFault::kNone;
  if (name.size() > kMetricNameBytesMax) {
    metric.name_fault = NameFault::kTooLong;
  } else if (!is_utf8(name)) {
    metric.name_fault = NameFault::kNotUtf8;
  }
}

// The value's field where it is a number, a truth value or a short text.
void read_usual_value(pbf::FieldCursor& cursor, WireValue& value) {
  using namespace metric_field;
  std::uint64_t number = 0;
  std::uint32_t float_bits = 0;
  bool truth = false;
  std::string_view text;
  if (cursor.take_fixed(pbf::fixed64(kDouble), number)) {
    value = {WireKind::kDouble, number, {}};
  } else if (cursor.take_varint(pbf::varint(kLong), number)) {
    value = WireValue::of_long(number);
  } else if (cursor.take_varint(pbf::varint(kInt), number)) {
    value = WireValue::of_int(static_cast<std::uint32_t>(number));
  } else if (cursor.take_bool(pbf::varint(kBoolean), truth)) {
    value = WireValue::of_bool(truth);
  } else if (cursor.take_fixed(pbf::fixed32(kFloat), float_bits)) {
    value = {WireKind::kFloat, float_bits, {}};
  } else if (cursor.take_bytes(pbf::bytes(kString), text)) {
    value = WireValue::of_view(WireKind::kString, text);
  }
}

// What nearly every metric has, in the order in which encoders write; returns what is left for the
// general reader.
std::string_view read_usual_fields(std::string_view message, Metric& metric) {
  using namespace metric_field;
  pbf::FieldCursor cursor(message);
  std::string_view name;
  std::uint64_t number = 0;
  if (cursor.take_bytes(pbf::bytes(kName), name)) read_name(metric, name);
  if (cursor.take_varint(pbf::varint(kAlias), number)) metric.alias = number;
  if (cursor.take_varint(pbf::varint(kTimestamp), number)) metric.timestamp_ms = number;
  if (cursor.take_varint(pbf::varint(kDatatype), number)) {
    metric.datatype = DataType(static_cast<std::uint32_t>(number));
  }
  cursor.take_bool(pbf::varint(kIsHistorical), metric.is_historical);
  read_usual_value(cursor, metric.value);
  return cursor.rest();
}

void read_metric_fields(std::string_view message, Metric& metric) {
  using namespace metric_field;
  auto reader = pbf::reader(message);
  while (reader.next()) {
    switch (reader.tag_and_type()) {
      case pbf::bytes(kName): read_name(metric, pbf::view(reader)); break;
      case pbf::varint(kAlias): metric.alias = reader.get_uint64(); break;
      case pbf::varint(kTimestamp): metric.timestamp_ms = reader.get_uint64(); break;
      case pbf::varint(kDatatype): metric.datatype = DataType(reader.get_uint32()); break;
      case pbf::varint(kIsHistorical): metric.is_historical = reader.get_bool(); break;
      case pbf::varint(kIsTransient): metric.is_transient = reader.get_bool(); break;
      case pbf::varint(kIsNull): metric.is_null = reader.get_bool(); break;
      case pbf::bytes(kMetadata): metric.metadata = pbf::view(reader); break;
      case pbf::bytes(kProperties): metric.properties = pbf::view(reader); break;
      default:
        if (!read_metric_value(reader, metric.value)) reader.skip();
    }
  }
  if (!metric.properties.empty()) read_known_properties(metric);
}

void read_metric(std::string_view message, Metric& metric) {
  const std::string_view rest = read_usual_fields(message, metric);
  if (!rest.empty()) read_metric_fields(rest, metric);
}

// A copy of a constant: GCC has emplace_back() zero by `rep stos`, longer than the reading takes.
Metric& add_metric(Payload& payload) {
  static constexpr Metric kEmpty;
  payload.metrics.push_back(kEmpty);
  return payload.metrics.back();
}

// Reads the field that `rest` begins with, and takes it away.
base::Result<void> read_payload_field(std::string_view& rest, Payload& payload) {
  using namespace payload_field;
  auto reader = pbf::reader(rest);
  reader.next();
  switch (reader.tag_and_type()) {
    case pbf::bytes(kMetrics):
      if (payload.metrics.size() >= kMetricsMax) {
        return base::fail(ErrorCode::kTooLarge,
                          std::format("more than {} metrics in one message", kMetricsMax));
      }
      read_metric(pbf::view(reader), add_metric(payload));
      break;
    case pbf::varint(kTimestamp): payload.timestamp_ms = reader.get_uint64(); break;
    case pbf::varint(kSeq): payload.seq = reader.get_uint64(); break;
    case pbf::bytes(kUuid): payload.uuid = pbf::view(reader); break;
    case pbf::bytes(kBody): payload.body = pbf::view(reader); break;
    default: reader.skip();
  }
  rest = pbf::rest(reader);
  return {};
}

base::Result<void> read_payload(std::string_view message, Payload& payload) {
  pbf::FieldCursor cursor(message);
  while (!cursor.is_at_end()) {
    std::string_view metric;
    if (payload.metrics.size() < kMetricsMax &&
        cursor.take_bytes(pbf::bytes(payload_field::kMetrics), metric)) {
      read_metric(metric, add_metric(payload));
      continue;
    }
    std::string_view rest = cursor.rest();
    MILLRACE_TRY(read_payload_field(rest, payload));
    cursor = pbf::FieldCursor(rest);
  }
  return {};
}

}  // namespace

void Payload::clear() {
  timestamp_ms.reset();
  seq.reset();
  uuid = {};
  body.reset();
  metrics.clear();
}

base::Result<void> decode(std::string_view message, Payload& payload) {
  payload.clear();
  if (message.size() > kMessageBytesMax) {
    return base::fail(ErrorCode::kTooLarge,
                      std::format("a Sparkplug message of {} bytes, at most {}", message.size(),
                                  kMessageBytesMax));
  }
  return pbf::guarded("Sparkplug payload", [&] { return read_payload(message, payload); });
}

base::Result<std::vector<Property>> decode_properties(std::string_view property_set) {
  return pbf::guarded("PropertySet", [&]() -> base::Result<std::vector<Property>> {
    std::vector<std::string_view> keys;
    std::vector<Property> properties;
    auto reader = pbf::reader(property_set);
    while (reader.next()) {
      switch (reader.tag_and_type()) {
        case pbf::bytes(property_field::kKeys): keys.push_back(pbf::view(reader)); break;
        case pbf::bytes(property_field::kValues):
          properties.push_back(read_property_value(pbf::view(reader)));
          break;
        default: reader.skip();
      }
      if (std::max(keys.size(), properties.size()) > kMetricsMax) {
        return base::fail(ErrorCode::kTooLarge, "PropertySet: too many properties");
      }
    }
    properties.resize(std::min(keys.size(), properties.size()));
    for (std::size_t i = 0; i < properties.size(); ++i) properties[i].key = keys[i];
    return properties;
  });
}

base::Result<Metric> decode_metric(std::string_view message) {
  return pbf::guarded("Sparkplug metric", [&]() -> base::Result<Metric> {
    Metric metric;
    read_metric(message, metric);
    return metric;
  });
}

}  // namespace millrace::codec::sparkplug
