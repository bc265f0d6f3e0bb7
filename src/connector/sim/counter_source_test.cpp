#include "connector/sim/counter_source.h"

#include <gtest/gtest.h>

#include <mutex>

#include "base/time_text.h"
#include "model/name.h"
#include "net/mqtt_fixture.h"

namespace millrace::sim {
namespace {

using namespace std::chrono_literals;
using net::eventually;

/// Keeps what it takes; refuses each third offer and, while full, every one.
class PickySink final : public pipeline::ReadingSink {
 public:
  bool offer(pipeline::Reading reading) override {
    const std::lock_guard lock(mutex_);
    const bool is_refused = is_full_ || (is_picky_ && ++offers_ % 3 == 0);
    if (is_refused) return false;
    readings_.push_back(std::move(reading));
    return true;
  }
  void set_full(bool is_full) {
    const std::lock_guard lock(mutex_);
    is_full_ = is_full;
  }
  void set_picky() { is_picky_ = true; }
  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return readings_.size();
  }
  std::vector<model::Sample> of(std::uint32_t tag) const {
    const std::lock_guard lock(mutex_);
    std::vector<model::Sample> samples;
    for (const auto& reading : readings_) {
      if (reading.tag == tag) samples.push_back(reading.sample);
    }
    return samples;
  }

 private:
  mutable std::mutex mutex_;
  bool is_full_ = false;
  bool is_picky_ = false;
  int offers_ = 0;
  std::vector<pipeline::Reading> readings_;
};

class CounterSourceTest : public ::testing::Test {
 protected:
  static CounterOptions options() {
    return {
        .things = 2, .properties = 3, .interval = 100ms, .history = 60s, .history_interval = 1s};
  }
  std::unique_ptr<pipeline::Source> source(const CounterOptions& options) {
    return std::move(*make_counter_source(options, clock_));
  }
  static void expect_counts_up(const std::vector<model::Sample>& samples) {
    for (std::size_t i = 0; i < samples.size(); ++i) {
      ASSERT_EQ(samples[i].value, model::Value(static_cast<double>(i + 1)));
      ASSERT_TRUE(samples[i].quality.is_good());
      ASSERT_TRUE(i == 0 || samples[i - 1].time < samples[i].time);
    }
  }

  const base::Time start_ = *base::parse_time("2026-03-04T00:00:00.000700Z");
  const base::Time start_ms_ = *base::parse_time("2026-03-04T00:00:00Z");
  base::ManualClock clock_{start_};
  PickySink sink_;
};

TEST_F(CounterSourceTest, TagsAreNamedTypedAndUnfiltered) {
  const auto tags = counter_tags(options());
  ASSERT_EQ(tags.size(), 6U);
  EXPECT_EQ(tags[0].contract.thing, "counter-000");
  EXPECT_EQ(tags[0].contract.property, "c00");
  EXPECT_EQ(tags[5].contract.thing, "counter-001");
  EXPECT_EQ(tags[5].contract.property, "c02");
  for (const auto& tag : tags) {
    EXPECT_TRUE(model::is_name(tag.contract.thing) && model::is_name(tag.contract.property));
    EXPECT_EQ(tag.contract.type, model::ValueType::kF64);
    EXPECT_EQ(tag.contract.interval, 100ms);
    EXPECT_FALSE(tag.filter.is_on());
  }
}

TEST_F(CounterSourceTest, HistoryComesFirstAndLiveFollowsAtTheInterval) {
  const auto counter = source(options());
  ASSERT_TRUE(counter->start(sink_));
  ASSERT_TRUE(eventually([&] { return sink_.size() == 61U * 6U; }));  // 60 past, 1 live at once
  clock_.advance(99ms);
  std::this_thread::sleep_for(120ms);
  EXPECT_EQ(sink_.size(), 61U * 6U);
  clock_.advance(901ms);
  ASSERT_TRUE(eventually([&] { return sink_.size() == 71U * 6U; }));
  counter->stop();
  for (std::uint32_t tag = 0; tag < 6; ++tag) {
    const auto samples = sink_.of(tag);
    ASSERT_EQ(samples.size(), 71U);
    expect_counts_up(samples);
    EXPECT_EQ(samples[0].time, start_ms_ - 60s - 500us);
    EXPECT_EQ(samples[59].time, start_ms_ - 1s - 500us);
    EXPECT_EQ(samples[60].time, start_ms_);
    EXPECT_EQ(samples[70].time, start_ms_ + 1s);
  }
}

TEST_F(CounterSourceTest, ASinkThatRefusesLosesNothing) {
  sink_.set_picky();
  const auto counter = source(options());
  ASSERT_TRUE(counter->start(sink_));
  ASSERT_TRUE(eventually([&] { return sink_.size() == 61U * 6U; }));
  sink_.set_full(true);
  clock_.advance(1s);
  const std::uint64_t before = counter->status().refused;
  ASSERT_TRUE(eventually([&] { return counter->status().refused > before + 3; }));
  EXPECT_EQ(sink_.size(), 61U * 6U);
  sink_.set_full(false);
  ASSERT_TRUE(eventually([&] { return sink_.size() == 71U * 6U; }));
  counter->stop();
  for (std::uint32_t tag = 0; tag < 6; ++tag) {
    ASSERT_EQ(sink_.of(tag).size(), 71U);
    expect_counts_up(sink_.of(tag));
  }
  EXPECT_EQ(counter->status().tags[5].readings, 71U);
  EXPECT_EQ(counter->status().tags[5].last, start_ms_ + 1s);
  EXPECT_EQ(counter->status().tags[5].address, "counter-001/c02");
}

TEST_F(CounterSourceTest, AClockThatIsSetDoesNotDisturbTheStamps) {
  CounterOptions live = options();
  live.history = 0s;
  const auto counter = source(live);
  ASSERT_TRUE(counter->start(sink_));
  clock_.set_wall(start_ - 1h);
  clock_.advance(500ms);
  ASSERT_TRUE(eventually([&] { return sink_.size() == 6U * 6U; }));
  counter->stop();
  expect_counts_up(sink_.of(0));
  EXPECT_EQ(sink_.of(0).front().time, start_ms_);
}

TEST_F(CounterSourceTest, StopsAtOnceWhileTheSinkIsFullAndSaysHowFarItCame) {
  const auto counter = source(options());
  sink_.set_full(true);
  ASSERT_TRUE(counter->start(sink_));
  ASSERT_TRUE(eventually([&] { return counter->status().refused > 2; }));
  counter->stop();
  EXPECT_EQ(sink_.size(), 0U);
  EXPECT_EQ(counter->status().tags[0].readings, 0U);
}

TEST_F(CounterSourceTest, OptionsOutOfBoundsAreRefused) {
  CounterOptions none = options();
  none.things = 0;
  CounterOptions fast = options();
  fast.interval = 1us;
  CounterOptions future = options();
  future.history = -1s;
  for (const auto& wrong : {none, fast, future}) {
    const auto made = make_counter_source(wrong, clock_);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, base::ErrorCode::kInvalid);
  }
}

}  // namespace
}  // namespace millrace::sim
