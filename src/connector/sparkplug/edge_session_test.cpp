#include "connector/sparkplug/edge_session.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "codec/sparkplug.h"
#include "connector/sparkplug/edge_wire.h"
#include "pipeline/batcher.h"

namespace millrace::connector::sparkplug {
namespace {

using codec::sparkplug::Metric;
using codec::sparkplug::Payload;
using codec::sparkplug::WireValue;
using namespace std::chrono_literals;

// A payload together with the bytes that it views.
struct Sent {
  std::string topic;
  std::string bytes;
  net::Qos qos = net::Qos::kAtMostOnce;
  net::Retain retain = net::Retain::kNo;

  Payload payload() const {
    Payload result;
    EXPECT_TRUE(codec::sparkplug::decode(bytes, result)) << topic;
    return result;
  }
};

EdgeNodeConfig config(std::string primary_host = "none",
                      net::MqttVersion version = net::MqttVersion::k5) {
  EdgeNodeConfig result;
  result.group = "site";
  result.node = "edge";
  result.primary_host = std::move(primary_host);
  result.mqtt.version = version;
  return result;
}

std::vector<pipeline::OutboundProperty> properties() {
  return {{"pump", "flow", "Flow", model::ValueType::kF64, "m3/h"},
          {"pump", "on", "On", model::ValueType::kBool, ""},
          {"fan", "flow", "Flow", model::ValueType::kF64, "m3/h"}};
}

pipeline::SpoolHello hello() {
  return {.epoch = {}, .oldest = model::Sequence(1), .next = model::Sequence(5), .now = {}};
}

model::Batch batch(std::string thing, std::vector<model::BatchProperty> of) {
  model::Batch result{.thing = std::move(thing), .made = {}, .properties = std::move(of)};
  for (std::uint16_t i = 0; i < result.properties.size(); ++i) {
    result.samples.push_back({i, {base::Time(1'700'000'000'123'456us), 1.5, {}}});
  }
  return result;
}

class EdgeSessionTest : public ::testing::Test {
 protected:
  void make(EdgeNodeConfig with, std::optional<std::uint8_t> last_bd_seq = std::nullopt,
            std::vector<Server> servers = {{"a", 1}}) {
    session_.emplace(std::move(with), std::move(servers), last_bd_seq);
    session_->set_properties(properties());
  }
  void SetUp() override { make(config()); }

  EdgeSession::Clocks clocks() const { return {now_, monotonic_}; }
  void advance(base::Duration by) {
    now_ += by;
    monotonic_ += by;
  }

  // Takes what is to be done; counts what is told; answers AskHello.
  void step() {
    for (EdgeAction& action : session_->take_actions()) {
      if (auto* publish = std::get_if<Publish>(&action)) {
        auto& m = publish->message;
        sent_.push_back({m.topic, m.payload, m.qos, m.retain});
      }
      if (auto* subscribe = std::get_if<Subscribe>(&action)) filters_ = subscribe->filters;
      if (auto* disconnect = std::get_if<Disconnect>(&action)) farewell_ = disconnect->farewell;
      if (auto* ack = std::get_if<pipeline::Acknowledgement>(&action)) acks_.push_back(*ack);
      connects_ += std::holds_alternative<TellConnected>(action) ? 1 : 0;
      disconnects_ += std::holds_alternative<TellDisconnected>(action) ? 1 : 0;
      if (std::holds_alternative<AskHello>(action)) {
        session_->birth(hello(), clocks());
        step();
      }
    }
  }
  void connect() {
    will_ = session_->dial(clocks()).will;
    session_->connected();
    step();
    session_->subscribed(true, clocks());
    step();
  }
  void lose() {
    session_->ended({.why = {}, .was_connected = true, .was_connect_sent = true});
    step();
  }
  void host_says(bool is_online, std::uint64_t timestamp, std::string host = "hub") {
    session_->received(std::format("spBv1.0/STATE/{}", host),
                       to_text(codec::sparkplug::HostState{is_online, timestamp}), clocks());
    step();
  }
  void command(const Metric& metric) {
    Payload payload;
    payload.metrics.push_back(metric);
    std::string bytes;
    codec::sparkplug::encode(payload, bytes);
    session_->received("spBv1.0/site/NCMD/edge", bytes, clocks());
    step();
  }
  void request_rebirth() {
    Metric metric;
    metric.name = kRebirth;
    metric.value = WireValue::of_bool(true);
    command(metric);
  }
  std::vector<std::string> topics() const {
    std::vector<std::string> result;
    for (const Sent& one : sent_) result.push_back(one.topic);
    return result;
  }
  std::uint64_t will_bd_seq() const {
    return Sent{will_->topic, will_->payload}.payload().metrics.at(0).value.bits;
  }
  std::uint64_t birth_bd_seq() const { return sent_.at(0).payload().metrics.at(0).value.bits; }
  bool send(const model::Batch& what, bool is_historical = false) {
    const auto result =
        session_->send(pipeline::Position{{}, model::Sequence(1)}, what, is_historical, clocks());
    step();
    return result == pipeline::Sending::kSent;
  }

  base::Time now_{1'700'000'000s};
  base::MonotonicTime monotonic_{1h};
  std::optional<EdgeSession> session_;
  std::optional<net::MqttMessage> will_;
  std::vector<Sent> sent_;
  std::vector<std::string> filters_;
  std::vector<pipeline::Acknowledgement> acks_;
  std::optional<net::Farewell> farewell_;
  int connects_ = 0;
  int disconnects_ = 0;
};

TEST_F(EdgeSessionTest, tck_id_message_flow_edge_node_birth_publish_will_message) {
  connect();
  EXPECT_EQ(will_->topic, "spBv1.0/site/NDEATH/edge");
  EXPECT_EQ(will_->qos, net::Qos::kAtLeastOnce);
  EXPECT_EQ(will_->retain, net::Retain::kNo);
  const Sent death{will_->topic, will_->payload};
  EXPECT_EQ(death.payload().seq, std::nullopt);  // tck-id-payloads-ndeath-seq
  ASSERT_EQ(death.payload().metrics.size(), 1U);
  EXPECT_EQ(death.payload().metrics[0].name, "bdSeq");
}

TEST_F(EdgeSessionTest, tck_id_message_flow_edge_node_ncmd_subscribe) {
  session_->dial(clocks());
  session_->connected();
  step();
  EXPECT_EQ(filters_,
            (std::vector<std::string>{"spBv1.0/site/NCMD/edge", "spBv1.0/site/DCMD/edge/#"}));
  EXPECT_TRUE(sent_.empty());  // nothing before the subscriptions are granted
}

TEST_F(EdgeSessionTest, tck_id_payloads_nbirth_ComesFirstWithSeqZeroAndRebirthWithoutAlias) {
  connect();
  ASSERT_EQ(topics(),
            (std::vector<std::string>{"spBv1.0/site/NBIRTH/edge", "spBv1.0/site/DBIRTH/edge/pump",
                                      "spBv1.0/site/DBIRTH/edge/fan"}));
  EXPECT_EQ(sent_[0].payload().seq, 0U);
  EXPECT_EQ(sent_[1].payload().seq, 1U);
  EXPECT_EQ(sent_[2].payload().seq, 2U);
  for (const Sent& one : sent_) {
    EXPECT_EQ(one.qos, net::Qos::kAtMostOnce);
    EXPECT_EQ(one.retain, net::Retain::kNo);
    EXPECT_TRUE(one.payload().timestamp_ms);
  }
  bool has_rebirth = false;
  for (const Metric& metric : sent_[0].payload().metrics) {
    if (metric.name != kRebirth) continue;
    has_rebirth = true;
    EXPECT_EQ(metric.alias, std::nullopt);
    EXPECT_EQ(metric.datatype, codec::sparkplug::DataType::kBoolean);
    EXPECT_EQ(metric.value, WireValue::of_bool(false));
  }
  EXPECT_TRUE(has_rebirth);
  EXPECT_EQ(connects_, 1);
}

TEST_F(EdgeSessionTest, tck_id_topics_nbirth_bdseq_increment) {
  connect();
  EXPECT_EQ(will_bd_seq(), 0U);
  EXPECT_EQ(birth_bd_seq(), 0U);
  lose();
  sent_.clear();
  connect();
  EXPECT_EQ(will_bd_seq(), 1U);
  EXPECT_EQ(birth_bd_seq(), 1U);  // tck-id-topics-nbirth-bdseq-matching
}

TEST_F(EdgeSessionTest, BdSeqWrapsAfter255AndGoesOnAfterARestart) {
  make(config(), 254);
  connect();
  EXPECT_EQ(will_bd_seq(), 255U);
  lose();
  connect();
  EXPECT_EQ(will_bd_seq(), 0U);
}

TEST_F(EdgeSessionTest, ADialThatNeverReachedTheBrokerDoesNotUseBdSeqUp) {
  session_->dial(clocks());
  session_->ended({.why = {}, .was_connected = false, .was_connect_sent = false});
  connect();
  EXPECT_EQ(will_bd_seq(), 0U);
  lose();
  session_->dial(clocks());
  session_->ended({.why = {}, .was_connected = false, .was_connect_sent = true});
  connect();
  EXPECT_EQ(will_bd_seq(), 2U);
}

TEST_F(EdgeSessionTest, tck_id_payloads_alias_uniqueness_OverTheWholeNode) {
  connect();
  std::set<std::uint64_t> aliases;
  for (const Sent& one : sent_) {
    const Payload payload = one.payload();
    for (const Metric& metric : payload.metrics) {
      EXPECT_FALSE(metric.name.empty());  // tck-id-payloads-alias-birth-requirement
      EXPECT_TRUE(metric.datatype);
      EXPECT_TRUE(metric.timestamp_ms);
      if (metric.alias) {
        EXPECT_TRUE(aliases.insert(*metric.alias).second) << metric.name;
      }
    }
  }
  EXPECT_GE(aliases.size(), 3U);
}

TEST_F(EdgeSessionTest, tck_id_payloads_alias_data_cmd_requirement_DataHasAliasAndNoName) {
  connect();
  sent_.clear();
  ASSERT_TRUE(send(batch("pump", {{"flow", model::ValueType::kF64, "m3/h"}})));
  ASSERT_EQ(topics(), std::vector<std::string>{"spBv1.0/site/DDATA/edge/pump"});
  const Payload payload = sent_[0].payload();
  EXPECT_EQ(payload.seq, 3U);
  ASSERT_EQ(payload.metrics.size(), 1U);
  EXPECT_TRUE(payload.metrics[0].name.empty());
  EXPECT_TRUE(payload.metrics[0].alias);
  EXPECT_EQ(payload.metrics[0].datatype, std::nullopt);
  EXPECT_EQ(payload.metrics[0].timestamp_ms, 1'700'000'000'123U);
  EXPECT_FALSE(payload.metrics[0].is_historical);
}

TEST_F(EdgeSessionTest, tck_id_payloads_sequence_num_incrementing_WrapsAt255) {
  connect();
  sent_.clear();
  for (int i = 0; i < 300; ++i) {
    ASSERT_TRUE(send(batch("pump", {{"flow", model::ValueType::kF64, "m3/h"}})));
    EXPECT_EQ(sent_.back().payload().seq, static_cast<std::uint64_t>(3 + i) % 256);
  }
}

TEST_F(EdgeSessionTest, TheBacklogIsMarkedHistorical) {
  connect();
  sent_.clear();
  ASSERT_TRUE(send(batch("pump", {{"flow", model::ValueType::kF64, "m3/h"}}), true));
  EXPECT_TRUE(sent_[0].payload().metrics[0].is_historical);
}

TEST_F(EdgeSessionTest, APropertyThatWasNotBornIsBornFirst) {
  connect();
  sent_.clear();
  ASSERT_TRUE(send(batch("pump", {{"heat", model::ValueType::kF64, "K"}})));
  ASSERT_EQ(topics(), (std::vector<std::string>{"spBv1.0/site/DBIRTH/edge/pump",
                                                "spBv1.0/site/DDATA/edge/pump"}));
  EXPECT_EQ(sent_[0].payload().metrics.size(), 3U);
  EXPECT_EQ(sent_[0].payload().seq, 3U);
  EXPECT_EQ(sent_[1].payload().seq, 4U);
}

TEST_F(EdgeSessionTest, APropertyUnderAnotherUnitIsAMetricOfItsOwn) {
  connect();
  sent_.clear();
  ASSERT_TRUE(send(batch("pump", {{"flow", model::ValueType::kF64, "l/s"}}), true));
  const Payload birth = sent_[0].payload();
  EXPECT_EQ(birth.metrics.back().name, "flow~2");
  EXPECT_EQ(birth.metrics.back().unit, "l/s");
}

TEST_F(EdgeSessionTest, OtherPropertiesAreBornAtOnceWithTheValuesThatAreKnown) {
  connect();
  ASSERT_TRUE(send(batch("pump", {{"flow", model::ValueType::kF64, "m3/h"}})));
  sent_.clear();
  session_->set_properties({{"fan", "speed", "Speed", model::ValueType::kF64, "1/min"},
                            {"pump", "flow", "Flow", model::ValueType::kF64, "m3/h"}});
  session_->announce();
  step();
  ASSERT_EQ(topics(),
            (std::vector<std::string>{"spBv1.0/site/NBIRTH/edge", "spBv1.0/site/DBIRTH/edge/fan",
                                      "spBv1.0/site/DBIRTH/edge/pump"}));
  const auto fan = sent_[1].payload(), pump = sent_[2].payload();
  ASSERT_EQ(pump.metrics.size(), 1U) << "on is not published any more";
  EXPECT_EQ(pump.metrics[0].value.as_double(), 1.5);
  ASSERT_EQ(fan.metrics.size(), 1U);
  EXPECT_TRUE(fan.metrics[0].is_null);
  EXPECT_EQ(connects_, 2);
  EXPECT_TRUE(send(batch("pump", {{"flow", model::ValueType::kF64, "m3/h"}})));
}

TEST_F(EdgeSessionTest, tck_id_operational_behavior_data_commands_rebirth_action) {
  connect();
  ASSERT_TRUE(send(batch("pump", {{"flow", model::ValueType::kF64, "m3/h"}})));
  sent_.clear();
  request_rebirth();
  ASSERT_EQ(topics(),
            (std::vector<std::string>{"spBv1.0/site/NBIRTH/edge", "spBv1.0/site/DBIRTH/edge/pump",
                                      "spBv1.0/site/DBIRTH/edge/fan"}));
  EXPECT_EQ(sent_[0].payload().seq, 0U);
  EXPECT_EQ(birth_bd_seq(), 0U);  // of the present CONNECT
  // Births carry the newest live value.
  EXPECT_EQ(sent_[1].payload().metrics[0].value, WireValue::of_double(1.5));
  EXPECT_TRUE(sent_[1].payload().metrics[1].is_null);
}

TEST_F(EdgeSessionTest, AStormOfRebirthRequestsIsAnsweredOnceAnInterval) {
  connect();
  sent_.clear();
  for (int i = 0; i < 50; ++i) request_rebirth();
  EXPECT_EQ(sent_.size(), 3U);
  advance(6s);
  session_->tick(clocks());
  step();
  EXPECT_EQ(sent_.size(), 6U);
  advance(60s);
  session_->tick(clocks());
  step();
  EXPECT_EQ(sent_.size(), 6U);
}

TEST_F(EdgeSessionTest, DataStopsWhileTheBirthsWaitForTheHello) {
  connect();
  session_->announce();
  EXPECT_EQ(
      session_->send(pipeline::Position{{}, model::Sequence(1)},
                     batch("pump", {{"flow", model::ValueType::kF64, "m3/h"}}), false, clocks()),
      pipeline::Sending::kNotNow);
  step();
  EXPECT_TRUE(send(batch("pump", {{"flow", model::ValueType::kF64, "m3/h"}})));
}

TEST_F(EdgeSessionTest, tck_id_message_flow_edge_node_birth_publish_phid_wait) {
  make(config("hub"));
  connect();
  EXPECT_EQ(filters_.back(), "spBv1.0/STATE/hub");
  EXPECT_TRUE(sent_.empty());
  host_says(true, 100, "another");  // phid-wait-id
  EXPECT_TRUE(sent_.empty());
  host_says(false, 100);  // phid-wait-online
  EXPECT_TRUE(sent_.empty());
  host_says(true, 50);  // phid-wait-timestamp
  EXPECT_TRUE(sent_.empty());
  host_says(true, 100);
  EXPECT_EQ(sent_.size(), 3U);
}

TEST_F(EdgeSessionTest, tck_id_message_flow_edge_node_birth_publish_phid_offline) {
  make(config("hub"));
  connect();
  host_says(true, 100);
  host_says(false, 99);  // older than its birth: ignored
  EXPECT_FALSE(farewell_);
  EXPECT_TRUE(session_->is_online());
  host_says(false, 100);
  EXPECT_EQ(farewell_, net::Farewell::kWithWill);
  EXPECT_FALSE(session_->is_online());
  lose();
  EXPECT_EQ(disconnects_, 1);
  sent_.clear();
  connect();
  EXPECT_TRUE(sent_.empty());  // waits for the host again
}

TEST_F(EdgeSessionTest, AnOfflineHostSendsTheNodeToTheNextServer) {
  make(config("hub"), std::nullopt, {{"a", 1}, {"b", 2}});
  EXPECT_EQ(session_->dial(clocks()).host, "a");
  session_->connected();
  session_->subscribed(true, clocks());
  step();
  advance(31s);
  session_->tick(clocks());
  step();
  EXPECT_TRUE(farewell_);
  lose();
  EXPECT_EQ(session_->dial(clocks()).host, "b");
  session_->ended({.why = {}, .was_connected = false, .was_connect_sent = false});
  EXPECT_EQ(session_->dial(clocks()).host, "a");
}

TEST_F(EdgeSessionTest, tck_id_operational_behavior_edge_node_intentional_disconnect_ndeath) {
  make(config("none", net::MqttVersion::k311));
  connect();
  sent_.clear();
  session_->leave(clocks());
  step();
  ASSERT_EQ(topics(), std::vector<std::string>{"spBv1.0/site/NDEATH/edge"});
  EXPECT_EQ(sent_[0].payload().metrics[0].value, WireValue::of_long(0));
  EXPECT_EQ(farewell_, net::Farewell::kPlain);
}

TEST_F(EdgeSessionTest, AnAcknowledgementIsHandedUp) {
  connect();
  pipeline::Acknowledgement ack;
  ack.session = 9;
  ack.number = 4;
  ack.committed.add({model::Sequence(1), model::Sequence(7)});
  const std::string body = codec::delivery::encode(codec::delivery::AcknowledgementBody{
      ack.epoch, ack.session, ack.number, ack.committed, 64, 1000});
  Payload payload;
  payload.body = body;
  std::string bytes;
  codec::sparkplug::encode(payload, bytes);
  EXPECT_TRUE(session_->received("spBv1.0/site/NCMD/edge", bytes, clocks()));
  step();
  ASSERT_EQ(acks_.size(), 1U);
  EXPECT_EQ(acks_[0].committed, ack.committed);
  EXPECT_EQ(acks_[0].session, 9U);
  EXPECT_EQ(acks_[0].number, 4U);
  EXPECT_EQ(acks_[0].window_bytes, 1000U);
}

TEST_F(EdgeSessionTest, RubbishOnItsTopicsIsRefusedAndDoesNoHarm) {
  connect();
  EXPECT_FALSE(session_->received("spBv1.0/site/NCMD/edge", "\xFF\xFF\xFF", clocks()));
  EXPECT_FALSE(session_->received("spBv1.0/site/DCMD/edge/pump", "", clocks()));
  EXPECT_FALSE(session_->received("something/else", "x", clocks()));
  EXPECT_TRUE(session_->is_online());
}

TEST_F(EdgeSessionTest, RefusedSubscriptionsEndTheConnection) {
  session_->dial(clocks());
  session_->connected();
  session_->subscribed(false, clocks());
  step();
  EXPECT_TRUE(farewell_);
  EXPECT_TRUE(sent_.empty());
}

TEST_F(EdgeSessionTest, NothingIsSentOffline) {
  EXPECT_FALSE(send(batch("pump", {})));
  connect();
  lose();
  EXPECT_FALSE(send(batch("pump", {})));
  EXPECT_FALSE(session_->send(pipeline::OriginStatus{}, clocks()));
}

TEST_F(EdgeSessionTest, WithoutAPositionABatchIsPlainSparkplug) {
  connect();
  sent_.clear();
  const model::Batch what = batch("pump", {{"flow", model::ValueType::kF64, "m3/h"}});
  EXPECT_EQ(session_->send(std::nullopt, what, false, clocks()), pipeline::Sending::kSent);
  step();
  ASSERT_EQ(topics(), std::vector<std::string>{"spBv1.0/site/DDATA/edge/pump"});
  const Payload payload = sent_[0].payload();
  EXPECT_FALSE(payload.body);
  ASSERT_EQ(payload.metrics.size(), 1U);
  EXPECT_FALSE(payload.metrics[0].is_historical);
  EXPECT_EQ(payload.metrics[0].timestamp_ms, 1'700'000'000'123U);
}

TEST_F(EdgeSessionTest, ABatchLargerThanAMessageIsRefusedAndCostsNoSeq) {
  EdgeNodeConfig small = config();
  small.mqtt.message_bytes_max = 1 << 16;
  make(small);
  connect();
  sent_.clear();
  model::Batch large{
      .thing = "pump", .made = {}, .properties = {{"text", model::ValueType::kText, ""}}};
  large.samples.push_back({0, {base::Time(1s), std::string(1 << 16, 'x'), {}}});
  EXPECT_EQ(session_->send(pipeline::Position{}, large, false, clocks()),
            pipeline::Sending::kTooLarge);
  EXPECT_TRUE(send(batch("pump", {{"flow", model::ValueType::kF64, "m3/h"}})));
  ASSERT_EQ(sent_.size(), 2U);  // the device with its new metric, then the batch
  EXPECT_EQ(*sent_[1].payload().seq, *sent_[0].payload().seq + 1);
}

// What the batcher lets through always fits where the broker takes messages of the standard size.
static_assert(pipeline::Batcher::Limits{}.bytes_max + model::kValueBytesMax +
                  model::kBatchSamplesMax * 256 + (1U << 20) <=
              codec::sparkplug::kMessageBytesMax);

TEST_F(EdgeSessionTest, BirthsListTitlesAndLeaveOutValuesThatAreTooLargeTogether) {
  connect();
  model::Batch what{.thing = "pump", .made = {}, .properties = {}};
  for (std::uint16_t i = 0; i < 3; ++i) {
    what.properties.push_back({std::format("picture{}", i), model::ValueType::kText, ""});
    what.samples.push_back({i, {base::Time(1s), std::string(1 << 20, 'x'), {}}});
  }
  ASSERT_TRUE(send(what));
  sent_.clear();
  advance(10s);
  request_rebirth();
  const auto birth = std::ranges::find(sent_, "spBv1.0/site/DBIRTH/edge/pump", &Sent::topic);
  ASSERT_NE(birth, sent_.end());
  const Payload payload = birth->payload();
  EXPECT_EQ(payload.metrics[0].title, "Flow");
  EXPECT_EQ(std::ranges::count_if(
                payload.metrics,
                [](const Metric& one) { return one.name.starts_with("picture") && one.is_null; }),
            2);  // titles take room, too
}

}  // namespace
}  // namespace millrace::connector::sparkplug
