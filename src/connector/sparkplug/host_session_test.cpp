#include "connector/sparkplug/host_session.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "codec/inflate.h"
#include "codec/sparkplug_complex.h"
#include "connector/sparkplug/edge_wire.h"
#include "model/name.h"

namespace millrace::connector::sparkplug {
namespace {

using codec::sparkplug::DataType;
using codec::sparkplug::Metric;
using codec::sparkplug::Payload;
using codec::sparkplug::WireKind;
using codec::sparkplug::WireValue;
using model::Reason;
using namespace std::chrono_literals;

constexpr std::uint64_t kTime = 1'700'000'000'000;

Metric metric(std::string_view name, DataType type, WireValue value) {
  Metric result;
  result.name = name;
  result.datatype = type;
  result.timestamp_ms = kTime;
  result.value = value;
  return result;
}

Metric by_alias(std::uint64_t alias, WireValue value) {
  Metric result;
  result.alias = alias;
  result.timestamp_ms = kTime + 1;
  result.value = value;
  return result;
}

std::string message(std::vector<Metric> metrics, std::optional<std::uint64_t> seq,
                    std::string_view body = {}) {
  Payload payload;
  payload.timestamp_ms = kTime;
  payload.seq = seq;
  payload.metrics = std::move(metrics);
  if (!body.empty()) payload.body = body;
  std::string bytes;
  codec::sparkplug::encode(payload, bytes);
  return bytes;
}

class HostSessionTest : public ::testing::Test, public HostActions {
 protected:
  void SetUp() override { make({}); }
  void make(HostConfig config) {
    limits_.emplace(config.rebirths_per_second_max, config.nodes_max);
    names_.emplace(config.thing_names);
    session_.emplace(std::move(config), "default", std::vector<Server>{{"a", 1}},
                     HostSession::Deps{*this, *counters_, *names_, *limits_});
    will_ = session_->dial(clocks()).will;
    session_->connected();
    session_->subscribed(true, clocks());
  }

  void subscribe(std::vector<std::string> filters) override { filters_ = std::move(filters); }
  void publish(net::MqttMessage message) override { published_.push_back(std::move(message)); }
  void disconnect() override { ++disconnects_; }
  bool offer(pipeline::Inbound inbound) override {
    if (is_full_) return false;
    inbound_.push_back(std::move(inbound));
    return true;
  }

  HostSession::Clocks clocks() const { return {now_, monotonic_}; }
  void advance(base::Duration by) {
    now_ += by;
    monotonic_ += by;
    session_->tick(clocks());
  }
  void say(std::string_view topic, const std::string& payload) {
    session_->received(topic, payload, clocks());
  }
  void nbirth(std::uint64_t bd_seq = 0, DataType bd_seq_type = DataType::kInt64) {
    say("spBv1.0/Site A/NBIRTH/Node 1",
        message({metric("bdSeq", bd_seq_type, WireValue::of_long(bd_seq)),
                 metric("Node Control/Rebirth", DataType::kBoolean, WireValue::of_bool(false))},
                0));
  }
  void dbirth() {
    Metric flow = metric("Flow", DataType::kDouble, WireValue::of_double(1.5));
    flow.alias = 7;
    flow.unit = "m3/h";
    Metric count = metric("Count", DataType::kInt16, WireValue::of_int(0xFFFF));
    count.alias = 8;
    say("spBv1.0/Site A/DBIRTH/Node 1/Pump 1", message({flow, count}, 1));
  }
  void ddata(double value, std::optional<std::uint64_t> seq) {
    say("spBv1.0/Site A/DDATA/Node 1/Pump 1",
        message({by_alias(7, WireValue::of_double(value))}, seq));
  }
  template <class T>
  std::vector<T> of() const {
    std::vector<T> result;
    for (const auto& one : inbound_) {
      if (const auto* match = std::get_if<T>(&one)) result.push_back(*match);
    }
    return result;
  }
  std::vector<double> values() const {
    std::vector<double> result;
    for (const auto& arrived : of<pipeline::BatchArrived>()) {
      for (const auto& one : arrived.batch.samples) {
        if (arrived.is_birth) continue;
        const auto* number = std::get_if<double>(&one.sample.value);
        if (number != nullptr) result.push_back(*number);
      }
    }
    return result;
  }
  std::size_t rebirths() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        published_, [](const auto& one) { return one.topic.contains("/NCMD/"); }));
  }
  model::Sample only_sample() const {
    const auto arrived = of<pipeline::BatchArrived>();
    EXPECT_FALSE(arrived.empty());
    return arrived.empty() ? model::Sample{} : arrived.back().batch.samples.at(0).sample;
  }

  base::Time now_{1'700'000'001s};
  base::MonotonicTime monotonic_{1h};
  base::Metrics metrics_;
  std::optional<HostCounters> counters_{std::in_place, metrics_};
  std::optional<HostNames> names_;
  std::optional<HostLimits> limits_;
  std::optional<HostSession> session_;
  std::optional<net::MqttMessage> will_;
  std::vector<std::string> filters_;
  std::vector<net::MqttMessage> published_;
  std::vector<pipeline::Inbound> inbound_;
  int disconnects_ = 0;
  bool is_full_ = false;
};

