#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/metrics.h"
#include "net/mqtt_session.h"
#include "pipeline/inbound.h"

namespace millrace::connector::mqtt {

/// What a hub takes of devices that speak plain MQTT. Each topic becomes a thing and a series for
/// good, unless all of its payloads is bound, so there is a limit to them. The last tenth of it is
/// for first levels that have few topics: a device that publishes `dev/<uuid>` without end locks
/// out nobody else. Topics that a binding names always pass and do not count; those that only fit a
/// binding's '+' do, as there is no end to them.
struct TopicLimits {
  std::size_t topics_max = 10'000;  // that no binding names
  std::size_t topics_few = 100;     // of one first level, in the last tenth
  std::size_t payload_bytes_max = 256U << 10;
};

/// The automatic thing of a topic: "mqtt-plant-pump-1-5f3a9c01". Always the same; its end is a hash
/// of the topic, so that different topics stay different.
std::string thing_of_topic(std::string_view topic);

/// Whether a topic is for devices: not Sparkplug's, not the hub's own, not the broker's.
bool is_device_topic(std::string_view topic);

/// Messages of plain MQTT topics as batches with the payload as it came, without sockets. What is
/// repeated because it was retained is left out; what is retained and new here is of unknown age,
/// and marked source_stale. One owner.
class TopicSession {
 public:
  /// Whether a binding names a topic, level by level.
  using IsNamed = std::function<bool(std::string_view topic)>;
  /// Without `is_named` none is.
  TopicSession(TopicLimits limits, base::Metrics& metrics, IsNamed is_named = {});

  struct Message {
    std::string_view topic;
    std::string_view payload;
    net::Retain retained = net::Retain::kNo;
    base::Time received;
  };
  /// What becomes of a message: the topic's first one comes with its ThingUp.
  struct Taken {
    std::optional<pipeline::ThingUp> first;
    pipeline::BatchArrived batch;
  };
  std::optional<Taken> take(const Message& message);
  /// The newest payload that is stored of a topic, so that a retained one is no news after a
  /// restart. Before the first message.
  void remember(std::string_view topic, std::string_view payload);
  /// Bindings name other topics than before: what counts is counted anew.
  void recount();
  /// The sink was full for the topic's last message.
  void refused() { refused_.add(); }

 private:
  bool is_counted(std::string_view topic) const { return !is_named_ || !is_named_(topic); }
  void count(std::string_view topic);
  bool admit(std::string_view topic);

  const TopicLimits limits_;
  const IsNamed is_named_;
  std::unordered_map<std::string, std::size_t> topics_;  // and a hash of the last payload
  std::unordered_map<std::string, std::size_t> counts_;  // by first level: topics that count
  std::size_t counted_ = 0;
  bool has_said_full_ = false;
  base::Counter& messages_;
  base::Counter& refused_;
  base::Counter& too_many_;
  base::Counter& too_large_;
};

}  // namespace millrace::connector::mqtt
