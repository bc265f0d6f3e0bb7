#include "connector/sparkplug/sink.h"

#include <charconv>
#include <mutex>

#include "base/files.h"
#include "base/log.h"
#include "codec/sparkplug_topic.h"
#include "connector/sparkplug/edge_session.h"

namespace millrace::connector::sparkplug {

/// Ties the pure session to an MQTT connection. The session is guarded by a mutex; what it tells
/// the owner is told after the mutex is free.
class EdgeNode::Link final : public net::MqttEvents {
 public:
  Link(EdgeNodeConfig config, std::vector<Server> servers, Deps deps)
      : config_(std::move(config)),
        deps_(std::move(deps)),
        session_(config_, std::move(servers), deps_.bd_seq.load()),
        refused_(deps_.metrics.counter("millrace_sparkplug_commands_refused_total",
                                       "Messages to the edge node that it does not understand")),
        births_(deps_.metrics.counter("millrace_sparkplug_births_total",
                                      "Birth sequences of the edge node")),
        too_large_(deps_.metrics.counter("millrace_sparkplug_too_large_total",
                                         "Batches that fit in no message to the broker")) {}

  base::Result<void> open() {
    auto options = mqtt_options(config_.mqtt, std::format("{}.{}", config_.group, config_.node));
    // Room above what send() allows: births and what the session itself says always fit.
    options.queue_bytes_max = config_.queue_bytes_max + (64U << 20);
    MILLRACE_LET(mqtt_, net::MqttSession::create(std::move(options), *this, deps_.clock,
                                                 std::move(deps_.random)));
    return {};
  }

  void start(const std::vector<pipeline::OutboundProperty>& properties,
             pipeline::UplinkEvents& events) {
    events_ = &events;
    session_.set_properties(properties);
    mqtt_->start();
  }

  void stop() {
    net::Farewell farewell = net::Farewell::kPlain;
    {
      const std::lock_guard lock(mutex_);
      session_.leave(clocks());
      // The Disconnect is left to stop(), which waits until everything is written.
      for (EdgeAction& action : session_.take_actions()) {
        if (auto* publish = std::get_if<Publish>(&action)) (void)mqtt_->publish(publish->message);
        if (auto* disconnect = std::get_if<Disconnect>(&action)) farewell = disconnect->farewell;
      }
    }
    mqtt_->stop(farewell);
  }

  template <class Event>
  bool with_session(Event event) {
    std::vector<EdgeAction> tell;
    bool result = false;
    {
      const std::lock_guard lock(mutex_);
      result = event(session_, clocks());
      tell = perform(session_.take_actions());
    }
    for (EdgeAction& action : tell) this->tell(action);
    return result;
  }

  pipeline::Sending send(const std::optional<pipeline::Position>& position,
                         const model::Batch& batch, bool is_historical) {
    if (is_congested()) return pipeline::Sending::kNotNow;
    auto result = pipeline::Sending::kNotNow;
    with_session([&](EdgeSession& session, auto clocks) {
      result = session.send(position, batch, is_historical, clocks);
      return true;
    });
    if (result == pipeline::Sending::kTooLarge) {
      too_large_.add();
      base::log::error("sparkplug: {} samples of '{}' are more than the {} bytes of a message",
                       batch.samples.size(), batch.thing, config_.mqtt.message_bytes_max);
    }
    return result;
  }

  bool is_congested() const { return mqtt_->queued_bytes() > config_.queue_bytes_max; }

  net::MqttDial next_dial() override {
    const std::lock_guard lock(mutex_);
    net::MqttDial dial = session_.dial(clocks());
    deps_.bd_seq.save(session_.bd_seq());
    return dial;
  }
  void connected() override {
    with_session([](EdgeSession& session, auto) { return session.connected(), true; });
  }
  void subscribed(bool is_granted) override {
    if (!is_granted)
      base::log::error("sparkplug: the broker refuses the subscriptions of {}/{}", config_.group,
                       config_.node);
    with_session([&](EdgeSession& session, auto clocks) {
      return session.subscribed(is_granted, clocks), true;
    });
  }
  void received(std::string_view topic, std::string_view payload, net::Retain) override {
    const bool is_understood = with_session([&](EdgeSession& session, auto clocks) {
      return session.received(topic, payload, clocks);
    });
    if (!is_understood) refused_.add();
  }
  void ended(const net::MqttEnd& end) override {
    with_session([&](EdgeSession& session, auto) { return session.ended(end), true; });
  }
  void tick() override {
    with_session([](EdgeSession& session, auto clocks) { return session.tick(clocks), true; });
  }

 private:
  EdgeSession::Clocks clocks() const { return {deps_.clock.now(), deps_.clock.monotonic()}; }

