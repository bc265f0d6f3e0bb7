#include "fleet/edge_runner.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <thread>

namespace millrace::fleet {
namespace {

using pipeline::TagSpec;
using namespace std::chrono_literals;

const base::SystemClock kClock;

/// A way that nobody answers; it remembers what was to be published.
class BirthsWay final : public pipeline::Uplink {
 public:
  base::Result<void> start(std::vector<pipeline::OutboundProperty> properties,
                           pipeline::UplinkEvents&) override {
    births.push_back(std::move(properties));
    return {};
  }
  void stop() override {}
  void update(std::vector<pipeline::OutboundProperty> properties) override {
    births.push_back(std::move(properties));
  }
  void announce() override {}
  pipeline::Sending send(const pipeline::Position&, const model::Batch&, bool) override {
    return pipeline::Sending::kNotNow;
  }
  pipeline::Sending send_unpositioned(const model::Batch&) override {
    return pipeline::Sending::kNotNow;
  }
  bool send(const pipeline::BatchesLost&) override { return false; }
  bool send(const pipeline::OriginStatus&) override { return false; }
  bool send(const pipeline::CommandAnswer& /*answer*/) override { return true; }

  std::vector<std::vector<pipeline::OutboundProperty>> births;
};

TagSpec tag(std::string thing, std::string property) {
  TagSpec spec;
  spec.contract.thing = std::move(thing);
  spec.contract.property = std::move(property);
  return spec;
}

/// A source that is only asked.
class AskedSource final : public pipeline::Source {
 public:
  base::Result<void> start(pipeline::ReadingSink&) override { return {}; }
  void stop() override {}
  pipeline::SourceStatus status() const override { return {}; }
  void ask(std::uint32_t tag) override {
    last = tag;
    ++times;
  }

  std::atomic<std::uint32_t> last = 0;
  std::atomic<int> times = 0;
};

class EdgeRunnerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    spool_ = std::move(*spool::Spool::create({.directory = folder_}, {kClock, random_}));
    ASSERT_TRUE(spool_->start());
    runner_ =
        std::make_unique<EdgeRunner>(EdgeRunner::Options{.batch = {.age_max = 10ms}},
                                     EdgeRunner::Deps{*spool_, way_, kClock, metrics_, random_});
  }
  void TearDown() override {
    runner_.reset();
    spool_.reset();
    std::filesystem::remove_all(folder_);
  }
  void offer(std::uint64_t group, std::uint32_t tag, model::Value value) {
    ASSERT_TRUE(runner_->sink(group).offer({tag, {kClock.now(), std::move(value), {}}}));
  }
  /// Ends the runner; every sample of a property in the order of the spool.
  std::vector<model::Sample> spooled(const std::string& name) {
    runner_->stop();
    std::vector<model::Sample> all;
    const spool::SpoolState state = spool_->state();
    if (number(state.next) < 2) return all;
    const auto content =
        spool_->read({model::Sequence(1), model::Sequence(number(state.next) - 1)}, 16U << 20);
    EXPECT_TRUE(content);
    for (const auto& found : content->batches) {
      for (const auto& one : found.batch.samples) {
        const auto& property = found.batch.properties[one.property];
        if (found.batch.thing + "/" + property.name == name) all.push_back(one.sample);
      }
    }
    return all;
  }

  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / std::format("millrace-runner-{}", ::getpid());
  base::Random random_{3};
  base::Metrics metrics_;
  BirthsWay way_;
  std::unique_ptr<spool::Spool> spool_;
  std::unique_ptr<EdgeRunner> runner_;
};

TEST_F(EdgeRunnerTest, WhatAFilterHoldsWhenItIsKilledIsALossOfThatPropertyAndNoneAfterACleanEnd) {
  TagSpec windowed = tag("pump-1", "flow");
  windowed.filter = {.kind = model::FilterKind::kWindow, .window = 10min};
  runner_ = std::make_unique<EdgeRunner>(
      EdgeRunner::Options{.hold_interval = 20ms, .batch = {.age_max = 10ms}},
      EdgeRunner::Deps{*spool_, way_, kClock, metrics_, random_});
  ASSERT_TRUE(runner_->configure({{1, {windowed}}}));
  ASSERT_TRUE(runner_->start());
  const base::Time before = kClock.now();
  for (int i = 0; i < 5; ++i) {
    offer(1, 0, double(i));
    std::this_thread::sleep_for(2ms);
  }
  // What stands on the disk now and then is what a kill leaves.
  const auto killed = folder_ / "killed";
  const auto losses = [&] {
    std::filesystem::remove_all(killed);
    std::filesystem::create_directories(killed);
    std::filesystem::copy_file(folder_ / "spool.mdb", killed / "spool.mdb");
    base::Random random(4);
    auto left = std::move(*spool::Spool::create({.directory = killed}, {kClock, random}));
    EXPECT_TRUE(left->start());
    return left->read({model::Sequence(1), model::Sequence(100)}, 1U << 20)->gone;
  };
  std::vector<spool::Tombstone> gone;
  for (int tries = 0; tries < 500; ++tries) {
    gone = losses();
    if (!gone.empty() && gone[0].samples == 4) break;
    std::this_thread::sleep_for(10ms);
  }
  ASSERT_EQ(gone.size(), 1U);
  EXPECT_EQ(std::tuple(gone[0].thing, gone[0].property), std::tuple("pump-1", "flow"));
  EXPECT_EQ(gone[0].samples, 4U) << "the first one passed";
  EXPECT_GE(gone[0].time_from, before);
  EXPECT_LT(gone[0].time_from, gone[0].time_to);
  EXPECT_LE(gone[0].time_to, kClock.now());
  EXPECT_EQ(spooled("pump-1/flow").size(), 2U) << "a clean end sends the window";
  EXPECT_TRUE(losses().empty());
}

