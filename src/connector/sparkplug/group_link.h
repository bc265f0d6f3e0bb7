#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "connector/sparkplug/host_session.h"
#include "connector/sparkplug/pending_commands.h"
#include "net/mqtt_session.h"

namespace millrace::connector::sparkplug {

/// The host application of one group: its session, tied to an MQTT connection of its own. The
/// session lives on the loop thread.
class GroupLink final : public net::MqttEvents, private HostActions {
 public:
  struct Deps {
    const base::Clock& clock;
    pipeline::InboundSink& sink;
    HostCounters& counters;
    HostNames& names;
    HostLimits& limits;
    PendingCommands& commands;
    base::Random random;
  };

  GroupLink(HostConfig config, std::string group, std::vector<Server> servers, Deps deps);
  ~GroupLink() override;

  /// Connects. Nodes in `expected` are asked for their births when they do not come by themselves.
  base::Result<void> start(const std::vector<std::string>& expected);
  /// Begins to say goodbye, which the loop thread does at its next tick …
  void leave() { is_leaving_ = true; }
  /// … and ends when that is done, or not done in time.
  void stop();

  bool is_connected() const { return mqtt_ && mqtt_->is_connected(); }
  /// Takes a node for dead after a whole tick of the loop thread, when nothing that it has said
  /// before is on its way any more. Any thread.
  void let_go(std::string node);
  /// Sends an acknowledgement to a node of the group. Any thread.
  void acknowledge(const std::string& node, const pipeline::Acknowledgement& ack);
  /// Sends a command to a node's device. Any thread. Errors: those of MqttSession::publish.
  base::Result<void> command(const std::string& node, const pipeline::Command& command);

 private:
  net::MqttDial next_dial() override { return session_.dial(clocks()); }
  void connected() override { session_.connected(); }
  void subscribed(bool is_granted) override { session_.subscribed(is_granted, clocks()); }
  void received(std::string_view topic, std::string_view payload, net::Retain) override {
    session_.received(topic, payload, clocks());
  }
  void ended(const net::MqttEnd& end) override { session_.ended(end, clocks()); }
  void tick() override;
  void take_doomed();

  void subscribe(std::vector<std::string> filters) override;
  void publish(net::MqttMessage message) override;
  void disconnect() override { mqtt_->disconnect(net::Farewell::kPlain); }
  bool offer(pipeline::Inbound inbound) override { return deps_.sink.offer(std::move(inbound)); }
  void answered(const std::string& origin, const pipeline::CommandAnswer& answer) override {
    deps_.commands.answered(origin, answer);
  }

  HostSession::Clocks clocks() const { return {deps_.clock.now(), deps_.clock.monotonic()}; }

  const HostConfig config_;
  const std::string group_;
  Deps deps_;
  HostSession session_;
  std::atomic<bool> is_leaving_ = false;
  std::atomic<bool> has_left_ = false;
  std::mutex mutex_;
  std::vector<std::string> doomed_;  // to be let go at the tick after the next
  std::vector<std::string> dead_;    // at the next one; of the loop thread
  std::unique_ptr<net::MqttSession> mqtt_;
};

}  // namespace millrace::connector::sparkplug