  // Does what concerns MQTT, in order; gives back what is to be told.
  std::vector<EdgeAction> perform(std::vector<EdgeAction> actions) {
    std::vector<EdgeAction> tell;
    for (EdgeAction& action : actions) {
      if (auto* publish = std::get_if<Publish>(&action)) {
        const auto sent = mqtt_->publish(std::move(publish->message));
        if (!sent) base::log::debug("sparkplug: not sent: {}", base::describe(sent.error()));
      } else if (auto* subscribe = std::get_if<Subscribe>(&action)) {
        (void)mqtt_->subscribe(std::move(subscribe->filters), net::Qos::kAtLeastOnce);
      } else if (const auto* disconnect = std::get_if<Disconnect>(&action)) {
        mqtt_->disconnect(disconnect->farewell);
      } else {
        tell.push_back(std::move(action));
      }
    }
    return tell;
  }

  void tell(EdgeAction& action) {
    if (std::holds_alternative<TellConnected>(action)) events_->connected();
    if (std::holds_alternative<TellDisconnected>(action)) events_->disconnected();
    if (const auto* ack = std::get_if<pipeline::Acknowledgement>(&action)) {
      events_->acknowledged(*ack);
    }
    if (auto* command = std::get_if<pipeline::Command>(&action)) {
      events_->commanded(std::move(*command));
    }
    if (std::holds_alternative<AskHello>(action)) {
      births_.add();
      const pipeline::SpoolHello hello = events_->hello();
      with_session(
          [&](EdgeSession& session, auto clocks) { return session.birth(hello, clocks), true; });
    }
  }

  const EdgeNodeConfig config_;
  Deps deps_;
  std::mutex mutex_;
  EdgeSession session_;
  base::Counter& refused_;
  base::Counter& births_;
  base::Counter& too_large_;
  pipeline::UplinkEvents* events_ = nullptr;
  std::unique_ptr<net::MqttSession> mqtt_;
};

BdSeqStore bd_seq_file(std::filesystem::path path) {
  const auto load = [path]() -> std::optional<std::uint8_t> {
    const auto text = base::read_file(path, 16);
    std::uint8_t number = 0;
    if (!text ||
        std::from_chars(text->data(), text->data() + text->size(), number).ec != std::errc())
      return std::nullopt;
    return number;
  };
  const auto save = [path](std::uint8_t number) {
    const auto written = base::write_file_durably(path, std::format("{}\n", number));
    if (!written) base::log::warning("bdSeq: {}", base::describe(written.error()));
  };
  return {load, save};
}

base::Result<std::unique_ptr<EdgeNode>> EdgeNode::create(EdgeNodeConfig config, Deps deps) {
  if (!codec::sparkplug::is_id(config.group) || !codec::sparkplug::is_id(config.node)) {
    return base::fail(
        base::ErrorCode::kInvalid,
        std::format("'{}/{}' is no Sparkplug group and edge node", config.group, config.node));
  }
  MILLRACE_LET(auto servers, parse_servers(config.mqtt.servers));
  if (config.primary_host.empty()) config.primary_host = host_id(config.group);
  auto link = std::make_unique<Link>(std::move(config), std::move(servers), std::move(deps));
  MILLRACE_TRY(link->open());
  return std::unique_ptr<EdgeNode>(new EdgeNode(std::move(link)));
}

EdgeNode::EdgeNode(std::unique_ptr<Link> link) : link_(std::move(link)) {}
EdgeNode::~EdgeNode() = default;

base::Result<void> EdgeNode::start(std::vector<pipeline::OutboundProperty> properties,
                                   pipeline::UplinkEvents& events) {
  link_->start(properties, events);
  return {};
}

void EdgeNode::stop() { link_->stop(); }

void EdgeNode::update(std::vector<pipeline::OutboundProperty> properties) {
  link_->with_session([&](EdgeSession& session, auto) {
    session.set_properties(properties);
    session.announce();
    return true;
  });
}

void EdgeNode::announce() {
  link_->with_session([](EdgeSession& session, auto) { return session.announce(), true; });
}

pipeline::Sending EdgeNode::send(const pipeline::Position& position, const model::Batch& batch,
                                 bool is_historical) {
  return link_->send(position, batch, is_historical);
}

pipeline::Sending EdgeNode::send_unpositioned(const model::Batch& batch) {
  return link_->send(std::nullopt, batch, false);
}

bool EdgeNode::send(const pipeline::BatchesLost& lost) {
  if (link_->is_congested()) return false;
  return link_->with_session(
      [&](EdgeSession& session, auto clocks) { return session.send(lost, clocks); });
}

bool EdgeNode::send(const pipeline::OriginStatus& status) {
  if (link_->is_congested()) return false;
  return link_->with_session(
      [&](EdgeSession& session, auto clocks) { return session.send(status, clocks); });
}

// Somebody waits for it, and it is small: it goes out even while batches are held back.
bool EdgeNode::send(const pipeline::CommandAnswer& answer) {
  return link_->with_session(
      [&](EdgeSession& session, auto clocks) { return session.send(answer, clocks); });
}

}  // namespace millrace::connector::sparkplug
