#include <cmath>
#include <limits>

#include "codec/inflate.h"
#include "codec/sparkplug_complex.h"
#include "connector/sparkplug/host_session_fixture.h"
#include "model/name.h"

namespace millrace::connector::sparkplug {
namespace {

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
  EXPECT_EQ(things[1].properties[1].address, "Count");
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

TEST_F(HostSessionTest, ANodeWhoseConnectionTheBrokerEndedIsLetGoUntilItsNextBirth) {
  session_.emplace(HostConfig{}, "Site A", std::vector<Server>{{"a", 1}},
                   HostSession::Deps{*this, *counters_, *names_, *limits_});
  nbirth();
  session_->let_go("Node 2", clocks());
  EXPECT_TRUE(of<pipeline::OriginDown>().empty());
  session_->let_go("Node 1", clocks());
  session_->let_go("Node 1", clocks());
  EXPECT_EQ(of<pipeline::OriginDown>().size(), 1U);
  nbirth(1);
  EXPECT_EQ(of<pipeline::OriginUp>().size(), 2U);
}

}  // namespace
}  // namespace millrace::connector::sparkplug
