#include "codec/internal/pbf.h"
#include "codec/internal/sparkplug_fields.h"
#include "codec/sparkplug.h"

namespace millrace::codec::sparkplug {
namespace {

void write_view(const WireValue& value, std::uint32_t field, protozero::pbf_writer& writer) {
  writer.add_bytes(field, value.bytes.data(), value.bytes.size());
}

// What metrics and properties both hold, in six fields that follow each other from kInt on.
void write_scalar(const WireValue& value, std::uint32_t first, protozero::pbf_writer& writer) {
  switch (value.kind) {
    case WireKind::kInt:
      writer.add_uint32(first, static_cast<std::uint32_t>(value.bits));
      break;
    case WireKind::kLong: writer.add_uint64(first + 1, value.bits); break;
    case WireKind::kFloat: writer.add_float(first + 2, value.as_float()); break;
    case WireKind::kDouble: writer.add_double(first + 3, value.as_double()); break;
    case WireKind::kBoolean: writer.add_bool(first + 4, value.bits != 0); break;
    case WireKind::kString: write_view(value, first + 5, writer); break;
    default: break;
  }
}
static_assert(metric_field::kString == metric_field::kInt + 5);
static_assert(property_field::kString == property_field::kInt + 5);

void write_metric_value(const WireValue& value, protozero::pbf_writer& writer) {
  using namespace metric_field;
  switch (value.kind) {
    case WireKind::kBytes: return write_view(value, kBytes, writer);
    case WireKind::kDataSet: return write_view(value, kDataSet, writer);
    case WireKind::kTemplate: return write_view(value, kTemplate, writer);
    default: return write_scalar(value, kInt, writer);
  }
}

void write_property_value(const Property& property, protozero::pbf_writer& writer) {
  using namespace property_field;
  const WireValue& value = property.value;
  writer.add_uint32(kType, static_cast<std::uint32_t>(property.type));
  if (property.is_null) writer.add_bool(kIsNull, true);
  switch (value.kind) {
    case WireKind::kPropertySet: return write_view(value, kPropertySet, writer);
    case WireKind::kPropertySetList: return write_view(value, kPropertySetList, writer);
    default: return write_scalar(value, kInt, writer);
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
  if (!metric.title.empty()) {
    known.push_back(
        {kTitleKey, DataType::kString, false, WireValue::of_view(WireKind::kString, metric.title)});
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
