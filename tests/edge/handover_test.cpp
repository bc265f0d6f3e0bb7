// Another tag of a server is bound while its values change every few milliseconds: what is read
// goes on without a hole and without anything twice. Against a real OPC UA server.
#include "edge/handover.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <map>
#include <thread>

#include "connector/opcua/server.h"
#include "edge/assignment.h"
#include "edge/edge_sources.h"
#include "spool/spool.h"

namespace millrace::apps {
namespace {

using namespace std::chrono_literals;

constexpr auto kTick = 5ms;

const base::SystemClock kWallClock;

/// Keeps what is shown to others while no hub answers.
class CollectingWay final : public pipeline::Uplink {
 public:
  base::Result<void> start(std::vector<pipeline::OutboundProperty>,
                           pipeline::UplinkEvents& events) override {
    events.connected();
    return {};
  }
  void stop() override {}
  void update(std::vector<pipeline::OutboundProperty>) override {}
  void announce() override {}
  pipeline::Sending send(const pipeline::Position&, const model::Batch&, bool) override {
    return pipeline::Sending::kNotNow;
  }
  pipeline::Sending send_unpositioned(const model::Batch& batch) override {
    const std::lock_guard lock(mutex_);
    for (const model::BatchSample& one : batch.samples) {
      values_[batch.properties[one.property].name].push_back(one.sample);
    }
    return pipeline::Sending::kSent;
  }
  bool send(const pipeline::BatchesLost&) override { return true; }
  bool send(const pipeline::OriginStatus&) override { return true; }
  bool send(const pipeline::CommandAnswer&) override { return true; }

  std::vector<model::Sample> of(const std::string& property) {
    const std::lock_guard lock(mutex_);
    return values_[property];
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::vector<model::Sample>> values_;
};

class TakingSink final : public pipeline::ReadingSink {
 public:
  bool offer(pipeline::Reading reading) override {
    if (is_full) return false;
    taken.push_back(reading.sample.time);
    return true;
  }
  std::vector<base::Time> taken;
  bool is_full = false;
};

std::vector<base::Time> times(std::initializer_list<base::Duration> all) {
  std::vector<base::Time> found;
  for (const base::Duration one : all) found.emplace_back(one);
  return found;
}

TEST(Handover, HoldsUntilItIsReleasedAndPassesWhatTheOldSourceHasNotDelivered) {
  base::ManualClock clock{base::Time(1h)};
  TakingSink sink;
  Handover handover(clock);
  const auto offer = [&](base::Duration at, pipeline::Said said = pipeline::Said::kNews) {
    return handover.offer({.tag = 0, .sample = {base::Time(at), 1.0, {}}, .said = said});
  };
  EXPECT_TRUE(offer(1s) && offer(2s) && offer(3s));
  EXPECT_TRUE(sink.taken.empty());
  EXPECT_EQ(handover.first_times(), (std::vector<std::optional<base::Time>>{base::Time(1s)}));
  sink.is_full = true;
  handover.release(sink, {{.delivered = base::Time(2s)}}, 1s);
  EXPECT_TRUE(offer(4s)) << "held behind what is held";
  sink.is_full = false;
  handover.retry();
  EXPECT_EQ(sink.taken, times({3s, 4s}));
  EXPECT_TRUE(offer(2s)) << "on its way while both read";
  EXPECT_EQ(sink.taken, times({3s, 4s}));
  EXPECT_TRUE(offer(2s, pipeline::Said::kOnRequest)) << "how the tag stands, for a heartbeat";
  EXPECT_EQ(sink.taken, times({3s, 4s, 2s}));
  clock.advance(6s);
  EXPECT_TRUE(offer(1s)) << "a clock that was set back";
  EXPECT_EQ(sink.taken, times({3s, 4s, 2s, 1s}));
}

TEST(Handover, WhatIsReadOtherwiseGoesOnWithHowItStands) {
  base::ManualClock clock{base::Time(1h)};
  TakingSink sink;
  Handover handover(clock);
  const auto offer = [&](std::uint32_t tag, base::Duration at) {
    return handover.offer({.tag = tag, .sample = {base::Time(at), 1.0, {}}});
  };
  EXPECT_TRUE(offer(0, 1s) && offer(1, 1s) && offer(0, 2s) && offer(1, 2s) && offer(2, 9s));
  handover.release(sink, {{.is_read_otherwise = true}, {.delivered = base::Time(1s)}}, 1s);
  EXPECT_EQ(sink.taken, times({2s, 2s, 9s})) << "of tag 0 the newest, of 1 what is new, all of 2";
  EXPECT_TRUE(offer(0, 1s));
  EXPECT_EQ(sink.taken.back(), base::Time(1s));
}

class HandoverTest : public ::testing::Test {
 protected:
  HandoverTest() {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    spool_ =
        std::move(*spool::Spool::create({.directory = folder_ / "spool"}, {kWallClock, random_}));
    EXPECT_TRUE(spool_->start());
    runner_ = std::make_unique<fleet::EdgeRunner>(
        fleet::EdgeRunner::Options{.serves_others = true},
        fleet::EdgeRunner::Deps{*spool_, way_, kWallClock, metrics_, random_});
    EXPECT_TRUE(runner_->start());
    sources_ =
        std::make_unique<EdgeSources>(EdgeSources::Deps{*runner_, kWallClock, "edge-1", folder_});
    server_ = std::move(*opcua::Server::start(
        {.certificates = folder_ / "server"},
        {{.thing = "pump", .property = "a", .type = model::ValueType::kI64},
         {.thing = "pump", .property = "b", .type = model::ValueType::kI64}}));
    ticker_ = std::thread([this] { tick(); });
  }
  ~HandoverTest() override {
    is_over_ = true;
    ticker_.join();
    sources_->stop();
    runner_->stop();
    sources_.reset();
    runner_.reset();
    server_.reset();
    std::filesystem::remove_all(folder_);
  }

