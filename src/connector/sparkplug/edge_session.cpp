#include "connector/sparkplug/edge_session.h"

#include <utility>

#include "connector/sparkplug/edge_wire.h"

namespace millrace::connector::sparkplug {

using codec::sparkplug::MessageType;
using codec::sparkplug::Topic;

EdgeSession::EdgeSession(EdgeNodeConfig config, std::vector<Server> servers,
                         std::optional<std::uint8_t> last_bd_seq)
    : config_(std::move(config)),
      servers_(std::move(servers)),
      hosts_(servers_.size()),
      catalog_({}, kFirstDeviceAlias),
      bd_seq_(last_bd_seq.value_or(0)),
      is_bd_seq_used_(last_bd_seq.has_value()) {}

void EdgeSession::set_properties(const std::vector<pipeline::OutboundProperty>& properties) {
  EdgeCatalog next(properties, kFirstDeviceAlias);
  next.remember(catalog_);
  catalog_ = std::move(next);
}

bool EdgeSession::needs_host() const {
  return !config_.primary_host.empty() && config_.primary_host != kNoPrimaryHost;
}

// tck-id-topics-nbirth-bdseq-increment: up by one for each CONNECT, 255 is followed by 0. A dial
// that never sent its CONNECT leaves the number for the next one.
net::MqttDial EdgeSession::dial(Clocks clocks) {
  if (is_bd_seq_used_) ++bd_seq_;
  is_bd_seq_used_ = false;
  state_ = State::kDialing;
  host().forget();
  const Topic topic{MessageType::kNdeath, config_.group, config_.node, {}};
  return {.host = servers_[server_].host,
          .port = servers_[server_].port,
          .will = net::MqttMessage{to_text(topic), ndeath_payload(bd_seq_, clocks.now),
                                   net::Qos::kAtLeastOnce, net::Retain::kNo}};
}

void EdgeSession::connected() {
  is_bd_seq_used_ = true;
  if (state_ == State::kLeaving) return;
  state_ = State::kSubscribing;
  std::vector<std::string> filters = {
      to_text(Topic{MessageType::kNcmd, config_.group, config_.node, {}}),
      to_text(Topic{MessageType::kDcmd, config_.group, config_.node, "#"})};
  if (needs_host()) {
    filters.push_back(to_text(Topic{MessageType::kState, {}, config_.primary_host, {}}));
  }
  actions_.emplace_back(Subscribe{std::move(filters)});
}

void EdgeSession::subscribed(bool is_granted, Clocks clocks) {
  if (state_ != State::kSubscribing) return;
  if (!is_granted) {
    state_ = State::kLeaving;
    actions_.emplace_back(Disconnect{});
    return;
  }
  state_ = State::kAwaitingHost;
  awaiting_since_ = clocks.monotonic;
  if (!needs_host() || host().is_online()) begin_births();
}

bool EdgeSession::received(std::string_view topic_text, std::string_view payload, Clocks clocks) {
  const auto topic = codec::sparkplug::parse_topic(topic_text);
  if (!topic) return false;
  if (topic->type == MessageType::kState) {
    if (topic->node == config_.primary_host) note_host(payload, clocks);
    return true;
  }
  const bool is_ours = topic->group == config_.group && topic->node == config_.node;
  if (!is_ours) return false;
  if (topic->type == MessageType::kDcmd) return take_device_command(topic->device, payload);
  return topic->type == MessageType::kNcmd && take_node_command(payload, clocks);
}

bool EdgeSession::take_node_command(std::string_view payload, Clocks clocks) {
  auto command = read_node_command(payload);
  if (!command) return false;
  if (command->acknowledgement) actions_.emplace_back(std::move(*command->acknowledgement));
  if (command->wants_rebirth) request_rebirth(clocks);
  return true;
}

// Only what our hub says, which asks who may: a plain DCMD of another host moves nothing.
bool EdgeSession::take_device_command(std::string_view thing, std::string_view payload) {
  auto command = read_device_command(thing, payload);
  if (!command) return false;
  actions_.emplace_back(std::move(*command));
  return true;
}

void EdgeSession::note_host(std::string_view payload, Clocks clocks) {
  const auto state = codec::sparkplug::parse_host_state(payload);
  if (!state || !needs_host()) return;
  const HostChange change = host().note(*state);
  if (change == HostChange::kOnline && state_ == State::kAwaitingHost) begin_births();
  const bool is_up = state_ == State::kBirthing || state_ == State::kOnline;
  if (change == HostChange::kOffline && is_up) {
    leave(clocks);
    next_server();
  }
}

// Requests that come faster than the interval are answered together at its end.
void EdgeSession::request_rebirth(Clocks clocks) {
  if (state_ != State::kOnline) return;  // the births are on their way
  if (last_rebirth_ && clocks.monotonic - *last_rebirth_ < config_.rebirth_interval) {
    rebirth_due_ = *last_rebirth_ + config_.rebirth_interval;
    return;
  }
  last_rebirth_ = clocks.monotonic;
  rebirth_due_.reset();
  begin_births();
}

void EdgeSession::begin_births() {
  state_ = State::kBirthing;
  actions_.emplace_back(AskHello{});
}

void EdgeSession::announce() {
  if (state_ == State::kOnline) begin_births();
}

void EdgeSession::birth(const pipeline::SpoolHello& hello, Clocks clocks) {
  if (state_ != State::kBirthing) return;
  seq_ = 0;
  publish(MessageType::kNbirth, {}, nbirth_payload(bd_seq_, hello, clocks.now));
  ++seq_;
  for (const CatalogThing& thing : catalog_.things()) {
    publish(MessageType::kDbirth, thing.name, dbirth_payload(thing, next_seq(), clocks.now));
  }
  state_ = State::kOnline;
  was_told_connected_ = true;
  actions_.emplace_back(TellConnected{});
}

void EdgeSession::publish(MessageType type, std::string_view device, std::string payload) {
  actions_.emplace_back(Publish{{to_text(Topic{type, config_.group, config_.node, device}),
                                 std::move(payload), net::Qos::kAtMostOnce, net::Retain::kNo}});
}

pipeline::Sending EdgeSession::send(const std::optional<pipeline::Position>& position,
                                    const model::Batch& batch, bool is_historical, Clocks clocks) {
  if (state_ != State::kOnline) return pipeline::Sending::kNotNow;
  const EdgeCatalog::Places places = catalog_.place(batch);
  if (!is_historical) catalog_.note_live(places, batch);
  const CatalogThing& thing = catalog_.things()[places.thing];
  // Nothing may be in DATA that was not in a birth: the device is born again, with the new metric.
  if (places.growth == EdgeCatalog::Growth::kGrew) {
    publish(MessageType::kDbirth, thing.name, dbirth_payload(thing, next_seq(), clocks.now));
  }
  const BatchToWrite what{batch, thing, places, position, is_historical};
  std::string payload = ddata_payload(what, seq_, clocks.now);
  if (payload.size() > config_.mqtt.message_bytes_max) return pipeline::Sending::kTooLarge;
  ++seq_;
  publish(MessageType::kDdata, thing.name, std::move(payload));
  return pipeline::Sending::kSent;
}

bool EdgeSession::send(const pipeline::BatchesLost& lost, Clocks clocks) {
  if (state_ != State::kOnline) return false;
  publish(MessageType::kNdata, {}, ndata_payload(lost, next_seq(), clocks.now));
  return true;
}

bool EdgeSession::send(const pipeline::OriginStatus& status, Clocks clocks) {
  if (state_ != State::kOnline) return false;
  publish(MessageType::kNdata, {}, ndata_payload(status, next_seq(), clocks.now));
  return true;
}

bool EdgeSession::send(const pipeline::CommandAnswer& answer, Clocks clocks) {
  if (state_ != State::kOnline) return false;
  publish(MessageType::kNdata, {}, ndata_payload(answer, next_seq(), clocks.now));
  return true;
}

// tck-id-operational-behavior-edge-node-intentional-disconnect-ndeath: MQTT 5 asks the broker for
// the will, 3.1.1 publishes the death itself.
void EdgeSession::leave(Clocks clocks) {
  const bool is_born = was_told_connected_;
  const bool is_v5 = config_.mqtt.version == net::MqttVersion::k5;
  if (is_born && !is_v5) publish(MessageType::kNdeath, {}, ndeath_payload(bd_seq_, clocks.now));
  state_ = State::kLeaving;
  actions_.emplace_back(
      Disconnect{is_born && is_v5 ? net::Farewell::kWithWill : net::Farewell::kPlain});
}

void EdgeSession::ended(const net::MqttEnd& end) {
  is_bd_seq_used_ = is_bd_seq_used_ || end.was_connect_sent;
  if (!end.was_connected) next_server();
  state_ = State::kOffline;
  rebirth_due_.reset();
  if (std::exchange(was_told_connected_, false)) actions_.emplace_back(TellDisconnected{});
}

void EdgeSession::next_server() { server_ = (server_ + 1) % servers_.size(); }

void EdgeSession::tick(Clocks clocks) {
  if (rebirth_due_ && clocks.monotonic >= *rebirth_due_) request_rebirth(clocks);
  const bool is_patient =
      servers_.size() == 1 || clocks.monotonic - awaiting_since_ < config_.host_patience;
  if (state_ == State::kAwaitingHost && !is_patient) {
    leave(clocks);
    next_server();
  }
}

std::vector<EdgeAction> EdgeSession::take_actions() { return std::exchange(actions_, {}); }

}  // namespace millrace::connector::sparkplug
