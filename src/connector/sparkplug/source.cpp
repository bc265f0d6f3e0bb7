#include "connector/sparkplug/source.h"

#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include "base/log.h"
#include "connector/sparkplug/edge_wire.h"
#include "connector/sparkplug/host_session.h"

namespace millrace::connector::sparkplug {

/// Ties the session to an MQTT connection. The session lives on the loop thread; only the way to
/// each origin is shared.
class HostApplication::Link final : public net::MqttEvents, private HostActions {
 public:
  Link(HostConfig config, std::vector<Server> servers, Deps deps)
      : config_(std::move(config)),
        deps_(std::move(deps)),
        counters_(deps_.metrics),
        session_(config_, std::move(servers), *this, counters_) {}

  base::Result<void> open() {
    MILLRACE_LET(mqtt_, net::MqttSession::create(mqtt_options(config_.mqtt, config_.host_id), *this,
                                                 deps_.clock, std::move(deps_.random)));
    return {};
  }

  void start(pipeline::InboundSink& sink, const std::vector<NodeId>& expected) {
    sink_ = &sink;
    for (const NodeId& one : expected) session_.expect(one.group, one.node, clocks());
    mqtt_->start();
  }

  void stop() {
    is_leaving_ = true;  // the loop thread says goodbye at its next tick
    for (int i = 0; i < 100 && mqtt_->is_connected() && !has_left_; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    mqtt_->stop(net::Farewell::kPlain);
    is_leaving_ = has_left_ = false;
  }

  bool is_connected() const { return mqtt_->is_connected(); }

  void acknowledge(const std::string& origin, const pipeline::Acknowledgement& ack) {
    std::string topic;
    {
      const std::lock_guard lock(mutex_);
      const auto way = ways_.find(origin);
      if (way == ways_.end()) return;
      topic = way->second;
    }
    const auto sent = mqtt_->publish({std::move(topic), acknowledge_payload(ack, deps_.clock.now()),
                                      net::Qos::kAtMostOnce, net::Retain::kNo});
    if (!sent) base::log::debug("sparkplug: no acknowledgement: {}", sent.error().what);
  }

  net::MqttDial next_dial() override { return session_.dial(clocks()); }
  void connected() override { session_.connected(); }
  void subscribed(bool is_granted) override { session_.subscribed(is_granted, clocks()); }
  void received(std::string_view topic, std::string_view payload, net::Retain) override {
    session_.received(topic, payload, clocks());
  }
  void ended(const net::MqttEnd& end) override { session_.ended(end, clocks()); }
  void tick() override {
    session_.tick(clocks());
    if (!is_leaving_ || has_left_) return;
    session_.leave(clocks());
    has_left_ = true;
  }

 private:
  void subscribe(std::vector<std::string> filters) override {
    (void)mqtt_->subscribe(std::move(filters), net::Qos::kAtLeastOnce);
  }
  void publish(net::MqttMessage message) override {
    const auto sent = mqtt_->publish(std::move(message));
    if (!sent) base::log::debug("sparkplug: not sent: {}", sent.error().what);
  }
  void disconnect() override { mqtt_->disconnect(net::Farewell::kPlain); }
  bool offer(pipeline::Inbound inbound) override {
    if (const auto* up = std::get_if<pipeline::OriginUp>(&inbound)) {
      const codec::sparkplug::Topic way{
          codec::sparkplug::MessageType::kNcmd, up->group, up->node, {}};
      const std::lock_guard lock(mutex_);
      ways_[up->origin] = to_text(way);
    }
    return sink_->offer(std::move(inbound));
  }

  HostSession::Clocks clocks() const { return {deps_.clock.now(), deps_.clock.monotonic()}; }

  const HostConfig config_;
  Deps deps_;
  HostCounters counters_;
  HostSession session_;
  pipeline::InboundSink* sink_ = nullptr;
  std::atomic<bool> is_leaving_ = false;
  std::atomic<bool> has_left_ = false;
  std::mutex mutex_;
  std::map<std::string, std::string> ways_;  // origin → NCMD topic
  std::unique_ptr<net::MqttSession> mqtt_;
};

base::Result<std::unique_ptr<HostApplication>> HostApplication::create(HostConfig config,
                                                                       Deps deps) {
  if (!codec::sparkplug::is_id(config.host_id)) {
    return base::fail(base::ErrorCode::kInvalid,
                      std::format("'{}' is no Sparkplug host id", config.host_id));
  }
  for (const std::string& group : config.groups) {
    if (codec::sparkplug::is_id(group)) continue;
    return base::fail(base::ErrorCode::kInvalid, std::format("'{}' is no Sparkplug group", group));
  }
  MILLRACE_LET(auto servers, parse_servers(config.mqtt.servers));
  auto link = std::make_unique<Link>(std::move(config), std::move(servers), std::move(deps));
  MILLRACE_TRY(link->open());
  return std::unique_ptr<HostApplication>(new HostApplication(std::move(link)));
}

HostApplication::HostApplication(std::unique_ptr<Link> link) : link_(std::move(link)) {}
HostApplication::~HostApplication() = default;

void HostApplication::start(pipeline::InboundSink& sink, std::vector<NodeId> expected) {
  link_->start(sink, expected);
}
void HostApplication::stop() { link_->stop(); }
bool HostApplication::is_connected() const { return link_->is_connected(); }
void HostApplication::acknowledge(const std::string& origin, const pipeline::Acknowledgement& ack) {
  link_->acknowledge(origin, ack);
}

}  // namespace millrace::connector::sparkplug