TEST_F(HostSessionTest, tck_id_host_topic_phid_birth_and_death_payload_timestamp) {
  ASSERT_EQ(published_.size(), 1U);
  EXPECT_EQ(will_->topic, "spBv1.0/STATE/millrace-default");
  EXPECT_EQ(will_->payload, R"({"online":false,"timestamp":1700000001000})");
  EXPECT_EQ(published_[0].topic, will_->topic);
  EXPECT_EQ(published_[0].payload, R"({"online":true,"timestamp":1700000001000})");
  for (const auto& one : {*will_, published_[0]}) {
    EXPECT_EQ(one.qos, net::Qos::kAtLeastOnce);
    EXPECT_EQ(one.retain, net::Retain::kYes);
  }
  EXPECT_EQ(filters_,
            (std::vector<std::string>{"spBv1.0/STATE/millrace-default", "spBv1.0/default/#"}));
}

TEST_F(HostSessionTest, tck_id_operational_behavior_host_application_state_SaysAgainThatItIsThere) {
  say("spBv1.0/STATE/millrace-default", R"({"online":false,"timestamp":1})");
  ASSERT_EQ(published_.size(), 2U);
  EXPECT_EQ(published_[1].payload, R"({"online":true,"timestamp":1700000001000})");
  say("spBv1.0/STATE/another", R"({"online":false,"timestamp":1})");
  EXPECT_EQ(published_.size(), 2U);
}

TEST_F(HostSessionTest, AGoodbyeSaysOfflineWithThePresentTime) {
  now_ += 5s;
  session_->leave(clocks());
  EXPECT_EQ(published_.back().payload, R"({"online":false,"timestamp":1700000006000})");
  say("spBv1.0/STATE/millrace-default", published_.back().payload);
  EXPECT_EQ(published_.size(), 2U);  // it is our own, and true
}

TEST_F(HostSessionTest, AThirdPartyNodeIsBornWithNamesAndTitles) {
  nbirth();
  dbirth();
  const auto ups = of<pipeline::OriginUp>();
  ASSERT_EQ(ups.size(), 1U);
  EXPECT_EQ(ups[0].origin, "site-a.node-1");
  EXPECT_EQ(ups[0].site, "site-a");
  EXPECT_EQ(ups[0].group, "Site A");
  EXPECT_EQ(ups[0].node, "Node 1");
  EXPECT_EQ(ups[0].kind, pipeline::OriginKind::kThirdParty);
  const auto arrived = of<pipeline::BatchArrived>();
  ASSERT_EQ(arrived.size(), 1U);
  EXPECT_TRUE(arrived[0].is_birth);
  EXPECT_FALSE(arrived[0].position);
  EXPECT_EQ(arrived[0].batch.thing, "node-1.pump-1");
  const auto things = of<pipeline::ThingUp>();
  ASSERT_EQ(things.size(), 2U);  // the node itself, and its device
  EXPECT_EQ(things[1].thing, "node-1.pump-1");
  ASSERT_EQ(things[1].properties.size(), 2U);
  EXPECT_EQ(things[1].properties[0].title, "Flow");
  EXPECT_EQ(things[1].properties[1].title, "Count");
  EXPECT_EQ(names_->take_new().back(),
            (GivenName{NameKind::kThing, "node-1.pump-1", "Site A/Node 1/Pump 1"}));
  EXPECT_EQ(arrived[0].batch.properties,
            (std::vector<model::BatchProperty>{{"flow", model::ValueType::kF64, "m3/h"},
                                               {"count", model::ValueType::kI64, ""}}));
  EXPECT_EQ(arrived[0].batch.samples[1].sample.value, model::Value(std::int64_t{-1}));
}

