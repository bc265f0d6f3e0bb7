#include "connector/sim/building_node.h"

#include <mutex>
#include <optional>
#include <utility>

#include "base/log.h"
#include "codec/sparkplug.h"
#include "codec/sparkplug_topic.h"
#include "net/mqtt_session.h"

namespace millrace::sim {
namespace {

namespace sparkplug = codec::sparkplug;
using sparkplug::DataType;
using sparkplug::MessageType;
using sparkplug::Metric;
using sparkplug::Payload;
using sparkplug::WireValue;

constexpr std::string_view kBdSeq = "bdSeq";
constexpr std::string_view kRebirth = "Node Control/Rebirth";
constexpr std::int32_t kGoodQuality = 192;

std::uint64_t to_ms(base::Time at) {
  const auto ms = std::chrono::floor<std::chrono::milliseconds>(at);
  return static_cast<std::uint64_t>(ms.time_since_epoch().count());
}

Metric named(std::string_view name, DataType type, WireValue value, base::Time now) {
  Metric metric;
  metric.name = name;
  metric.datatype = type;
  metric.timestamp_ms = to_ms(now);
  metric.value = value;
  return metric;
}

std::string encoded(const Payload& payload) {
  std::string bytes;
  sparkplug::encode(payload, bytes);
  return bytes;
}

/// NaN is the same as NaN here, unlike in a comparison of doubles.
bool is_same(const model::Sample& a, const model::Sample& b) {
  return a.quality == b.quality && a.value.index() == b.value.index() &&
         sparkplug::to_wire(a.value) == sparkplug::to_wire(b.value);
}

void set_sample(Metric& metric, const model::Sample& sample) {
  metric.timestamp_ms = to_ms(sample.time);
  metric.value = sparkplug::to_wire(sample.value);
  metric.is_null = std::holds_alternative<std::monostate>(sample.value);
  if (!sample.quality.is_good()) metric.quality = sample.quality.to_sparkplug();
}

bool asks_for_rebirth(std::string_view message) {
  Payload payload;
  if (!sparkplug::decode(message, payload)) return false;
  for (const Metric& metric : payload.metrics) {
    if (metric.name == kRebirth && metric.value == WireValue::of_bool(true)) return true;
  }
  return false;
}

}  // namespace

/// Sparkplug's rules on one MQTT connection. All but leave() comes on the MQTT thread.
class BuildingNode::Link final : public net::MqttEvents {
 public:
  Link(BuildingNodeOptions options, ThingSpec thing, const base::Clock& clock)
      : options_(std::move(options)), thing_(std::move(thing)), clock_(clock) {}

  base::Result<void> open(base::Random random) {
    net::MqttOptions mqtt;
    mqtt.client_id = std::format("{}.{}", options_.group, options_.node);
    mqtt.user = options_.user;
    mqtt.password = options_.password;
    mqtt.version = net::MqttVersion::k311;
    MILLRACE_LET(mqtt_,
                 net::MqttSession::create(std::move(mqtt), *this, clock_, std::move(random)));
    return {};
  }

  void start(Current current) {
    current_ = std::move(current);
    mqtt_->start();
  }

  // MQTT 3.1.1 sends no will after a DISCONNECT: the node publishes its death itself
  // (tck-id-operational-behavior-edge-node-intentional-disconnect-ndeath).
  void stop() {
    {
      const std::lock_guard lock(mutex_);
      if (std::exchange(is_born_, false)) (void)mqtt_->publish(death());
      is_leaving_ = true;
    }
    mqtt_->stop(net::Farewell::kPlain);
    const std::lock_guard lock(mutex_);
    is_leaving_ = false;
  }

  bool is_born() const {
    const std::lock_guard lock(mutex_);
    return is_born_;
  }

  // tck-id-topics-nbirth-bdseq-increment: up by one for each CONNECT that went out.
  net::MqttDial next_dial() override {
    const std::lock_guard lock(mutex_);
    if (std::exchange(is_bd_seq_used_, false)) ++bd_seq_;
    return {options_.host, options_.port, death()};
  }

  void connected() override {
    (void)mqtt_->subscribe({topic(MessageType::kNcmd)}, net::Qos::kAtLeastOnce);
  }

  void subscribed(bool is_granted) override {
    if (!is_granted) {
      base::log::error("sim: the broker lets {}/{} hear no commands", options_.group,
                       options_.node);
      return mqtt_->disconnect(net::Farewell::kPlain);
    }
    const std::lock_guard lock(mutex_);
    give_birth();
  }

  void received(std::string_view topic_text, std::string_view payload, net::Retain) override {
    if (topic_text != topic(MessageType::kNcmd) || !asks_for_rebirth(payload)) return;
    const std::lock_guard lock(mutex_);
    if (is_born_) give_birth();
  }

  void ended(const net::MqttEnd& end) override {
    const std::lock_guard lock(mutex_);
    is_bd_seq_used_ = is_bd_seq_used_ || end.was_connect_sent;
    is_born_ = false;
  }

  void tick() override {
    const std::lock_guard lock(mutex_);
    if (!is_born_ || clock_.monotonic() < next_data_) return;
    next_data_ += options_.interval;
    if (next_data_ < clock_.monotonic()) next_data_ = clock_.monotonic() + options_.interval;
    send_changes();
  }

