#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "codec/sparkplug.h"
#include "codec/sparkplug_topic.h"
#include "connector/sparkplug/config.h"
#include "connector/sparkplug/host_counters.h"
#include "connector/sparkplug/host_limits.h"
#include "connector/sparkplug/host_node.h"
#include "net/mqtt_session.h"
#include "pipeline/inbound.h"

namespace millrace::connector::sparkplug {

/// What a host session does. Called in the order in which things happen.
class HostActions {
 public:
  virtual ~HostActions() = default;
  virtual void subscribe(std::vector<std::string> filters) = 0;
  virtual void publish(net::MqttMessage message) = 0;
  virtual void disconnect() = 0;
  /// False when the hub has no room: the session counts it.
  virtual bool offer(pipeline::Inbound inbound) = 0;
  /// What became of a command, by the Millrace edge that was told.
  virtual void answered(const std::string& origin, const pipeline::CommandAnswer& answer) = 0;
};

/// The session of one group's host application (Sparkplug 3.0, §5.3 ff.) as a state machine without
/// sockets: STATE with one timestamp in will and birth, births and aliases of every node, the order
/// of seq with a timeout, deaths by bdSeq, rebirth requests that are repeated with a back-off and
/// have a limit.
///
/// Of a Millrace edge only batches, tombstones and status go on, never values without a position
/// (of births, or for others while no hub answers: they are in batches anyway), and its messages
/// are not held back for their order: positions see to that. Third-party nodes are at most once.
/// One owner.
class HostSession {
 public:
  struct Clocks {
    base::Time now;
    base::MonotonicTime monotonic;
  };

  /// What all sessions of a hub share, and where this one speaks.
  struct Deps {
    HostActions& actions;
    HostCounters& counters;
    HostNames& names;
    HostLimits& limits;
  };

  HostSession(HostConfig config, std::string group, std::vector<Server> servers, Deps deps);
  ~HostSession();

  net::MqttDial dial(Clocks clocks);
  void connected();
  void subscribed(bool is_granted, Clocks clocks);
  void received(std::string_view topic, std::string_view payload, Clocks clocks);
  void ended(const net::MqttEnd& end, Clocks clocks);
  void tick(Clocks clocks);
  /// Says offline with the present time; the disconnect is the caller's.
  void leave(Clocks clocks);
  /// Takes a node for dead whose connection has been ended without a will; nothing where it is not
  /// online.
  void let_go(const std::string& node, Clocks clocks);
  /// Asks a node for its births although it is not known yet (it was, before a restart).
  void expect(const std::string& node, Clocks clocks);

 private:
  using Topic = codec::sparkplug::Topic;
  struct Message {
    Topic topic;
    std::string_view raw_topic;
    std::string_view raw_payload;
    Clocks clocks;
  };

  net::MqttMessage state_message(bool is_online, std::uint64_t timestamp_ms) const;
  void note_state(const Message& message);
  bool decode(std::string_view bytes);
  bool unpack();
  HostNode* node_of(const Topic& topic);

  void take_nbirth(HostNode& node, const Message& message);
  void take_ndeath(HostNode& node, const Message& message);
  void take_in_order(HostNode& node, const Message& message);
  void take(HostNode& node, const Message& message);
  void take_dbirth(HostNode& node, const Message& message);
  void take_ddeath(HostNode& node, const Message& message);
  void take_data(HostNode& node, const Message& message);
  void take_body(HostNode& node, BornDevice& device, const Message& message);
  void take_values(HostNode& node, const BornDevice& device, base::Time received, bool is_birth);
  void release_held(HostNode& node, Clocks clocks);
  void give_up_gap(HostNode& node, Clocks clocks);

  void offer_or_count(pipeline::Inbound inbound);
  void offer_thing(const HostNode& node, const BornDevice& device);
  bool offer_up(HostNode& node, std::optional<codec::delivery::HelloBody> hello,
                base::Time received);
  void go_offline(HostNode& node, base::Time now);
  void set_online(HostNode& node, bool is_online);
  void want_rebirth(HostNode& node, Clocks clocks);
  void send_rebirths(Clocks clocks);
  void ask_for_births(HostNode& node, Clocks clocks);
  void count_faults(const ValueFaults& faults);

  const HostConfig config_;
  const std::vector<Server> servers_;
  const std::string group_;
  const std::string host_id_;
  HostActions& actions_;
  HostCounters& counters_;
  HostNames& names_;
  HostLimits& limits_;
  std::unordered_map<std::string, HostNode> nodes_;  // by group/node
  std::vector<std::string> waiting_for_birth_;       // who was asked longer ago comes first
  std::vector<pipeline::Inbound> deaths_;            // that the hub had no room for
  std::size_t server_ = 0;
  bool is_stated_ = false;  // our birth is out
  std::uint64_t state_timestamp_ms_ = 0;

  // Reused from message to message:
  codec::sparkplug::Payload payload_;
  std::string unpacked_;
  std::vector<KnownMetric> known_;
};

}  // namespace millrace::connector::sparkplug