TEST_F(HostSessionTest, DataComesByAliasOrByName) {
  nbirth();
  dbirth();
  ddata(2.5, 2);
  say("spBv1.0/Site A/DDATA/Node 1/Pump 1",
      message({metric("Flow", DataType::kDouble, WireValue::of_double(3.5))}, 3));
  EXPECT_EQ(values(), (std::vector<double>{2.5, 3.5}));
  EXPECT_EQ(rebirths(), 0U);
}

TEST_F(HostSessionTest, tck_id_operational_behavior_host_reordering_success) {
  nbirth();
  dbirth();
  ddata(3, 3);
  ddata(4, 4);
  EXPECT_TRUE(values().empty());
  ddata(2, 2);
  EXPECT_EQ(values(), (std::vector<double>{2, 3, 4}));
  advance(10s);
  EXPECT_EQ(rebirths(), 0U);
}

TEST_F(HostSessionTest, tck_id_operational_behavior_host_reordering_rebirth) {
  nbirth();
  dbirth();
  ddata(3, 3);
  ddata(5, 5);
  advance(1s);
  EXPECT_EQ(rebirths(), 0U);
  advance(2s);
  EXPECT_EQ(rebirths(), 1U);
  EXPECT_EQ(values(), (std::vector<double>{3, 5}));  // what waited is data all the same
  EXPECT_EQ(published_.back().topic, "spBv1.0/Site A/NCMD/Node 1");
  EXPECT_EQ(published_.back().qos, net::Qos::kAtMostOnce);
  EXPECT_TRUE(read_node_command(published_.back().payload)->wants_rebirth);
}

TEST_F(HostSessionTest, SeqGoesFrom255To0) {
  nbirth();
  dbirth();
  for (int i = 0; i < 600; ++i) ddata(i, static_cast<std::uint64_t>(2 + i) % 256);
  EXPECT_EQ(values().size(), 600U);
  EXPECT_EQ(counters_->out_of_order.value(), 0);
}

TEST_F(HostSessionTest, DataOfAnUnknownNodeAsksForItsBirthsOnlySoOften) {
  for (int i = 0; i < 100; ++i) ddata(1, 5);
  EXPECT_EQ(rebirths(), 1U);
  advance(6s);
  ddata(1, 5);
  EXPECT_EQ(rebirths(), 2U);
  advance(6s);
  ddata(1, 5);
  EXPECT_EQ(rebirths(), 2U);  // the pause doubles while nobody answers
  advance(5s);
  EXPECT_EQ(rebirths(), 3U);
  EXPECT_EQ(counters_->unknown_node.value(), 102);
}

TEST_F(HostSessionTest, AThousandUnknownNodesAreAskedAtALimitedRate) {
  for (int i = 0; i < 1000; ++i) {
    say(std::format("spBv1.0/g/NDATA/n{}", i), message({}, 0));
  }
  EXPECT_EQ(rebirths(), 50U);
  for (int i = 0; i < 19; ++i) advance(1s);
  EXPECT_EQ(rebirths(), 1000U);
}

TEST_F(HostSessionTest, ARequestThatGotLostIsRepeatedUntilTheNodeIsBorn) {
  session_->expect("idle", clocks());
  EXPECT_EQ(rebirths(), 1U);
  advance(6s);
  EXPECT_EQ(rebirths(), 2U);
  advance(11s);
  EXPECT_EQ(rebirths(), 3U);
  say("spBv1.0/default/NBIRTH/idle",
      message({metric("bdSeq", DataType::kInt64, WireValue::of_long(1))}, 0));
  for (int i = 0; i < 100; ++i) advance(60s);
  EXPECT_EQ(rebirths(), 3U);
}