 private:
  std::string topic(MessageType type) const {
    std::string_view device;
    if (sparkplug::is_of_device(type)) device = thing_.name;
    return to_text(sparkplug::Topic{type, options_.group, options_.node, device});
  }

  net::MqttMessage death() const {
    const base::Time now = clock_.now();
    Payload payload;
    payload.timestamp_ms = to_ms(now);
    payload.metrics.push_back(named(kBdSeq, DataType::kInt64, WireValue::of_long(bd_seq_), now));
    return {topic(MessageType::kNdeath), encoded(payload), net::Qos::kAtLeastOnce,
            net::Retain::kNo};
  }

  /// Sends with the next seq, which is used up only when the message was queued.
  bool publish(MessageType type, Payload& payload) {
    payload.timestamp_ms = to_ms(clock_.now());
    payload.seq = seq_;
    const auto sent = mqtt_->publish(
        {topic(type), encoded(payload), net::Qos::kAtMostOnce, net::Retain::kNo});
    if (!sent) {
      base::log::debug("sim: {} not sent: {}", text(type), base::describe(sent.error()));
      return false;
    }
    ++seq_;
    return true;
  }

  void give_birth() {
    if (is_leaving_) return;
    seq_ = 0;
    last_ = samples();
    is_born_ = publish_node_birth() && publish_device_birth();
    next_data_ = clock_.monotonic() + options_.interval;
    if (!is_born_) mqtt_->disconnect(net::Farewell::kPlain);
  }

  bool publish_node_birth() {
    const base::Time now = clock_.now();
    Payload payload;
    payload.metrics = {named(kBdSeq, DataType::kInt64, WireValue::of_long(bd_seq_), now),
                       named(kRebirth, DataType::kBoolean, WireValue::of_bool(false), now)};
    return publish(MessageType::kNbirth, payload);
  }

  bool publish_device_birth() {
    Payload payload;
    for (std::size_t i = 0; i < thing_.properties.size(); ++i) {
      const PropertySpec& property = thing_.properties[i];
      Metric metric = named(property.name, sparkplug::data_type(property.type), {}, clock_.now());
      metric.alias = i + 1;
      metric.unit = property.unit;
      metric.is_null = true;
      if (last_[i]) set_sample(metric, *last_[i]);
      payload.metrics.push_back(std::move(metric));
    }
    return publish(MessageType::kDbirth, payload);
  }

  void send_changes() {
    const auto now = samples();
    Payload payload;
    for (std::size_t i = 0; i < now.size(); ++i) {
      if (!now[i] || (last_[i] && is_same(*now[i], *last_[i]))) continue;
      Metric& metric = payload.metrics.emplace_back();
      metric.alias = i + 1;
      set_sample(metric, *now[i]);
      const bool is_good_again = now[i]->quality.is_good() && last_[i] &&
                                 !last_[i]->quality.is_good();
      if (is_good_again) metric.quality = kGoodQuality;
    }
    if (payload.metrics.empty()) return;
    if (publish(MessageType::kDdata, payload)) last_ = now;
  }

  /// The current sample of each property, where there is one.
  std::vector<std::optional<model::Sample>> samples() const {
    std::vector<std::optional<model::Sample>> samples(thing_.properties.size());
    for (SimReading& reading : current_()) {
      if (reading.thing != 0 || reading.property >= samples.size()) continue;
      samples[reading.property] = std::move(reading.sample);
    }
    return samples;
  }

  const BuildingNodeOptions options_;
  const ThingSpec thing_;
  const base::Clock& clock_;
  Current current_;
  mutable std::mutex mutex_;
  std::uint8_t bd_seq_ = 0;
  bool is_bd_seq_used_ = false;  // a CONNECT with bd_seq_ has gone out
  std::uint8_t seq_ = 0;
  bool is_born_ = false;
  bool is_leaving_ = false;
  base::MonotonicTime next_data_{};
  std::vector<std::optional<model::Sample>> last_;  // as it was last sent
  std::unique_ptr<net::MqttSession> mqtt_;  // last: its thread ends before the rest goes
};

base::Result<std::unique_ptr<BuildingNode>> BuildingNode::create(BuildingNodeOptions options,
                                                                 ThingSpec thing,
                                                                 const base::Clock& clock,
                                                                 base::Random random) {
  for (const std::string& id : {options.group, options.node, thing.name}) {
    if (sparkplug::is_id(id)) continue;
    return base::fail(base::ErrorCode::kInvalid, std::format("'{}' is no Sparkplug id", id));
  }
  auto link = std::make_unique<Link>(std::move(options), std::move(thing), clock);
  MILLRACE_TRY(link->open(std::move(random)));
  return std::unique_ptr<BuildingNode>(new BuildingNode(std::move(link)));
}

BuildingNode::BuildingNode(std::unique_ptr<Link> link) : link_(std::move(link)) {}
BuildingNode::~BuildingNode() { stop(); }

void BuildingNode::start(Current current) { link_->start(std::move(current)); }
void BuildingNode::stop() { link_->stop(); }
bool BuildingNode::is_born() const { return link_->is_born(); }

}  // namespace millrace::sim
