// A host's session with Millrace edges: positions, tombstones, status, titles.
#include "connector/sparkplug/host_session_fixture.h"

namespace millrace::connector::sparkplug {
namespace {

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
                                   .received = {},
                                   .thing = "pump-1",
                                   .property = "flow"};
  say("spBv1.0/site/NDATA/edge", ndata_payload(lost, 2, now_));
  say("spBv1.0/site/NDATA/edge",
      ndata_payload(pipeline::OriginStatus{"edge", 7, 8, 9, batch_.made, {}}, 3, now_));
  ASSERT_EQ(of<pipeline::BatchesLost>().size(), 1U);
  EXPECT_EQ(of<pipeline::BatchesLost>()[0].range, lost.range);
  EXPECT_EQ(of<pipeline::BatchesLost>()[0].samples, lost.samples);
  EXPECT_EQ(of<pipeline::BatchesLost>()[0].reason, "evicted");
  EXPECT_EQ(of<pipeline::BatchesLost>()[0].thing, "pump-1");
  EXPECT_EQ(of<pipeline::BatchesLost>()[0].property, "flow");
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
