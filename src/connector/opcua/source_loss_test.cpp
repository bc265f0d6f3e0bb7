#include "connector/opcua/source_fixture.h"
#include "pipeline/tag_pipeline.h"
#include "support/tcp_relay.h"

namespace millrace::opcua {
namespace {

using namespace std::chrono_literals;
using model::Reason;
using model::Sample;
using pipeline::Reading;

/// What an edge does with readings of one tag: its pipeline, which asks the source back.
class Edge final : public pipeline::ReadingSink {
 public:
  explicit Edge(model::FilterPolicy filter = {})
      : pipeline_({{.contract = contract(), .filter = filter, .transform = {}}}, {}, {}) {}

  bool offer(Reading reading) override {
    const std::lock_guard lock(mutex_);
    if (reading.tag == 0) pipeline_.take(reading, clock_.now(), clock_.monotonic());
    return true;
  }
  /// All samples of tag 0 so far.
  std::vector<Sample> turn(pipeline::Source& source) {
    const std::lock_guard lock(mutex_);
    const model::EdgeTime now{clock_.now(), clock_.monotonic(), {}};
    for (const model::Batch& batch : pipeline_.due(now.monotonic, now, true)) {
      for (const model::BatchSample& one : batch.samples) samples_.push_back(one.sample);
    }
    for (const std::uint32_t tag : pipeline_.take_asks()) source.ask(tag);
    return samples_;
  }

