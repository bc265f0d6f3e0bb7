#include "base/error.h"
#include "codec/internal/pbf.h"
#include "codec/internal/sparkplug_fields.h"
#include "codec/sparkplug.h"
#include "codec/sparkplug_complex.h"
#include "codec/sparkplug_topic.h"

namespace pbf = millrace::codec::pbf;
namespace sparkplug = millrace::codec::sparkplug;

namespace {

void look_at(const sparkplug::Metric& metric) {
  const auto type = metric.datatype.value_or(sparkplug::DataType::kUnknown);
  (void)sparkplug::to_value(metric.value, type);
  (void)sparkplug::decode_array(type, metric.value.bytes);
  (void)sparkplug::decode_properties(metric.properties);
  if (auto set = sparkplug::decode_data_set(metric.value.bytes)) {
    MILLRACE_CHECK(sparkplug::decode_data_set(sparkplug::encode_data_set(*set)) == set);
  }
  if (auto definition = sparkplug::decode_template(metric.value.bytes)) {
    const std::string bytes = sparkplug::encode_template(*definition);
    MILLRACE_CHECK(sparkplug::decode_template(bytes) == definition);
  }
  (void)sparkplug::flatten(metric, type, 1000);
}

// Whether the metric reads as it does behind a field that nobody knows, which leaves all of it to
// the general reader.
void compare_readers(std::string_view metric) {
  std::string general_bytes("\xF8\x01\x00", 3);
  general_bytes += metric;
  const auto usual = sparkplug::decode_metric(metric);
  const auto general = sparkplug::decode_metric(general_bytes);
  MILLRACE_CHECK(usual.has_value() == general.has_value());
  MILLRACE_CHECK(!usual || *usual == *general);
}

// A payload is what protozero alone finds in it.
void compare_walk(std::string_view message, const sparkplug::Payload& payload) {
  constexpr auto kMetrics = pbf::bytes(sparkplug::payload_field::kMetrics);
  std::size_t count = 0;
  auto reader = pbf::reader(message);
  while (reader.next()) {
    if (reader.tag_and_type() != kMetrics) {
      reader.skip();
      continue;
    }
    const std::string_view metric = pbf::view(reader);
    compare_readers(metric);
    MILLRACE_CHECK(payload.metrics.at(count++) == sparkplug::decode_metric(metric));
  }
  MILLRACE_CHECK(count == payload.metrics.size());
}

}  // namespace

// Any bytes decode or are refused; what decodes is encoded and decoded to the same again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view message(reinterpret_cast<const char*>(data), size);
  (void)sparkplug::parse_topic(message);
  (void)sparkplug::parse_host_state(message);
  compare_readers(message);
  sparkplug::Payload payload;
  if (!sparkplug::decode(message, payload)) return 0;
  compare_walk(message, payload);
  for (const sparkplug::Metric& metric : payload.metrics) look_at(metric);
  std::string bytes;
  sparkplug::encode(payload, bytes);
  sparkplug::Payload again;
  MILLRACE_CHECK(sparkplug::decode(bytes, again).has_value());
  MILLRACE_CHECK(again == payload);
  return 0;
}
