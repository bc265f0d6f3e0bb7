#include "connector/sparkplug/host_session.h"

#include <algorithm>

#include "base/log.h"
#include "codec/inflate.h"
#include "connector/sparkplug/edge_wire.h"
#include "model/name.h"

namespace millrace::connector::sparkplug {
namespace {

using codec::delivery::HelloBody;
using codec::sparkplug::MessageType;
using codec::sparkplug::Metric;

constexpr std::size_t kHeldMessagesMax = 128;        // of one node: half the circle of seq
constexpr base::Duration kBirthPatience{1'000'000};  // after our birth, before nodes are asked

std::optional<HelloBody> hello_in(const codec::sparkplug::Payload& payload) {
  if (!payload.body) return std::nullopt;
  auto body = codec::delivery::decode(*payload.body);
  if (!body || !std::holds_alternative<HelloBody>(*body)) return std::nullopt;
  return std::get<HelloBody>(*body);
}

}  // namespace

HostSession::HostSession(HostConfig config, std::string group, std::vector<Server> servers,
                         Deps deps)
    : config_(std::move(config)),
      servers_(std::move(servers)),
      group_(std::move(group)),
      host_id_(host_id(group_)),
      actions_(deps.actions),
      counters_(deps.counters),
      names_(deps.names),
      limits_(deps.limits) {}

HostSession::~HostSession() = default;

net::MqttMessage HostSession::state_message(bool is_online, std::uint64_t timestamp_ms) const {
  const Topic topic{MessageType::kState, {}, host_id_, {}};
  return {to_text(topic), to_text(codec::sparkplug::HostState{is_online, timestamp_ms}),
          net::Qos::kAtLeastOnce, net::Retain::kYes};
}

// tck-id-host-topic-phid-death-payload-timestamp-connect: will and birth carry one timestamp.
net::MqttDial HostSession::dial(Clocks clocks) {
  state_timestamp_ms_ = to_milliseconds(clocks.now);
  is_stated_ = false;
  return {.host = servers_[server_].host,
          .port = servers_[server_].port,
          .will = state_message(false, state_timestamp_ms_)};
}

void HostSession::connected() {
  actions_.subscribe(
      {to_text(Topic{MessageType::kState, {}, host_id_, {}}), std::format("spBv1.0/{}/#", group_)});
}

void HostSession::subscribed(bool is_granted, Clocks clocks) {
  if (!is_granted) {
    base::log::error("sparkplug: the broker refuses the subscriptions of host {}", host_id_);
    actions_.disconnect();
    return;
  }
  actions_.publish(state_message(true, state_timestamp_ms_));
  is_stated_ = true;
  // Nodes that wait for us are born by themselves; who is silent is asked.
  for (auto& [key, node] : nodes_) {
    if (node.is_online) continue;
    node.rebirth.not_before = clocks.monotonic + kBirthPatience;
    node.rebirth.unanswered = 0;
    want_rebirth(node, clocks);
  }
}

void HostSession::leave(Clocks clocks) {
  if (!is_stated_) return;
  is_stated_ = false;
  actions_.publish(state_message(false, to_milliseconds(clocks.now)));
}

void HostSession::ended(const net::MqttEnd& end, Clocks clocks) {
  is_stated_ = false;
  if (!end.was_connected) server_ = (server_ + 1) % servers_.size();
  for (auto& [key, node] : nodes_) go_offline(node, clocks.now);
}

void HostSession::note_state(const Message& message) {
  if (message.topic.node != host_id_) return;
  const auto state = codec::sparkplug::parse_host_state(message.raw_payload);
  if (!state) counters_.malformed.add();
  // An old will, or somebody else: say again that we are here (§5.4.2, message-flow-hid).
  if (state && !state->is_online && is_stated_) {
    actions_.publish(state_message(true, state_timestamp_ms_));
  }
}

bool HostSession::decode(std::string_view bytes) {
  const auto result = codec::sparkplug::decode(bytes, payload_);
  if (result && payload_.uuid == codec::sparkplug::kCompressedUuid) return unpack();
  if (result) return true;
  const bool is_large = result.error().code == base::ErrorCode::kTooLarge;
  (is_large ? counters_.too_large : counters_.malformed).add();
  return false;
}

// A convention outside the standard: the body is another payload, packed.
bool HostSession::unpack() {
  auto plain = codec::inflate(payload_.body.value_or(""), codec::sparkplug::kMessageBytesMax);
  if (plain) {
    unpacked_ = std::move(*plain);
    if (codec::sparkplug::decode(unpacked_, payload_)) return true;
  }
  const bool is_large = !plain && plain.error().code == base::ErrorCode::kTooLarge;
  (is_large ? counters_.too_large : counters_.malformed).add();
  return false;
}

HostNode* HostSession::node_of(const Topic& topic) {
  std::string key = std::format("{}/{}", topic.group, topic.node);
  const auto known = nodes_.find(key);
  if (known != nodes_.end()) return &known->second;
  if (!limits_.may_add_node()) return nullptr;
  HostNode node{std::string(topic.group), std::string(topic.node)};
  return &nodes_.emplace(std::move(key), std::move(node)).first->second;
}

void HostSession::received(std::string_view raw_topic, std::string_view raw_payload,
                           Clocks clocks) {
  counters_.messages.add();
  const auto topic = codec::sparkplug::parse_topic(raw_topic);
  if (!topic) return counters_.malformed.add();
  const Message message{*topic, raw_topic, raw_payload, clocks};
  if (topic->type == MessageType::kState) return note_state(message);
  if (topic->type == MessageType::kNcmd || topic->type == MessageType::kDcmd) return;
  if (!decode(raw_payload)) return;
  HostNode* node = node_of(*topic);
  if (node == nullptr) return counters_.unknown_node.add();
  if (topic->type == MessageType::kNbirth) return take_nbirth(*node, message);
  if (topic->type == MessageType::kNdeath) return take_ndeath(*node, message);
  if (node->is_online) return take_in_order(*node, message);
  counters_.unknown_node.add();
  want_rebirth(*node, clocks);
}

void HostSession::take_nbirth(HostNode& node, const Message& message) {
  const auto hello = hello_in(payload_);
  const bool is_edge = hello && model::is_name(node.node());
  if (is_edge && !names_.enter_edge(node.group(), node.node())) return counters_.taken_name.add();
  node.begin(payload_, is_edge ? hello : std::nullopt, names_);
  if (!offer_up(node, is_edge ? hello : std::nullopt, message.clocks.now)) {
    // The hub must hear of the node before its batches: ask again when there is room.
    if (is_edge) names_.leave_edge(node.group(), node.node());
    set_online(node, false);
    return want_rebirth(node, message.clocks);
  }
  set_online(node, true);
  const BornDevice* device =
      node.bear({}, payload_, names_, config_.metrics_per_node_max, counters_);
  if (device == nullptr || node.is_millrace()) return;
  offer_thing(node, *device);
  take_values(node, *device, message.clocks.now, true);
}

bool HostSession::offer_up(HostNode& node, std::optional<HelloBody> hello, base::Time received) {
  pipeline::OriginUp up{.origin = node.origin(),
                        .site = node.site(),
                        .group = node.group(),
                        .node = node.node(),
                        .kind = node.is_millrace() ? pipeline::OriginKind::kMillrace
                                                   : pipeline::OriginKind::kThirdParty,
                        .hello = std::nullopt,
                        .received = received};
  if (hello) up.hello = {hello->epoch, hello->oldest, hello->next, hello->now};
  if (actions_.offer(std::move(up))) return true;
  counters_.queue_full.add();
  return false;
}

// tck-id-operational-behavior-host-application-death: a death of an earlier session says nothing.
void HostSession::take_ndeath(HostNode& node, const Message& message) {
  const auto bd_seq = std::ranges::find(payload_.metrics, kBdSeq, &Metric::name);
  const bool is_of_session =
      bd_seq == payload_.metrics.end() || !node.bd_seq || bd_seq->value.bits == *node.bd_seq;
  if (!node.is_online) node.rebirth.is_wanted = false;  // nobody is there to ask
  if (!node.is_online || !is_of_session) return counters_.ignored_deaths.add();
  go_offline(node, message.clocks.now);
}

void HostSession::let_go(const std::string& node, Clocks clocks) {
  const auto known = nodes_.find(std::format("{}/{}", group_, node));
  if (known != nodes_.end()) go_offline(known->second, clocks.now);
}

void HostSession::go_offline(HostNode& node, base::Time now) {
  if (!node.is_online) return;
  set_online(node, false);
  node.held.clear();
  node.rebirth.is_wanted = false;
  if (node.is_millrace()) names_.leave_edge(node.group(), node.node());
  pipeline::OriginDown down{node.origin(), now};
  if (!actions_.offer(down)) deaths_.emplace_back(std::move(down));
}

// Messages of third-party nodes are taken in the order of their seq; what comes too early waits.
void HostSession::take_in_order(HostNode& node, const Message& message) {
  const auto seq = static_cast<std::uint8_t>(payload_.seq.value_or(node.next_seq));
  const auto ahead = static_cast<std::uint8_t>(seq - node.next_seq);
  if (ahead != 0) counters_.out_of_order.add();
  if (ahead != 0 && ahead < kHeldMessagesMax && !node.is_millrace()) {
    if (node.held.empty()) node.gap_since = message.clocks.monotonic;
    node.held[seq] = {std::string(message.raw_topic), std::string(message.raw_payload),
                      message.clocks.now};
    return;
  }
  if (ahead < kHeldMessagesMax) node.next_seq = static_cast<std::uint8_t>(seq + 1);
  take(node, message);
  release_held(node, message.clocks);
}

void HostSession::release_held(HostNode& node, Clocks clocks) {
  while (node.is_online && !node.held.empty()) {
    const auto next = node.held.find(node.next_seq);
    if (next == node.held.end()) return;
    const HeldMessage held = std::move(next->second);
    node.held.erase(next);
    ++node.next_seq;
    node.gap_since = clocks.monotonic;
    const auto topic = codec::sparkplug::parse_topic(held.topic);
    if (topic && decode(held.payload)) {
      take(node, {*topic, held.topic, held.payload, {held.received, clocks.monotonic}});
    }
  }
}

// tck-id-operational-behavior-host-reordering-rebirth: the missing one does not come any more. What
// waited is data all the same, and births tell what was missed.
void HostSession::give_up_gap(HostNode& node, Clocks clocks) {
  while (node.is_online && !node.held.empty()) {
    const auto nearest = std::ranges::min_element(node.held, {}, [&](const auto& one) {
      return static_cast<std::uint8_t>(one.first - node.next_seq);
    });
    node.next_seq = nearest->first;
    release_held(node, clocks);
  }
  want_rebirth(node, clocks);
}

void HostSession::take(HostNode& node, const Message& message) {
  switch (message.topic.type) {
    case MessageType::kDbirth:
      return take_dbirth(node, message);
    case MessageType::kDdeath:
      return take_ddeath(node, message);
    case MessageType::kNdata:
    case MessageType::kDdata:
      return take_data(node, message);
    default:
      return;
  }
}

void HostSession::take_dbirth(HostNode& node, const Message& message) {
  const BornDevice* device =
      node.bear(message.topic.device, payload_, names_, config_.metrics_per_node_max, counters_);
  if (device == nullptr) return counters_.malformed.add();
  offer_thing(node, *device);
  if (!node.is_millrace()) take_values(node, *device, message.clocks.now, true);
}

void HostSession::take_ddeath(HostNode& node, const Message& message) {
  BornDevice* device = node.find(message.topic.device);
  if (device == nullptr) return;
  device->is_alive = false;
  const auto ms = payload_.timestamp_ms.value_or(to_milliseconds(message.clocks.now));
  constexpr std::uint64_t kYear9999 = 253'402'300'799'999;
  const base::Time time{std::chrono::milliseconds(std::min(ms, kYear9999))};
  offer_or_count(pipeline::ThingDown{node.origin(), device->thing, time, message.clocks.now});
}

void HostSession::take_data(HostNode& node, const Message& message) {
  BornDevice* device = node.find(message.topic.device);
  if (device == nullptr) {
    counters_.unknown_metric.add();
    return want_rebirth(node, message.clocks);
  }
  if (!node.resolve(*device, payload_, known_, counters_)) {
    want_rebirth(node, message.clocks);
    // A batch without one of its samples is no batch: the edge sends it again.
    if (node.is_millrace() && is_of_device(message.topic.type)) return;
  }
  if (node.is_millrace()) return take_body(node, *device, message);
  take_values(node, *device, message.clocks.now, false);
}

void HostSession::take_body(HostNode& node, BornDevice& device, const Message& message) {
  const base::Time received = message.clocks.now;
  if (!payload_.body) return counters_.no_position.add();  // it comes again, with its position
  const auto body = codec::delivery::decode(*payload_.body);
  if (!body) return counters_.malformed.add();
  if (const auto* batch = std::get_if<codec::delivery::BatchBody>(&*body)) {
    auto read = read_spooled_batch(device, known_, *batch);
    if (!read) return counters_.malformed.add();
    const bool is_historical = !known_.empty() && known_.front().metric->is_historical;
    return offer_or_count(
        pipeline::BatchArrived{.origin = node.origin(),
                               .site = node.site(),
                               .position = pipeline::Position{batch->epoch, batch->sequence},
                               .is_historical = is_historical,
                               .batch = std::move(*read),
                               .received = received});
  }
  if (const auto* lost = std::get_if<codec::delivery::TombstoneBody>(&*body)) {
    return offer_or_count(pipeline::BatchesLost{
        node.origin(), lost->epoch, lost->range, lost->samples, lost->time_from, lost->time_to,
        lost->reason, received, lost->thing, lost->property});
  }
  if (const auto* status = std::get_if<codec::delivery::StatusBody>(&*body)) {
    return offer_or_count(pipeline::OriginStatus{node.origin(), status->spool_batches,
                                                 status->spool_bytes, status->evicted_batches,
                                                 status->now, received});
  }
  if (const auto* answer = std::get_if<codec::delivery::CommandAnswerBody>(&*body)) {
    return actions_.answered(node.origin(), to_answer(*answer));
  }
  if (const auto* hello = std::get_if<HelloBody>(&*body)) offer_up(node, *hello, received);
}

void HostSession::take_values(HostNode& node, const BornDevice& device, base::Time received,
                              bool is_birth) {
  if (is_birth && !node.resolve(device, payload_, known_, counters_)) {
    // What a birth lists and we refuse was counted there.
  }
  ValueFaults faults;
  for (ReadBatch& read : read_batches(device, known_, {payload_.timestamp_ms, received}, faults)) {
    pipeline::BatchArrived arrived{.origin = node.origin(),
                                   .site = node.site(),
                                   .position = std::nullopt,
                                   .is_historical = read.is_historical,
                                   .is_birth = is_birth,
                                   .batch = std::move(read.batch),
                                   .received = received};
    offer_or_count(std::move(arrived));
  }
  count_faults(faults);
}

void HostSession::offer_thing(const HostNode& node, const BornDevice& device) {
  pipeline::ThingUp up{.origin = node.origin(), .thing = device.thing, .properties = {}};
  for (const BornMetric& metric : device.metrics) {
    if (!metric.type) continue;
    up.properties.push_back({metric.property, *metric.type, metric.title,
                             node.is_millrace() ? std::string() : metric.name});
  }
  offer_or_count(std::move(up));
}

void HostSession::offer_or_count(pipeline::Inbound inbound) {
  if (!actions_.offer(std::move(inbound))) counters_.queue_full.add();
}

void HostSession::count_faults(const ValueFaults& faults) {
  const auto add = [](base::Counter& counter, std::uint64_t amount) {
    if (amount > 0) counter.add(static_cast<double>(amount));
  };
  add(counters_.wrong_type, faults.wrong_type);
  add(counters_.too_large, faults.too_large);
  add(counters_.no_time, faults.no_time);
  add(counters_.not_finite, faults.not_finite);
  add(counters_.transient, faults.transient);
}

void HostSession::set_online(HostNode& node, bool is_online) {
  if (node.is_online == is_online) return;
  node.is_online = is_online;
  counters_.nodes_online.set(limits_.count_online(is_online ? 1 : -1));
}

void HostSession::tick(Clocks clocks) {
  for (auto& [key, node] : nodes_) {
    const bool is_gap = !node.held.empty() && node.is_online;
    if (is_gap && clocks.monotonic - node.gap_since >= config_.reorder_timeout) {
      give_up_gap(node, clocks);
    }
  }
  send_rebirths(clocks);
  std::erase_if(deaths_, [&](const pipeline::Inbound& death) { return actions_.offer(death); });
}

}  // namespace millrace::connector::sparkplug
