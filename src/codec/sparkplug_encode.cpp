#include "codec/internal/pbf.h"
#include "codec/internal/sparkplug_fields.h"
#include "codec/sparkplug.h"

namespace millrace::codec::sparkplug {
namespace {

void write_metric_value(const WireValue& value, protozero::pbf_writer& writer) {
  using namespace metric_field;
  const auto write_view = [&](std::uint32_t field) {
    writer.add_bytes(field, value.bytes.data(), value.bytes.size());
  };
  switch (value.kind) {
    case WireKind::kInt: writer.add_uint32(kInt, static_cast<std::uint32_t>(value.bits)); break;
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
    case WireKind::kPropertySetList:
      break;
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
    case WireKind::kInt: writer.add_uint32(kInt, static_cast<std::uint32_t>(value.bits)); break;
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
    known.push_back(
        {kUnitKey, DataType::kString, false, WireValue::of_view(WireKind::kString, metric.unit)});
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
  } else if (metric.quality || !metric.unit.empty()) {
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

void encode(const Payload& payload, std::string& out) {
  using namespace payload_field;
  protozero::pbf_writer writer(out);
  if (payload.timestamp_ms) writer.add_uint64(kTimestamp, *payload.timestamp_ms);
  for (const Metric& metric : payload.metrics) write_nested(metric, kMetrics, out, writer);
  if (payload.seq) writer.add_uint64(kSeq, *payload.seq);
  if (!payload.uuid.empty()) writer.add_bytes(kUuid, payload.uuid.data(), payload.uuid.size());
  if (payload.body) writer.add_bytes(kBody, payload.body->data(), payload.body->size());
}

std::string encode_properties(const std::vector<Property>& properties) {
  std::string out;
  protozero::pbf_writer writer(out);
  write_properties(properties, writer);
  return out;
}

void encode_metric(const Metric& metric, std::string& out) {
  protozero::pbf_writer writer(out);
  write_metric(metric, writer);
}

}  // namespace millrace::codec::sparkplug
