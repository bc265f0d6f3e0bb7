#include "connector/mqtt/session.h"

#include <algorithm>
#include <functional>
#include <utility>

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

TopicSession::TopicSession(TopicLimits limits, base::Metrics& metrics, IsNamed is_named)
    : limits_(limits),
      is_named_(std::move(is_named)),
      messages_(metrics.counter("millrace_mqtt_messages_total",
                                "Messages of plain MQTT topics that were taken.")),
      refused_(metrics.counter("millrace_mqtt_refused_total",
                               "Messages of plain MQTT topics lost because ingest was full.")),
      too_many_(metrics.counter("millrace_mqtt_topics_refused_total",
                                "Messages of topics beyond the limit.")),
      too_large_(metrics.counter("millrace_mqtt_too_large_total",
                                 "Payloads of plain MQTT topics beyond the limit.")) {}

void TopicSession::remember(std::string_view topic, std::string_view payload) {
  const auto [known, is_new] = topics_.try_emplace(std::string(topic));
  known->second = std::hash<std::string_view>()(payload);
  if (is_new && is_counted(topic)) count(topic);
}

void TopicSession::count(std::string_view topic) {
  ++counted_;
  ++counts_[std::string(topic.substr(0, topic.find('/')))];
}

void TopicSession::recount() {
  counted_ = 0;
  counts_.clear();
  has_said_full_ = false;
  for (const auto& [topic, hash] : topics_) {
    if (is_counted(topic)) count(topic);
  }
}

/// Whether a topic that is new may come, and counts it.
bool TopicSession::admit(std::string_view topic) {
  if (!is_counted(topic)) return true;
  const std::string first(topic.substr(0, topic.find('/')));
  const auto found = counts_.find(first);
  const std::size_t of_first = found == counts_.end() ? 0 : found->second;
  const bool is_nearly_full = counted_ >= limits_.topics_max - limits_.topics_max / 10;
  if (counted_ >= limits_.topics_max || (is_nearly_full && of_first >= limits_.topics_few)) {
    too_many_.add();
    if (!std::exchange(has_said_full_, true)) {
      base::log::warning(
          "mqtt: {} topics that no binding names are the most; '{}' is the first that is not kept, "
          "of {} below '{}'. Bind what is needed: a topic that a binding names without '+' always "
          "passes",
          limits_.topics_max, topic, of_first, first);
    }
    return false;
  }
  count(topic);
  return true;
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
  if (known == topics_.end() && !admit(message.topic)) return std::nullopt;
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
  model::Quality quality;
  if (taken.batch.is_birth) quality = quality.marked(model::Reason::kSourceStale);
  taken.batch.batch.samples = {{0, {message.received, std::move(value), quality}}};
  if (is_first) {
    taken.first = pipeline::ThingUp{origin, taken.batch.batch.thing, {{property, type, topic}}};
  }
  return taken;
}

}  // namespace millrace::connector::mqtt