TEST_F(HostSessionTest, ANodeThatDiesIsNotAskedAnyMore) {
  session_->expect("idle", clocks());
  say("spBv1.0/default/NDEATH/idle",
      message({metric("bdSeq", DataType::kInt64, WireValue::of_long(1))}, std::nullopt));
  for (int i = 0; i < 100; ++i) advance(60s);
  EXPECT_EQ(rebirths(), 1U);
}

TEST_F(HostSessionTest, ANodeThatNeverAnswersIsGivenUpUntilItIsHeardOf) {
  session_->expect("gone", clocks());
  for (int i = 0; i < 100; ++i) advance(61s);
  EXPECT_EQ(rebirths(), 12U);
  EXPECT_EQ(counters_->no_birth.value(), 1);
  say("spBv1.0/default/NDATA/gone", message({}, 7));
  EXPECT_EQ(rebirths(), 13U);
}

TEST_F(HostSessionTest, ANodeWhoseBirthsNeverListWhatItSendsIsAskedOnlySoOften) {
  for (int i = 0; i < 50; ++i) {
    nbirth();
    ddata(1, 1);  // of a device that was not born
    advance(100ms);
  }
  EXPECT_LE(rebirths(), 2U);
}

TEST_F(HostSessionTest, AnUnknownAliasIsCountedAndAskedFor) {
  nbirth();
  dbirth();
  say("spBv1.0/Site A/DDATA/Node 1/Pump 1",
      message({by_alias(99, WireValue::of_double(1)), by_alias(7, WireValue::of_double(2))}, 2));
  EXPECT_EQ(values(), std::vector<double>{2});
  EXPECT_EQ(counters_->unknown_metric.value(), 1);
  EXPECT_EQ(rebirths(), 1U);
}

TEST_F(HostSessionTest, tck_id_operational_behavior_host_application_ndeath_OnlyOfItsSession) {
  nbirth(4);
  say("spBv1.0/Site A/NDEATH/Node 1",
      message({metric("bdSeq", DataType::kInt64, WireValue::of_long(3))}, std::nullopt));
  EXPECT_TRUE(of<pipeline::OriginDown>().empty());
  EXPECT_EQ(counters_->ignored_deaths.value(), 1);
  say("spBv1.0/Site A/NDEATH/Node 1",
      message({metric("bdSeq", DataType::kUInt64, WireValue::of_long(4))}, std::nullopt));
  ASSERT_EQ(of<pipeline::OriginDown>().size(), 1U);
  EXPECT_EQ(of<pipeline::OriginDown>()[0].origin, "site-a.node-1");
  ddata(1, 2);
  EXPECT_TRUE(values().empty());
}

TEST_F(HostSessionTest, ADeviceDiesAloneAndIsBornAgain) {
  nbirth();
  dbirth();
  say("spBv1.0/Site A/DDEATH/Node 1/Pump 1", message({}, 2));
  ASSERT_EQ(of<pipeline::ThingDown>().size(), 1U);
  EXPECT_EQ(of<pipeline::ThingDown>()[0].thing, "node-1.pump-1");
  EXPECT_EQ(of<pipeline::ThingDown>()[0].time, base::Time(std::chrono::milliseconds(kTime)));
  ddata(1, 3);
  EXPECT_TRUE(values().empty());
  EXPECT_EQ(rebirths(), 1U);
}

TEST_F(HostSessionTest, ASloppyLegacyNodeWithoutSeqAndWithCompressionIsHeard) {
  nbirth(0, DataType::kUInt64);
  const std::string inner =
      message({metric("Flow", DataType::kDouble, WireValue::of_double(9))}, 1);
  const std::string packed = codec::deflate(inner);
  Payload outer;
  outer.uuid = codec::sparkplug::kCompressedUuid;
  outer.body = packed;
  outer.metrics.push_back(
      metric("algorithm", DataType::kString, WireValue::of_view(WireKind::kString, "DEFLATE")));
  std::string bytes;
  codec::sparkplug::encode(outer, bytes);
  say("spBv1.0/Site A/DBIRTH/Node 1/Pump 1", bytes);
  say("spBv1.0/Site A/DDATA/Node 1/Pump 1",
      message({metric("Flow", DataType::kDouble, WireValue::of_double(10))}, std::nullopt));
  EXPECT_EQ(values(), std::vector<double>{10});
  EXPECT_EQ(of<pipeline::BatchArrived>().size(), 2U);
  nbirth(0, DataType::kUInt64);  // bdSeq never moves
  EXPECT_EQ(of<pipeline::OriginUp>().size(), 2U);
}