  /// Both count.
  void tick() {
    for (std::int64_t count = 0; !is_over_; ++count) {
      for (const std::size_t variable : {0U, 1U}) {
        EXPECT_TRUE(server_->write(variable, {kWallClock.now(), count, {}}));
      }
      std::this_thread::sleep_for(kTick);
    }
  }

  std::vector<EdgeConnection> reading(const std::string& properties) {
    std::string yaml = std::format(
        "version: 1\nrevision: 1\nopcua:\n  - name: line\n    url: {}\n    security: none\n"
        "    publishing_interval_ms: 100\n    sampling_interval_ms: 0\n    queue_size: 1000\n"
        "    tags:\n",
        server_->url());
    for (const char property : properties) {
      yaml += std::format(
          "      - {{address: \"ns=1;s=pump/{0}\", thing: pump, property: {0}, type: i64}}\n",
          property);
    }
    auto read = parse_assignment(yaml);
    EXPECT_TRUE(read) << base::describe(read.error());
    return read->connections;
  }

  bool has(const std::string& property, std::size_t samples) {
    const auto until = kWallClock.monotonic() + 20s;
    while (way_.of(property).size() < samples) {
      if (kWallClock.monotonic() > until) return false;
      std::this_thread::sleep_for(10ms);
    }
    return true;
  }

  const std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / std::format("millrace-handover-{}", ::getpid());
  base::Random random_{5};
  base::Metrics metrics_;
  CollectingWay way_;
  std::unique_ptr<spool::Spool> spool_;
  std::unique_ptr<fleet::EdgeRunner> runner_;
  std::unique_ptr<EdgeSources> sources_;
  std::unique_ptr<opcua::Server> server_;
  std::atomic<bool> is_over_ = false;
  std::thread ticker_;
};

TEST_F(HandoverTest, WhatIsStillReadGoesOnWithoutAHoleAndNothingComesTwice) {
  ASSERT_TRUE(sources_->apply(reading("a")));
  ASSERT_TRUE(has("a", 50));
  ASSERT_TRUE(sources_->apply(reading("ab")));
  ASSERT_TRUE(has("b", 50));
  ASSERT_TRUE(sources_->apply(reading("b")));
  const std::size_t of_a = way_.of("a").size();
  ASSERT_TRUE(has("b", way_.of("b").size() + 50));
  EXPECT_EQ(server_->sessions(), 1U);
  EXPECT_EQ(server_->monitored_items(0), 0);
  EXPECT_LT(way_.of("a").size(), of_a + 200) << "a is not read any more";
  for (const char* property : {"a", "b"}) {
    const auto samples = way_.of(property);
    std::string wrong;
    for (std::size_t i = 1; i < samples.size(); ++i) {
      const auto before = std::get<std::int64_t>(samples[i - 1].value);
      const auto now = std::get<std::int64_t>(samples[i].value);
      if (now != before + 1) wrong += std::format(" {} follows {}", now, before);
    }
    EXPECT_EQ(wrong, "") << "of " << samples.size() << " samples of " << property;
  }
}

}  // namespace
}  // namespace millrace::apps
