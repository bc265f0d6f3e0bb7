#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "connector/sparkplug/config.h"
#include "connector/sparkplug/edge_catalog.h"
#include "connector/sparkplug/primary_host.h"
#include "net/mqtt_session.h"
#include "pipeline/outbound.h"

namespace millrace::connector::sparkplug {

struct Subscribe {
  std::vector<std::string> filters;
};
struct Publish {
  net::MqttMessage message;
};
struct Disconnect {
  net::Farewell farewell = net::Farewell::kPlain;
};
/// The births need to know what the spool holds: answer with EdgeSession::birth().
struct AskHello {};
struct TellConnected {};
struct TellDisconnected {};
using EdgeAction = std::variant<Subscribe, Publish, Disconnect, AskHello, TellConnected,
                                TellDisconnected, pipeline::Acknowledgement, pipeline::Command>;

/// An edge node's session (Sparkplug 3.0, §5.4 ff.) as a pure state machine: what happens on the
/// MQTT connection comes in, what is to be done comes out of take_actions(), in order.
///
///   offline ── dial ──► dialing ── connected ──► subscribing ── granted ──► awaiting host
///      ▲                                                                       │ STATE online,
///      │ ended (from anywhere)                                                 ▼ or none needed
///   leaving ◄── primary host offline, stop ── online ◄── birth(hello) ── birthing ◄─┐
///                                               └── rebirth requested, announce ────┘
///
/// DATA goes out while online only. One owner.
class EdgeSession {
 public:
  struct Clocks {
    base::Time now;
    base::MonotonicTime monotonic;
  };

  /// `last_bd_seq`: of an earlier run; empty for the first.
  EdgeSession(EdgeNodeConfig config, std::vector<Server> servers,
              std::optional<std::uint8_t> last_bd_seq);

  /// The catalogue; while online, announce() has to follow.
  void set_properties(const std::vector<pipeline::OutboundProperty>& properties);

  /// Where to connect and with which will. bd_seq() is then the one to persist.
  net::MqttDial dial(Clocks clocks);
  std::uint8_t bd_seq() const { return bd_seq_; }
  void connected();
  void subscribed(bool is_granted, Clocks clocks);
  /// False when the message was nothing an edge node understands.
  bool received(std::string_view topic, std::string_view payload, Clocks clocks);
  void ended(const net::MqttEnd& end);
  void tick(Clocks clocks);
  void birth(const pipeline::SpoolHello& hello, Clocks clocks);

  /// kNotNow when not online. Without a position it is plain Sparkplug, for others than the hub.
  pipeline::Sending send(const std::optional<pipeline::Position>& position,
                         const model::Batch& batch, bool is_historical, Clocks clocks);
  /// False when not online.
  bool send(const pipeline::BatchesLost& lost, Clocks clocks);
  bool send(const pipeline::OriginStatus& status, Clocks clocks);
  bool send(const pipeline::CommandAnswer& answer, Clocks clocks);
  void announce();
  /// Says goodbye: a death certificate where MQTT does not send it for us, then Disconnect.
  void leave(Clocks clocks);

  bool is_online() const { return state_ == State::kOnline; }
  std::vector<EdgeAction> take_actions();

 private:
  enum class State {
    kOffline,
    kDialing,
    kSubscribing,
    kAwaitingHost,
    kBirthing,
    kOnline,
    kLeaving
  };

  bool needs_host() const;
  void note_host(std::string_view payload, Clocks clocks);
  void request_rebirth(Clocks clocks);
  bool take_node_command(std::string_view payload, Clocks clocks);
  bool take_device_command(std::string_view thing, std::string_view payload);
  void begin_births();
  void publish(codec::sparkplug::MessageType type, std::string_view device, std::string payload);
  std::uint8_t next_seq() { return seq_++; }
  void next_server();
  PrimaryHost& host() { return hosts_[server_]; }

  const EdgeNodeConfig config_;
  const std::vector<Server> servers_;
  std::vector<PrimaryHost> hosts_;  // by server
  std::size_t server_ = 0;
  EdgeCatalog catalog_;
  State state_ = State::kOffline;
  std::uint8_t bd_seq_ = 0;
  bool is_bd_seq_used_ = false;  // a CONNECT with bd_seq_ has gone out
  std::uint8_t seq_ = 0;
  bool was_told_connected_ = false;
  base::MonotonicTime awaiting_since_{};
  std::optional<base::MonotonicTime> last_rebirth_;
  std::optional<base::MonotonicTime> rebirth_due_;
  std::vector<EdgeAction> actions_;
};

}  // namespace millrace::connector::sparkplug