TEST_F(HostSessionTest, ACompressionBombIsTooLarge) {
  nbirth();
  const std::string packed = codec::deflate(std::string(64U << 20, '\0'));
  Payload outer;
  outer.uuid = codec::sparkplug::kCompressedUuid;
  outer.body = packed;
  std::string bytes;
  codec::sparkplug::encode(outer, bytes);
  say("spBv1.0/Site A/DBIRTH/Node 1/Pump 1", bytes);
  EXPECT_EQ(counters_->too_large.value(), 1);
}

class BadValueTest : public HostSessionTest {
 protected:
  model::Sample read(Metric one) {
    nbirth();
    dbirth();
    say("spBv1.0/Site A/DDATA/Node 1/Pump 1", message({std::move(one)}, 2));
    return only_sample();
  }
};

TEST_F(BadValueTest, NanIsKeptAndMarked) {
  const model::Sample sample = read(by_alias(7, WireValue::of_double(std::nan(""))));
  EXPECT_TRUE(std::isnan(std::get<double>(sample.value)));
  EXPECT_TRUE(sample.quality.has(Reason::kNotFinite));
  EXPECT_EQ(counters_->not_finite.value(), 1);
}

TEST_F(BadValueTest, AWrongTypeIsMarkedAndCounted) {
  const model::Sample sample =
      read(by_alias(7, WireValue::of_view(WireKind::kString, "not a number")));
  EXPECT_TRUE(std::holds_alternative<std::monostate>(sample.value));
  EXPECT_TRUE(sample.quality.has(Reason::kWrongType));
  EXPECT_EQ(counters_->wrong_type.value(), 1);
}

TEST_F(BadValueTest, ANullIsMissing) {
  Metric null = by_alias(7, {});
  null.is_null = true;
  EXPECT_TRUE(read(null).quality.has(Reason::kMissingValue));
}

TEST_F(BadValueTest, ATimeBeyondEveryCalendarIsImplausible) {
  Metric wild = by_alias(7, WireValue::of_double(1));
  wild.timestamp_ms = std::numeric_limits<std::uint64_t>::max();
  EXPECT_TRUE(read(wild).quality.has(Reason::kTimeImplausible));
}

TEST_F(BadValueTest, QualityComesThrough) {
  Metric stale = by_alias(7, WireValue::of_double(1));
  stale.quality = 500;
  EXPECT_TRUE(read(stale).quality.has(Reason::kSourceStale));
}

TEST_F(BadValueTest, AValueAboveEightMegabytesIsDroppedAndMarked) {
  nbirth();
  const std::string large((8U << 20) + 1, 'x');
  say("spBv1.0/Site A/DBIRTH/Node 1/Pump 1",
      message({metric("text", DataType::kString, WireValue::of_view(WireKind::kString, large))},
              1));
  EXPECT_TRUE(only_sample().quality.is_bad());
  EXPECT_EQ(counters_->too_large.value(), 1);
}

TEST_F(HostSessionTest, ANameOfFiveThousandCharactersCostsThatMetricOnly) {
  nbirth();
  const std::string long_name(5000, 'n');
  say("spBv1.0/Site A/DBIRTH/Node 1/Pump 1",
      message({metric(long_name, DataType::kDouble, WireValue::of_double(1)),
               metric("fine", DataType::kDouble, WireValue::of_double(2))},
              1));
  const auto arrived = of<pipeline::BatchArrived>();
  ASSERT_EQ(arrived.size(), 1U);
  EXPECT_EQ(arrived[0].batch.samples.size(), 1U);
  EXPECT_EQ(counters_->refused_metric.value(), 1);
}

