#include "hub/topics.h"

#include "base/random.h"
#include "connector/mqtt/filters.h"
#include "pipeline/hub_binding.h"

namespace millrace::apps {

using connector::mqtt::TopicSource;

base::Result<std::unique_ptr<DeviceTopics>> DeviceTopics::create(
    const connector::sparkplug::MqttConfig& mqtt, std::vector<std::string> given,
    TopicSource::Deps deps) {
  for (const std::string& filter : given) {
    if (connector::mqtt::is_topic_filter(filter)) continue;
    return base::fail(base::ErrorCode::kInvalid, std::format("'{}' is no MQTT filter", filter),
                      "Write --topics plant/#, '+' for any one level.");
  }
  MILLRACE_LET(const auto server, connector::sparkplug::parse_server(mqtt.servers.front()));
  const std::string client = std::format("millrace-devices-{:016x}", deps.random.next());
  TopicSource::Options options{.mqtt = connector::sparkplug::mqtt_options(mqtt, client),
                               .host = server.host,
                               .port = server.port};
  MILLRACE_LET(auto source, TopicSource::create(std::move(options), std::move(deps)));
  std::unique_ptr<DeviceTopics> topics(new DeviceTopics(std::move(source), std::move(given)));
  topics->follow();
  return topics;
}

void DeviceTopics::remember(const Stored& stored) {
  stored.index.each_thing([&](const std::string&, const auto& all) {
    for (const model::Series* series : all) {
      if (series->source != pipeline::kTopicOrigin || series->title.empty()) continue;
      const auto last = stored.series.last_value(series->id, store::Corrections::kLeftOut);
      const auto* payload = last ? std::get_if<std::string>(&last->sample.value) : nullptr;
      if (payload) source_->remember(series->title, *payload);
    }
  });
}

void DeviceTopics::use_accounts(std::vector<std::string> topics) {
  {
    const std::lock_guard lock(mutex_);
    of_accounts_ = std::move(topics);
  }
  follow();
}

void DeviceTopics::use_bindings(const twin::Catalog& catalog) {
  {
    const std::lock_guard lock(mutex_);
    of_bindings_.clear();
    for (const auto& [name, binding] : catalog.bindings()) {
      const auto* source = std::get_if<twin::MqttSource>(&binding.source);
      if (source && !binding.properties.empty()) of_bindings_.push_back(source->topic);
    }
  }
  follow();
}

void DeviceTopics::follow() {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> all = given_;
  all.insert(all.end(), of_accounts_.begin(), of_accounts_.end());
  all.insert(all.end(), of_bindings_.begin(), of_bindings_.end());
  source_->follow(std::move(all), of_bindings_);
}

}  // namespace millrace::apps
