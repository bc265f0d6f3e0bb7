#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "base/random.h"
#include "connector/mqtt/filters.h"
#include "connector/mqtt/session.h"
#include "net/mqtt_session.h"
#include "pipeline/inbound.h"

namespace millrace::connector::mqtt {

/// The source of a hub for devices that speak plain MQTT: subscribes to the topics it is told and
/// gives each message as it came. Such messages are at most once by nature: what arrives while the
/// hub is away, or its queue full, is lost (and counted where it is seen).
///
/// Threads: the sink is called on the MQTT loop thread and never waits; follow() and the getters
/// may be called from any thread.
class TopicSource final : private net::MqttEvents {
 public:
  struct Options {
    net::MqttOptions mqtt;
    std::string host = "127.0.0.1";
    std::uint16_t port = 1883;
    TopicLimits limits;
  };
  struct Deps {
    const base::Clock& clock;
    base::Metrics& metrics;
    base::Random random;
  };

  /// Errors: invalid. No I/O.
  static base::Result<std::unique_ptr<TopicSource>> create(Options options, Deps deps);
  ~TopicSource() override { stop(); }

  /// See TopicSession; before start().
  void remember(std::string_view topic, std::string_view payload) {
    session_.remember(topic, payload);
  }
  /// Begins to connect as soon as there is a filter.
  void start(pipeline::InboundSink& sink);
  void stop();
  /// These MQTT filters from now on, in place of those before, and of them those that bindings
  /// read (before remember(), too, which counts what none of them names). A topic that several of
  /// them take comes once. While they change, a message may be missed.
  void follow(std::vector<std::string> filters, std::vector<std::string> bound = {});
  bool is_connected() const;

 private:
  TopicSource(Options options, Deps deps);
  net::MqttDial next_dial() override { return {options_.host, options_.port, std::nullopt}; }
  void connected() override;
  void subscribed(bool is_granted) override;
  void received(std::string_view topic, std::string_view payload, net::Retain retained) override;
  void ended(const net::MqttEnd& end) override;
  bool is_wanted(std::string_view topic) const;
  bool is_named(std::string_view topic) const;

  const Options options_;
  const base::Clock& clock_;
  TopicSession session_;  // of the loop thread
  pipeline::InboundSink* sink_ = nullptr;
  std::unique_ptr<net::MqttSession> mqtt_;
  mutable std::mutex mutex_;
  Subscriptions subscriptions_;
  std::set<std::string, std::less<>> named_;  // by bindings, level by level
  std::atomic<bool> must_recount_ = false;
  bool is_started_ = false;
  bool has_begun_ = false;  // to connect
};

}  // namespace millrace::connector::mqtt
