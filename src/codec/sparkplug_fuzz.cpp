#include "base/error.h"
#include "codec/sparkplug.h"
#include "codec/sparkplug_complex.h"
#include "codec/sparkplug_topic.h"

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

}  // namespace

// Any bytes decode or are refused; what decodes is encoded and decoded to the same again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view message(reinterpret_cast<const char*>(data), size);
  (void)sparkplug::parse_topic(message);
  (void)sparkplug::parse_host_state(message);
  sparkplug::Payload payload;
  if (!sparkplug::decode(message, payload)) return 0;
  for (const sparkplug::Metric& metric : payload.metrics) look_at(metric);
  std::string bytes;
  sparkplug::encode(payload, bytes);
  sparkplug::Payload again;
  MILLRACE_CHECK(sparkplug::decode(bytes, again).has_value());
  MILLRACE_CHECK(again == payload);
  return 0;
}
