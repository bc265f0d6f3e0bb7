#include "codec/sparkplug.h"

#include <algorithm>
#include <array>

#include "codec/internal/pbf.h"
#include "codec/utf8.h"

// Field numbers: Sparkplug B 3.0, §6.4.1 (protobuf schema).
namespace millrace::codec::sparkplug {
namespace {

using base::ErrorCode;

namespace payload_field {
enum : std::uint32_t { kTimestamp = 1, kMetrics = 2, kSeq = 3, kUuid = 4, kBody = 5 };
}
namespace metric_field {
enum : std::uint32_t {
  kName = 1, kAlias = 2, kTimestamp = 3, kDatatype = 4, kIsHistorical = 5, kIsTransient = 6,
  kIsNull = 7, kMetadata = 8, kProperties = 9, kInt = 10, kLong = 11, kFloat = 12, kDouble = 13,
  kBoolean = 14, kString = 15, kBytes = 16, kDataSet = 17, kTemplate = 18,
};
}
namespace property_field {
enum : std::uint32_t {
  kType = 1, kIsNull = 2, kInt = 3, kLong = 4, kFloat = 5, kDouble = 6, kBoolean = 7, kString = 8,
  kPropertySet = 9, kPropertySetList = 10,
};
enum : std::uint32_t { kKeys = 1, kValues = 2 };
}  // namespace property_field

constexpr std::string_view kQualityKey = "Quality";
constexpr std::string_view kUnitKey = "engUnit";
constexpr std::string_view kTitleKey = "title";

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

void read_metric(std::string_view message, Metric& metric) {
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

base::Result<void> read_payload(std::string_view message, Payload& payload) {
  using namespace payload_field;
  auto reader = pbf::reader(message);
  while (reader.next()) {
    switch (reader.tag_and_type()) {
      case pbf::bytes(kMetrics):
        if (payload.metrics.size() >= kMetricsMax) {
          return base::fail(ErrorCode::kTooLarge,
                            std::format("more than {} metrics in one message", kMetricsMax));
        }
        read_metric(pbf::view(reader), payload.metrics.emplace_back());
        break;
      case pbf::varint(kTimestamp): payload.timestamp_ms = reader.get_uint64(); break;
      case pbf::varint(kSeq): payload.seq = reader.get_uint64(); break;
      case pbf::bytes(kUuid): payload.uuid = pbf::view(reader); break;
      case pbf::bytes(kBody): payload.body = pbf::view(reader); break;
      default: reader.skip();
    }
  }
  return {};
}

void write_metric_value(const WireValue& value, protozero::pbf_writer& writer) {
  using namespace metric_field;
  const auto write_view = [&](std::uint32_t field) {
    writer.add_bytes(field, value.bytes.data(), value.bytes.size());
  };
  switch (value.kind) {
    case WireKind::kInt:
      writer.add_uint32(kInt, static_cast<std::uint32_t>(value.bits));
      break;
    case WireKind::kLong: writer.add_uint64(kLong, value.bits); break;
    case WireKind::kFloat: writer.add_float(kFloat, value.as_float()); break;
    case WireKind::kDouble: writer.add_double(kDouble, value.as_double()); break;
    case WireKind::kBoolean: writer.add_bool(kBoolean, value.bits != 0); break;
    case WireKind::kString: write_view(kString); break;
    case WireKind::kBytes: write_view(kBytes); break;
    case WireKind::kDataSet: write_view(kDataSet); break;
    case WireKind::kTemplate: write_view(kTemplate); break;
    case WireKind::kNone:
    case WireKind::kPropertySet:
    case WireKind::kPropertySetList: break;
  }
}

void write_property_value(const Property& property, protozero::pbf_writer& writer) {
  using namespace property_field;
  const WireValue& value = property.value;
  const auto write_view = [&](std::uint32_t field) {
    writer.add_bytes(field, value.bytes.data(), value.bytes.size());
  };
  writer.add_uint32(kType, static_cast<std::uint32_t>(property.type));
  if (property.is_null) writer.add_bool(kIsNull, true);
  switch (value.kind) {
    case WireKind::kInt:
      writer.add_uint32(kInt, static_cast<std::uint32_t>(value.bits));
      break;
    case WireKind::kLong: writer.add_uint64(kLong, value.bits); break;
    case WireKind::kFloat: writer.add_float(kFloat, value.as_float()); break;
    case WireKind::kDouble: writer.add_double(kDouble, value.as_double()); break;
    case WireKind::kBoolean: writer.add_bool(kBoolean, value.bits != 0); break;
    case WireKind::kString: write_view(kString); break;
    case WireKind::kPropertySet: write_view(kPropertySet); break;
    case WireKind::kPropertySetList: write_view(kPropertySetList); break;
    default: break;
  }
}

template <class Properties>
void write_properties(const Properties& properties, protozero::pbf_writer& writer) {
  for (const Property& property : properties) {
    writer.add_bytes(property_field::kKeys, property.key.data(), property.key.size());
  }
  for (const Property& property : properties) {
    protozero::pbf_writer value(writer, property_field::kValues);
    write_property_value(property, value);
  }
}

void write_known_properties(const Metric& metric, protozero::pbf_writer& writer) {
  std::vector<Property> known;
  if (metric.quality) {
    const auto quality = static_cast<std::uint32_t>(*metric.quality);
    known.push_back({kQualityKey, DataType::kInt32, false, WireValue::of_int(quality)});
  }
  if (!metric.unit.empty()) {
    known.push_back({kUnitKey, DataType::kString, false,
                     WireValue::of_view(WireKind::kString, metric.unit)});
  }
  if (!metric.title.empty()) {
    known.push_back({kTitleKey, DataType::kString, false,
                     WireValue::of_view(WireKind::kString, metric.title)});
  }
  protozero::pbf_writer set(writer, metric_field::kProperties);
  write_properties(known, set);
}

void write_metric(const Metric& metric, protozero::pbf_writer& writer) {
  using namespace metric_field;
  if (!metric.name.empty()) writer.add_bytes(kName, metric.name.data(), metric.name.size());
  if (metric.alias) writer.add_uint64(kAlias, *metric.alias);
  if (metric.timestamp_ms) writer.add_uint64(kTimestamp, *metric.timestamp_ms);
  if (metric.datatype) {
    writer.add_uint32(kDatatype, static_cast<std::uint32_t>(*metric.datatype));
  }
  if (metric.is_historical) writer.add_bool(kIsHistorical, true);
  if (metric.is_transient) writer.add_bool(kIsTransient, true);
  if (metric.is_null) writer.add_bool(kIsNull, true);
  if (!metric.metadata.empty()) {
    writer.add_bytes(kMetadata, metric.metadata.data(), metric.metadata.size());
  }
  if (!metric.properties.empty()) {
    writer.add_bytes(kProperties, metric.properties.data(), metric.properties.size());
  } else if (metric.quality || !metric.unit.empty() || !metric.title.empty()) {
    write_known_properties(metric, writer);
  }
  write_metric_value(metric.value, writer);
}

// protozero takes an empty nested message back; a metric without any field is one all the same.
void write_nested(const Metric& metric, std::uint32_t field, const std::string& out,
                  protozero::pbf_writer& writer) {
  const std::size_t before = out.size();
  {
    protozero::pbf_writer nested(writer, field);
    write_metric(metric, nested);
  }
  if (out.size() == before) writer.add_bytes(field, "", 0);
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

void encode(const Payload& payload, std::string& out) {
  using namespace payload_field;
  protozero::pbf_writer writer(out);
  if (payload.timestamp_ms) writer.add_uint64(kTimestamp, *payload.timestamp_ms);
  for (const Metric& metric : payload.metrics) write_nested(metric, kMetrics, out, writer);
  if (payload.seq) writer.add_uint64(kSeq, *payload.seq);
  if (!payload.uuid.empty()) writer.add_bytes(kUuid, payload.uuid.data(), payload.uuid.size());
  if (payload.body) writer.add_bytes(kBody, payload.body->data(), payload.body->size());
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

std::string encode_properties(const std::vector<Property>& properties) {
  std::string out;
  protozero::pbf_writer writer(out);
  write_properties(properties, writer);
  return out;
}

base::Result<Metric> decode_metric(std::string_view message) {
  return pbf::guarded("Sparkplug metric", [&]() -> base::Result<Metric> {
    Metric metric;
    read_metric(message, metric);
    return metric;
  });
}

void encode_metric(const Metric& metric, std::string& out) {
  protozero::pbf_writer writer(out);
  write_metric(metric, writer);
}

}  // namespace millrace::codec::sparkplug