TEST_F(HostSessionTest, ABirthOfTenThousandMetricsComesInBatches) {
  nbirth();
  std::vector<std::string> names;
  for (int i = 0; i < 10'000; ++i) names.push_back(std::format("m{}", i));
  std::vector<Metric> metrics;
  for (const std::string& name : names) {
    metrics.push_back(metric(name, DataType::kDouble, WireValue::of_double(1)));
  }
  say("spBv1.0/Site A/DBIRTH/Node 1/Pump 1", message(metrics, 1));
  std::size_t samples = 0;
  for (const auto& arrived : of<pipeline::BatchArrived>()) {
    EXPECT_LE(arrived.batch.samples.size(), model::kBatchSamplesMax);
    samples += arrived.batch.samples.size();
  }
  EXPECT_EQ(samples, 10'000U);
}

TEST_F(HostSessionTest, MetricsBeyondTheLimitOfANodeAreCounted) {
  HostConfig small;
  small.metrics_per_node_max = 1;
  make(small);
  nbirth();
  dbirth();
  EXPECT_EQ(of<pipeline::BatchArrived>().at(0).batch.properties.size(), 1U);
  EXPECT_EQ(counters_->refused_metric.value(), 1);
}

TEST_F(HostSessionTest, DataSetsAreFlattenedByCell) {
  nbirth();
  const codec::sparkplug::DataSet set{
      .columns = {"a", "b"},
      .types = {DataType::kInt32, DataType::kString},
      .cells = {WireValue::of_int(1), WireValue::of_view(WireKind::kString, "x")},
      .rows = 1};
  const std::string bytes = codec::sparkplug::encode_data_set(set);
  say("spBv1.0/Site A/DBIRTH/Node 1/Pump 1",
      message({metric("t", DataType::kDataSet, WireValue::of_view(WireKind::kDataSet, bytes))}, 1));
  const auto arrived = of<pipeline::BatchArrived>();
  ASSERT_EQ(arrived.size(), 1U);
  EXPECT_EQ(arrived[0].batch.properties,
            (std::vector<model::BatchProperty>{{"t-a", model::ValueType::kI64, ""},
                                               {"t-b", model::ValueType::kText, ""}}));
}

TEST_F(HostSessionTest, HistoricalValuesComeApartFromLiveOnesAndTransientOnesNotAtAll) {
  nbirth();
  dbirth();
  Metric old = by_alias(7, WireValue::of_double(1));
  old.is_historical = true;
  Metric fleeting = by_alias(7, WireValue::of_double(2));
  fleeting.is_transient = true;
  say("spBv1.0/Site A/DDATA/Node 1/Pump 1",
      message({old, fleeting, by_alias(7, WireValue::of_double(3))}, 2));
  const auto arrived = of<pipeline::BatchArrived>();
  ASSERT_EQ(arrived.size(), 3U);  // the birth, and two
  EXPECT_TRUE(arrived[1].is_historical);
  EXPECT_FALSE(arrived[2].is_historical);
  EXPECT_EQ(values(), (std::vector<double>{1, 3}));
  EXPECT_EQ(counters_->transient.value(), 1);
}

TEST_F(HostSessionTest, RubbishIsCountedAndNothingElseIsLost) {
  nbirth();
  dbirth();
  say("spBv1.0/Site A/DDATA/Node 1/Pump 1", "\xFF\xFF\xFF\xFF");
  say("spBv1.0/Site A/DDATA/Node 1/Pump 1", std::string((16U << 20) + 1, 'x'));
  say("spBv1.0/nonsense", "x");
  ddata(1, 2);
  EXPECT_EQ(counters_->malformed.value(), 2);
  EXPECT_EQ(counters_->too_large.value(), 1);
  EXPECT_EQ(values(), std::vector<double>{1});
}

TEST_F(HostSessionTest, AFullHubIsCountedAndABirthItMissedIsAskedForAgain) {
  is_full_ = true;
  nbirth();
  EXPECT_EQ(counters_->queue_full.value(), 1);
  EXPECT_EQ(rebirths(), 1U);
  is_full_ = false;
  nbirth();
  dbirth();
  is_full_ = true;
  ddata(1, 2);
  EXPECT_EQ(counters_->queue_full.value(), 2);
  say("spBv1.0/Site A/NDEATH/Node 1", message({}, std::nullopt));
  is_full_ = false;
  advance(100ms);
  EXPECT_EQ(of<pipeline::OriginDown>().size(), 1U);  // a death is not forgotten
}

TEST_F(HostSessionTest, ALostConnectionTakesEveryNodeOfflineAndAsksForBirthsAfterwards) {
  nbirth();
  session_->ended({.why = {}, .was_connected = true, .was_connect_sent = true}, clocks());
  EXPECT_EQ(of<pipeline::OriginDown>().size(), 1U);
  session_->dial(clocks());
  session_->connected();
  session_->subscribed(true, clocks());
  advance(500ms);
  EXPECT_EQ(rebirths(), 0U);  // it may come by itself
  advance(1s);
  EXPECT_EQ(rebirths(), 1U);
}

// A Millrace edge, by its own wire functions.
class MillraceEdgeTest : public HostSessionTest {
 protected:
  void SetUp() override {
    HostSessionTest::SetUp();
    batch_.thing = "pump";
    batch_.made = {base::Time(5us), base::MonotonicTime(6us), epoch_};
    batch_.properties = {{"flow", model::ValueType::kF64, "m3/h"},
                         {"state", model::ValueType::kText, ""}};
    batch_.samples = {
        {0, {base::Time(1'700'000'000'123'456us), -0.0, {}}},
        {1, {base::Time(-1us), std::string("on"), model::Quality().marked(Reason::kGap)}},
        {0,
         {base::Time(1'700'000'000'124'000us), {}, model::Quality().marked(Reason::kNotReadable)}},
    };
  }
  void birth() {
    say("spBv1.0/site/NBIRTH/edge",
        nbirth_payload(3, {epoch_, model::Sequence(1), model::Sequence(9), batch_.made}, now_));
    const auto places = catalog_.place(batch_);
    say("spBv1.0/site/DBIRTH/edge/pump", dbirth_payload(catalog_.things()[places.thing], 1, now_));
  }
  void send(std::uint64_t sequence, std::uint8_t seq, bool is_historical = false) {
    const auto places = catalog_.place(batch_);
    const BatchToWrite what{batch_, catalog_.things()[places.thing], places,
                            pipeline::Position{epoch_, model::Sequence(sequence)}, is_historical};
    say("spBv1.0/site/DDATA/edge/pump", ddata_payload(what, seq, now_));
  }

  base::Uuid epoch_{{1, 2, 3}};
  EdgeCatalog catalog_{{}, kFirstDeviceAlias};
  model::Batch batch_;
};

TEST_F(MillraceEdgeTest, ItsHelloIsHeardAndItsBirthsCarryNoBatches) {
  birth();
  const auto ups = of<pipeline::OriginUp>();
  ASSERT_EQ(ups.size(), 1U);
  EXPECT_EQ(ups[0].origin, "edge");
  EXPECT_EQ(ups[0].kind, pipeline::OriginKind::kMillrace);
  ASSERT_TRUE(ups[0].hello);
  EXPECT_EQ(ups[0].hello->next, model::Sequence(9));
  EXPECT_EQ(ups[0].hello->epoch, epoch_);
  EXPECT_TRUE(of<pipeline::BatchArrived>().empty());
}

TEST_F(MillraceEdgeTest, ItsBirthsSayWhatPeopleCallItsProperties) {
  catalog_ = EdgeCatalog({{"pump", "flow", "Durchfluss", model::ValueType::kF64, "m3/h"}},
                         kFirstDeviceAlias);
  birth();
  const auto things = of<pipeline::ThingUp>();
  ASSERT_EQ(things.size(), 1U);
  EXPECT_EQ(things[0].origin, "edge");
  EXPECT_EQ(things[0].thing, "pump");
  ASSERT_EQ(things[0].properties.size(), 2U);
  EXPECT_EQ(things[0].properties[0].name, "flow");
  EXPECT_EQ(things[0].properties[0].title, "Durchfluss");
  EXPECT_EQ(things[0].properties[1].title, "");
}

TEST_F(MillraceEdgeTest, ABatchArrivesExactlyAsItWasSpooled) {
  birth();
  send(4, 2, true);
  const auto arrived = of<pipeline::BatchArrived>();
  ASSERT_EQ(arrived.size(), 1U);
  EXPECT_EQ(arrived[0].batch, batch_);
  EXPECT_TRUE(arrived[0].is_historical);
  ASSERT_TRUE(arrived[0].position);
  EXPECT_EQ(arrived[0].position->sequence, model::Sequence(4));
  EXPECT_EQ(arrived[0].position->epoch, epoch_);
}

TEST_F(MillraceEdgeTest, ItsMessagesAreNotHeldBackForTheirOrder) {
  birth();
  send(5, 7);
  send(4, 2);
  EXPECT_EQ(of<pipeline::BatchArrived>().size(), 2U);
}

TEST_F(MillraceEdgeTest, TombstoneAndStatusArrive) {
  birth();
  const pipeline::BatchesLost lost{.origin = "edge",
                                   .epoch = epoch_,
                                   .range = {model::Sequence(2), model::Sequence(3)},
                                   .samples = {5, 6},
                                   .time_from = base::Time(1us),
                                   .time_to = base::Time(2us),
                                   .reason = "evicted",
                                   .received = {}};
  say("spBv1.0/site/NDATA/edge", ndata_payload(lost, 2, now_));
  say("spBv1.0/site/NDATA/edge",
      ndata_payload(pipeline::OriginStatus{"edge", 7, 8, 9, batch_.made, {}}, 3, now_));
  ASSERT_EQ(of<pipeline::BatchesLost>().size(), 1U);
  EXPECT_EQ(of<pipeline::BatchesLost>()[0].range, lost.range);
  EXPECT_EQ(of<pipeline::BatchesLost>()[0].samples, lost.samples);
  EXPECT_EQ(of<pipeline::BatchesLost>()[0].reason, "evicted");
  ASSERT_EQ(of<pipeline::OriginStatus>().size(), 1U);
  EXPECT_EQ(of<pipeline::OriginStatus>()[0].spool_bytes, 8U);
  EXPECT_EQ(rebirths(), 0U);
}

TEST_F(MillraceEdgeTest, ABatchWhoseBirthWasMissedIsNotTakenByHalves) {
  birth();
  batch_.properties.push_back({"heat", model::ValueType::kF64, "K"});
  batch_.samples.push_back({2, {base::Time(1us), 1.0, {}}});
  send(4, 2);
  EXPECT_TRUE(of<pipeline::BatchArrived>().empty());
  EXPECT_EQ(rebirths(), 1U);
}

TEST_F(MillraceEdgeTest, WhatItSaysToOthersWithoutAPositionIsNoBatch) {
  birth();
  const auto places = catalog_.place(batch_);
  say("spBv1.0/site/DDATA/edge/pump",
      ddata_payload({batch_, catalog_.things()[places.thing], places, std::nullopt, false}, 2,
                    now_));
  EXPECT_TRUE(of<pipeline::BatchArrived>().empty());
  EXPECT_EQ(counters_->no_position.value(), 1);
  EXPECT_EQ(counters_->malformed.value(), 0);
  send(4, 3, true);
  EXPECT_EQ(of<pipeline::BatchArrived>().size(), 1U);
  EXPECT_EQ(rebirths(), 0U);
}

TEST_F(MillraceEdgeTest, AnEdgeOfTheSameNameInAnotherGroupIsRefusedWhileThisOneIsOnline) {
  birth();
  const std::string other =
      nbirth_payload(0, {epoch_, model::Sequence(1), model::Sequence(1), batch_.made}, now_);
  say("spBv1.0/other/NBIRTH/edge", other);
  EXPECT_EQ(of<pipeline::OriginUp>().size(), 1U);
  EXPECT_EQ(counters_->taken_name.value(), 1);
  say("spBv1.0/site/NDEATH/edge", ndeath_payload(3, now_));
  say("spBv1.0/other/NBIRTH/edge", other);
  EXPECT_EQ(of<pipeline::OriginUp>().size(), 2U);
}

TEST_F(MillraceEdgeTest, ABodyThatDoesNotFitItsMetricsIsMalformed) {
  birth();
  Payload payload;
  const std::string bytes = [&] {
    const auto places = catalog_.place(batch_);
    return ddata_payload({batch_, catalog_.things()[places.thing], places,
                          pipeline::Position{epoch_, model::Sequence(1)}, false},
                         2, now_);
  }();
  ASSERT_TRUE(codec::sparkplug::decode(bytes, payload));
  payload.metrics.pop_back();
  std::string shorter;
  codec::sparkplug::encode(payload, shorter);
  say("spBv1.0/site/DDATA/edge/pump", shorter);
  EXPECT_TRUE(of<pipeline::BatchArrived>().empty());
  EXPECT_EQ(counters_->malformed.value(), 1);
}

}  // namespace
}  // namespace millrace::connector::sparkplug