 private:
  static model::PropertyContract contract() {
    model::PropertyContract contract;
    contract.thing = "pump-1";
    contract.property = "flow";
    return contract;
  }
  const base::SystemClock clock_;
  std::mutex mutex_;
  pipeline::TagPipeline pipeline_;
  std::vector<Sample> samples_;
};

TEST_F(OpcUa, AServerKilledAndRestartedIsPickedUpWithinFiveSecondsWithOneItemForEachTag) {
  start_server();
  start_source();
  ASSERT_TRUE(connects());
  for (int round = 1; round <= 5; ++round) {
    server_.reset();
    ASSERT_TRUE(wait_for(10s, [&] { return !is_connected(); })) << "round " << round;
    std::this_thread::sleep_for(round * 200ms);
    start_server();
    const Sample sample{kT0 + round * 1s, double(round), {}};
    write(0, sample);
    ASSERT_TRUE(arrives(0, sample, 5s)) << "round " << round << source_->status().problem;
    ASSERT_TRUE(wait_for(2s, [&] { return items() == std::ssize(tags_); })) << items();
    for (std::size_t i = 0; i < tags_.size(); ++i) EXPECT_EQ(server_->monitored_items(i), 1);
    EXPECT_EQ(server_->sessions(), 1U);
  }
  EXPECT_EQ(source_->status().connects, 6U);
}

TEST_F(OpcUa, ATornLineResumesTheSessionAndBringsWhatTheServerQueuedMeanwhile) {
  start_server();
  test::TcpRelay relay(server_options_.port);
  options_.url = std::format("opc.tcp://127.0.0.1:{}", relay.port());
  options_.queue_size = 100;
  start_source();
  ASSERT_TRUE(connects());
  std::vector<Sample> written;
  for (int round = 0; round < 5; ++round) {
    relay.tear();
    ASSERT_TRUE(wait_for(5s, [&] { return !is_connected(); })) << "round " << round;
    for (int i = 0; i < 10; ++i) {
      written.push_back({kT0 + round * 1s + i * 1ms, double(round * 10 + i), {}});
      write(0, written.back());
    }
    relay.mend();
    ASSERT_TRUE(arrives(0, written.back(), 5s)) << "round " << round;
    EXPECT_EQ(items(), std::ssize(tags_));
    EXPECT_EQ(server_->sessions(), 1U);
  }
  auto samples = sink_.of(0);
  std::erase_if(samples, [](const Sample& sample) { return sample.time < kT0; });
  std::erase_if(samples, [](const Sample& sample) { return sample.time > kT0 + 1h; });
  EXPECT_EQ(samples, written) << "nothing lost, nothing twice";
}

TEST_F(OpcUa, AfterATornLineItAsksOnlyForWhatTheServerHadNothingQueuedOf) {
  start_server();
  test::TcpRelay relay(server_options_.port);
  options_.url = std::format("opc.tcp://127.0.0.1:{}", relay.port());
  start_source();
  ASSERT_TRUE(connects());
  ASSERT_TRUE(wait_for(5s, [&] { return sink_.answers(0) == 1 && sink_.answers(1) == 1; }));
  relay.tear();
  ASSERT_TRUE(wait_for(5s, [&] { return !is_connected(); }));
  const Sample queued{kT0, 7.0, {}};
  write(0, queued);
  relay.mend();
  ASSERT_TRUE(arrives(0, queued));
  ASSERT_TRUE(wait_for(10s, [&] { return sink_.answers(1) == 2; })) << "silent, so it is asked for";
  EXPECT_EQ(sink_.answers(0), 1) << "an answer would overtake what is queued";
  EXPECT_EQ(server_->sessions(), 1U) << "resumed";
}

TEST_F(OpcUa, AServerThatComesLaterIsPickedUpAndOneThatStaysAwayIsReportedOncePerTag) {
  options_.loss_after = 1s;
  start_source();
  ASSERT_TRUE(wait_for(10s, [&] { return !sink_.of(5).empty(); }));
  std::this_thread::sleep_for(1500ms);
  for (std::uint32_t i = 0; i < tags_.size(); ++i) {
    ASSERT_EQ(sink_.of(i).size(), 1U);
    EXPECT_TRUE(sink_.of(i)[0].quality.has(Reason::kNotReadable));
  }
  start_server();
  EXPECT_TRUE(connects());
  write(0, {kT0, 1.5, {}});
  EXPECT_TRUE(arrives(0, {kT0, 1.5, {}}));
}

TEST_F(OpcUa, AValueThatStandsIsGoodAgainAfterALossWhetherTheSessionResumesOrTheServerIsNew) {
  start_server();
  test::TcpRelay relay(server_options_.port);
  options_.url = std::format("opc.tcp://127.0.0.1:{}", relay.port());
  options_.loss_after = 1s;
  Edge edge;
  start_source(edge);
  ASSERT_TRUE(connects());
  const Sample standing{kSourceClock.now(), 5.0, {}};
  write(0, standing);
  const auto newest = [&] {
    return edge.turn(*source_).empty() ? Sample{} : edge.turn(*source_).back();
  };
  ASSERT_TRUE(wait_for(5s, [&] { return newest() == standing; }));
  for (const bool is_new : {false, true}) {
    relay.tear();
    if (is_new) server_.reset();
    ASSERT_TRUE(wait_for(15s, [&] { return newest().quality.has(Reason::kNotReadable); }));
    const base::Time lost = newest().time;
    if (is_new) {
      start_server();
      write(0, standing);
    }
    relay.mend();
    ASSERT_TRUE(wait_for(15s, [&] { return newest().value == standing.value; })) << is_new;
    EXPECT_GT(newest().time, lost);
    EXPECT_TRUE(newest().quality.is_good());
    EXPECT_TRUE(newest().quality.has(Reason::kNoSourceTime)) << "it is not the source's time";
  }
  const auto all = edge.turn(*source_);
  EXPECT_EQ(std::ranges::count(all, standing.time, &Sample::time), 1) << "said again, stored once";
}

TEST_F(OpcUa, SubscribedToAgainAValueThatStandsIsNotStoredTwice) {
  start_server();
  Edge edge;
  const Sample standing{kSourceClock.now(), 5.0, {}};
  write(0, standing);
  for (int round = 0; round < 3; ++round) {
    if (source_) source_->stop();
    start_source(edge);
    ASSERT_TRUE(connects());
    ASSERT_TRUE(wait_for(5s, [&] { return source_->status().tags[0].readings > 0; }));
    std::this_thread::sleep_for(200ms);  // what is read is offered
    EXPECT_EQ(edge.turn(*source_), std::vector<Sample>{standing}) << "round " << round;
  }
}

TEST_F(OpcUa, AnUnchangedValueIsSentOnEachHeartbeatWhileTheServerIsThere) {
  start_server();
  Edge edge({.kind = model::FilterKind::kException, .heartbeat = 1s});
  start_source(edge);
  ASSERT_TRUE(connects());
  write(0, {kSourceClock.now(), 5.0, {}});
  const auto fives = [&] {
    return std::ranges::count(edge.turn(*source_), model::Value(5.0), &Sample::value);
  };
  ASSERT_TRUE(wait_for(15s, [&] { return fives() >= 4; })) << fives();
  server_.reset();
  ASSERT_TRUE(wait_for(10s, [this] { return !is_connected(); }));
  const auto before = fives();
  for (const auto until = kSourceClock.monotonic() + 3s; kSourceClock.monotonic() < until;) {
    EXPECT_EQ(fives(), before) << "nobody knows how it stands";
    std::this_thread::sleep_for(100ms);
  }
}

}  // namespace
}  // namespace millrace::opcua