TEST_F(EdgeRunnerTest, APropertyGoesOnFromAnotherSourceAndNothingOfTheFirstIsLost) {
  TagSpec from_opcua = tag("pump-1", "pressure");
  from_opcua.contract.rate_max_per_s = 100;
  ASSERT_TRUE(runner_->configure({{1, {from_opcua}}, {2, {tag("pump-2", "pressure")}}}));
  ASSERT_TRUE(runner_->start());
  for (int i = 0; i < 2000; ++i) offer(1, 0, 5.0);
  offer(2, 0, 1.0);
  TagSpec from_modbus = from_opcua;
  from_modbus.transform.factor = 0.01;  // kPa in bar
  ASSERT_TRUE(runner_->configure({{2, {tag("pump-2", "pressure")}}, {3, {from_modbus}}}));
  offer(3, 0, std::int64_t{100'000});  // 1000 bar: far too fast, if the rule remembers 5 bar
  offer(2, 0, 2.0);
  const auto first = spooled("pump-1/pressure");
  ASSERT_EQ(first.size(), 2001U);
  EXPECT_EQ(first.back().value, model::Value(1000.0));
  EXPECT_TRUE(first.back().quality.has(model::Reason::kRateOfChange));
  EXPECT_EQ(spooled("pump-2/pressure").size(), 2U);
  EXPECT_EQ(way_.births.size(), 1U) << "nothing new is published";
}

TEST_F(EdgeRunnerTest, BirthsFollowWhatIsPublishedAndUnknownPlacesAreLetGo) {
  ASSERT_TRUE(runner_->configure({}));
  ASSERT_TRUE(runner_->start());
  ASSERT_EQ(way_.births.size(), 1U);
  EXPECT_TRUE(way_.births[0].empty());
  ASSERT_TRUE(runner_->configure({{1, {tag("pump-1", "flow")}}}));
  ASSERT_EQ(way_.births.size(), 2U);
  EXPECT_EQ(way_.births[1][0].property, "flow");
  offer(1, 0, 1.0);
  offer(1, 1, 7.0);  // an address that is written only
  ASSERT_TRUE(runner_->configure({}));
  EXPECT_EQ(way_.births.size(), 3U);
  EXPECT_EQ(spooled("pump-1/flow").size(), 1U);
  EXPECT_FALSE(runner_->configure({}));
}

TEST_F(EdgeRunnerTest, TheSourceOfATagWhoseHeartbeatIsDueIsAskedForItByItsOwnNumber) {
  TagSpec quiet = tag("pump-1", "level");
  quiet.filter = {.kind = model::FilterKind::kException, .heartbeat = 20ms};
  const auto other = std::make_shared<AskedSource>(), source = std::make_shared<AskedSource>();
  ASSERT_TRUE(runner_->configure(
      {{1, {tag("pump-1", "flow")}, other}, {2, {tag("pump-1", "head"), quiet}, source}}));
  ASSERT_TRUE(runner_->start());
  for (const auto& [group, place] : {std::pair(1, 0), std::pair(2, 0), std::pair(2, 1)}) {
    offer(static_cast<std::uint64_t>(group), static_cast<std::uint32_t>(place), 1.0);
  }
  const auto until = kClock.monotonic() + 10s;
  while (source->times == 0 && kClock.monotonic() < until) std::this_thread::sleep_for(5ms);
  EXPECT_GT(source->times, 0);
  EXPECT_EQ(source->last, 1U);
  EXPECT_EQ(other->times, 0);
}

TEST_F(EdgeRunnerTest, WhatAFilterHeldOfATagThatGoesIsSpooled) {
  TagSpec door = tag("pump-1", "flow");
  door.filter = {.kind = model::FilterKind::kSwingingDoor, .deviation = 1};
  ASSERT_TRUE(runner_->configure({{1, {door}}}));
  ASSERT_TRUE(runner_->start());
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(runner_->sink(1).offer({0, {kClock.now() + i * 1ms, 1.0, {}}}));
  }
  ASSERT_TRUE(runner_->configure({}));
  EXPECT_EQ(spooled("pump-1/flow").size(), 2U);  // both ends of the line
}

}  // namespace
}  // namespace millrace::fleet
