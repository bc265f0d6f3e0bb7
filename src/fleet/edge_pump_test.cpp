#include "fleet/edge_pump.h"

#include <gtest/gtest.h>

#include <set>

namespace millrace::fleet {
namespace {

using model::Sequence;
using pipeline::Sending;
using namespace std::chrono_literals;

const base::Uuid kEpoch{{1, 2, 3}};

class AllThere final : public BatchReader {
 public:
  base::Result<std::variant<Spooled, pipeline::BatchesLost>> read(Sequence sequence) override {
    model::Batch batch{.thing = std::format("b{}", number(sequence)), .made = {}};
    batch.samples = {{0, {base::Time(7s), 1.0, {}}}, {0, {base::Time(5s), 2.0, {}}}};
    return Spooled{std::move(batch), 100};
  }
};

/// Takes what it is given; refuses some batches for their size, or all for now.
class PumpWay final : public pipeline::Uplink {
 public:
  base::Result<void> start(std::vector<pipeline::OutboundProperty>,
                           pipeline::UplinkEvents&) override {
    return {};
  }
  void stop() override {}
  void update(std::vector<pipeline::OutboundProperty>) override {}
  void announce() override {}
  Sending send(const pipeline::Position& position, const model::Batch&,
               bool is_historical) override {
    if (is_full) return Sending::kNotNow;
    if (too_large.contains(number(position.sequence))) return Sending::kTooLarge;
    (is_historical ? historical : live).push_back(number(position.sequence));
    return Sending::kSent;
  }
  Sending send_unpositioned(const model::Batch& batch) override {
    if (is_full) return Sending::kNotNow;
    shown.push_back(batch.thing);
    return Sending::kSent;
  }
  bool send(const pipeline::BatchesLost& one) override {
    lost.push_back(one);
    return true;
  }
  bool send(const pipeline::OriginStatus&) override { return true; }
  bool send(const pipeline::CommandAnswer&) override { return true; }

  bool is_full = false;
  std::set<std::uint64_t> too_large;
  std::vector<std::uint64_t> live, historical;
  std::vector<std::string> shown;
  std::vector<pipeline::BatchesLost> lost;
};

class EdgePumpTest : public ::testing::Test {
 protected:
  void put(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) delivery_.appended(Sequence(next_++));
  }
  void pump() { ASSERT_TRUE(fleet::pump(delivery_, reader_, way_, kEpoch, now_)); }
  void acknowledge(std::uint64_t up_to, std::uint32_t window = 4) {
    pipeline::Acknowledgement ack{.epoch = kEpoch,
                                  .session = 1,
                                  .number = ++acks_,
                                  .committed = {},
                                  .window_batches = window};
    if (up_to > 0) ack.committed.add({Sequence(1), Sequence(up_to)});
    ASSERT_TRUE(delivery_.acknowledged(ack));
  }

  base::MonotonicTime now_{1h};
  std::uint64_t next_ = 1, acks_ = 0;
  EdgeDelivery delivery_{
      {.fresh_max = 256, .serves_others = true}, {kEpoch, Sequence(1), Sequence(0)}, 1};
  AllThere reader_;
  PumpWay way_;
};

TEST_F(EdgePumpTest, WhileNoHubAnswersNewBatchesAreShownOnceAndDeliveredAfterwards) {
  put(2);  // not connected: nobody sees them now
  delivery_.connected();
  put(2);
  pump();
  pump();
  EXPECT_EQ(way_.shown, (std::vector<std::string>{"b3", "b4"}));
  EXPECT_TRUE(way_.live.empty());
  acknowledge(0, 64);
  pump();
  EXPECT_EQ(way_.historical, (std::vector<std::uint64_t>{1, 2, 3, 4}));
  put(1);
  pump();
  EXPECT_EQ(way_.live, std::vector<std::uint64_t>{5});
  EXPECT_EQ(way_.shown.size(), 2U);
}

TEST_F(EdgePumpTest, AHubThatFallsSilentOnAnOldConnectionDarkensNobody) {
  delivery_.connected();
  acknowledge(0);
  put(6);
  pump();
  EXPECT_EQ(way_.live.size(), 4U);  // the window
  EXPECT_TRUE(way_.shown.empty());  // a hub that is only slow
  for (int i = 0; i < 10; ++i) {
    now_ += 1s;
    pump();
  }
  EXPECT_EQ(way_.shown, (std::vector<std::string>{"b5", "b6"}));
  put(1);
  pump();
  EXPECT_EQ(way_.shown.back(), "b7");
  acknowledge(4);
  way_.historical.clear();
  pump();
  EXPECT_EQ(way_.historical, (std::vector<std::uint64_t>{5, 6, 7}));
}

TEST_F(EdgePumpTest, WhatIsNotShownInTimeIsForgottenNotPiledUp) {
  delivery_.connected();
  way_.is_full = true;
  put(10'000);
  pump();
  way_.is_full = false;
  pump();
  EXPECT_LE(way_.shown.size(), 256U);
  EXPECT_GE(way_.shown.size(), 255U);
  EXPECT_EQ(way_.shown.back(), "b10000");
  EXPECT_EQ(delivery_.backlog(), 10'000U);
}

TEST_F(EdgePumpTest, ABatchThatFitsInNoMessageIsRecordedAsLostAndNotTriedAgain) {
  way_.too_large = {2};
  delivery_.connected();
  acknowledge(0, 64);
  put(3);
  pump();
  EXPECT_EQ(way_.live, (std::vector<std::uint64_t>{1, 3}));
  ASSERT_EQ(way_.lost.size(), 1U);
  EXPECT_EQ(way_.lost[0].range, (model::SequenceRange{Sequence(2), Sequence(2)}));
  EXPECT_EQ(way_.lost[0].samples, std::vector<std::uint32_t>{2});
  EXPECT_EQ(way_.lost[0].reason, "too_large");
  EXPECT_EQ(way_.lost[0].time_from, base::Time(5s));
  EXPECT_EQ(way_.lost[0].time_to, base::Time(7s));
  acknowledge(3, 64);
  now_ += 1h;
  pump();
  EXPECT_EQ(way_.lost.size(), 1U);
  EXPECT_EQ(delivery_.backlog(), 0U);
}

}  // namespace
}  // namespace millrace::fleet
