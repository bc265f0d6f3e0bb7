#include "connector/mqtt/session.h"

#include <algorithm>
#include <functional>

#include "base/log.h"
#include "codec/sha256.h"
#include "codec/utf8.h"
#include "model/name.h"
#include "pipeline/hub_binding.h"

namespace millrace::connector::mqtt {
namespace {

constexpr std::size_t kNameMax = 63;
constexpr std::size_t kHashDigits = 8;

}  // namespace

std::string thing_of_topic(std::string_view topic) {
  const std::string hash = codec::sha256_hex(topic).substr(0, kHashDigits);
  std::string name = "mqtt-" + model::nearest_name(topic);
  name.resize(std::min(name.size(), kNameMax - kHashDigits - 1));
  return name + "-" + hash;
}

bool is_device_topic(std::string_view topic) {
  return !topic.empty() && !topic.starts_with('$') && !topic.starts_with("spBv1.0/") &&
         !topic.starts_with("millrace/");
}

TopicSession::TopicSession(TopicLimits limits, base::Metrics& metrics)
    : limits_(limits),
      messages_(metrics.counter("millrace_mqtt_messages_total",
                                "Messages of plain MQTT topics that were taken.")),
      refused_(metrics.counter("millrace_mqtt_refused_total",
                               "Messages of plain MQTT topics lost because ingest was full.")),
      too_many_(metrics.counter("millrace_mqtt_topics_refused_total",
                                "Messages of topics beyond the limit.")),
      too_large_(metrics.counter("millrace_mqtt_too_large_total",
                                 "Payloads of plain MQTT topics beyond the limit.")) {}

void TopicSession::remember(std::string_view topic, std::string_view payload) {
  topics_[std::string(topic)] = std::hash<std::string_view>()(payload);
}

std::optional<TopicSession::Taken> TopicSession::take(const Message& message) {
  if (!is_device_topic(message.topic) || message.payload.empty()) return std::nullopt;
  if (message.payload.size() > limits_.payload_bytes_max) {
    too_large_.add();
    return std::nullopt;
  }
  const std::string topic(message.topic);
  const std::size_t hash = std::hash<std::string_view>()(message.payload);
  const auto known = topics_.find(topic);
  if (known == topics_.end() && topics_.size() >= limits_.topics_max) {
    too_many_.add();
    return std::nullopt;
  }
  const bool is_repeated =
      message.retained == net::Retain::kYes && known != topics_.end() && known->second == hash;
  if (is_repeated) return std::nullopt;
  const bool is_first = known == topics_.end();
  topics_[topic] = hash;
  messages_.add();

  const bool is_text = codec::is_utf8(message.payload);
  const model::ValueType type = is_text ? model::ValueType::kText : model::ValueType::kBytes;
  const std::string property(pipeline::kPayloadProperty);
  Taken taken;
  const std::string origin(pipeline::kTopicOrigin);
  taken.batch = {.origin = origin,
                 .is_birth = message.retained == net::Retain::kYes,
                 .topic = topic,
                 .received = message.received};
  taken.batch.batch.thing = thing_of_topic(topic);
  taken.batch.batch.properties = {{property, type, ""}};
  model::Value value = is_text ? model::Value(std::string(message.payload))
                               : model::Value(model::Bytes{std::string(message.payload)});
  taken.batch.batch.samples = {{0, {message.received, std::move(value), {}}}};
  if (is_first) {
    taken.first = pipeline::ThingUp{origin, taken.batch.batch.thing, {{property, type, topic}}};
  }
  return taken;
}

}  // namespace millrace::connector::mqtt
