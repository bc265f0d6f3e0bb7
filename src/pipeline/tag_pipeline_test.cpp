#include "pipeline/tag_pipeline.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace millrace::pipeline {
namespace {

using model::FilterKind;
using model::Reason;
using model::Sample;
using namespace std::chrono_literals;

constexpr base::Time kPipelineStart{std::chrono::seconds(1'800'000'000)};
constexpr base::MonotonicTime kBoot{};

TagSpec tag(std::string property) {
  TagSpec spec;
  spec.contract.thing = "pump-1";
  spec.contract.property = std::move(property);
  return spec;
}

std::vector<Sample> samples_of(const std::vector<model::Batch>& batches) {
  std::vector<Sample> all;
  for (const model::Batch& batch : batches) {
    for (const model::BatchSample& one : batch.samples) all.push_back(one.sample);
  }
  return all;
}

TEST(TagPipeline, RulesSeeThePropertysValueNotTheRawOne) {
  TagSpec spec = tag("flow");
  spec.contract.range_max = 100;
  spec.transform.factor = 0.06;
  TagPipeline pipeline({spec}, {}, {});
  pipeline.take({0, {kPipelineStart, std::int64_t{1000}, {}}}, kPipelineStart, kBoot);
  pipeline.take({0, {kPipelineStart + 1s, std::int64_t{2000}, {}}}, kPipelineStart + 1s,
                kBoot + 1s);
  pipeline.take({0, {kPipelineStart + 2s, std::string("?"), {}}}, kPipelineStart + 2s, kBoot + 2s);
  const auto samples = samples_of(pipeline.due(kBoot + 3s, {.wall = kPipelineStart + 3s}));
  ASSERT_EQ(samples.size(), 3U);
  EXPECT_EQ(samples[0].value, model::Value(60.0));
  EXPECT_TRUE(samples[0].quality.is_good());
  EXPECT_TRUE(samples[1].quality.has(Reason::kOutOfRange));
  EXPECT_TRUE(samples[2].quality.has(Reason::kWrongType));
  EXPECT_EQ(samples[2].value, model::Value());
}

TEST(TagPipeline, AValueOfTheWrongTypeIsASampleOfTheSamePropertyInTheContractsType) {
  TagSpec spec = tag("speed");
  spec.contract.type = model::ValueType::kI64;
  TagPipeline pipeline({spec}, {}, {});
  const std::vector<model::Value> said{std::int64_t{1480}, 1480.5, std::string("n/a"), 1481.0};
  for (std::size_t i = 0; i < said.size(); ++i) {
    const auto after = std::chrono::seconds(i);
    pipeline.take({0, {kPipelineStart + after, said[i], {}}}, kPipelineStart + after,
                  kBoot + after);
  }
  const auto batches = pipeline.due(kBoot + 5s, {.wall = kPipelineStart + 5s});
  for (const model::Batch& batch : batches) {
    ASSERT_EQ(batch.properties.size(), 1U) << "one series is fed";
    EXPECT_EQ(batch.properties[0].type, model::ValueType::kI64);
  }
  const auto samples = samples_of(batches);
  ASSERT_EQ(samples.size(), 4U) << "a misfit is a sample, too";
  for (const std::size_t misfit : {1U, 2U}) {
    EXPECT_EQ(samples[misfit].value, model::Value());
    EXPECT_TRUE(samples[misfit].quality.has(Reason::kWrongType));
    EXPECT_TRUE(samples[misfit].quality.is_bad());
  }
  EXPECT_EQ(samples[3].value, model::Value(std::int64_t{1481})) << "what fits exactly is no misfit";
}

TEST(TagPipeline, ASilentTagSaysThatItIsStaleOnceAlsoWhenItNeverSpoke) {
  TagSpec spoke = tag("flow"), never = tag("pressure");
  spoke.contract.stale = 5s;
  never.contract.stale = 5s;
  TagPipeline pipeline({spoke, never}, {}, {});
  pipeline.due(kBoot, {.wall = kPipelineStart});
  pipeline.take({0, {kPipelineStart, 1.0, {}}}, kPipelineStart, kBoot);
  std::vector<Sample> all;
  for (auto after = 0s; after <= 20s; after += 1s) {
    const auto now = samples_of(pipeline.due(kBoot + after, {.wall = kPipelineStart + after}));
    all.insert(all.end(), now.begin(), now.end());
  }
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[1].time, kPipelineStart + 5s);
  EXPECT_TRUE(all[1].quality.has(Reason::kStale));
  EXPECT_EQ(all[2].value, model::Value());
}

/// A window of ten seconds; a reading of each second, the batches at most one second old.
class HeldInAWindow : public testing::Test {
 protected:
  HeldInAWindow() : pipeline_({windowed()}, {}, {}) {}
  static TagSpec windowed() {
    TagSpec spec = tag("flow");
    spec.filter = {.kind = FilterKind::kWindow, .window = 10s};
    return spec;
  }
  void take(std::chrono::seconds after) {
    pipeline_.take({0, {kPipelineStart + after, 1.0, {}}}, kPipelineStart + after, kBoot + after);
  }
  std::size_t due(base::Duration after, bool flush = false) {
    return samples_of(pipeline_.due(kBoot + after, {.wall = kPipelineStart + after}, flush)).size();
  }
  /// "from-last samples" of what is told, in seconds; "none" where nothing is held any more.
  std::string told(bool with_counts) {
    std::string text;
    for (const PropertyHold& one : pipeline_.take_holds(with_counts)) {
      const auto second = [](base::Time time) { return (time - kPipelineStart) / 1s; };
      text += one.thing + "/" + one.property + " ";
      text += one.held ? std::format("{}-{} {}", second(one.held->from), second(one.held->last),
                                     one.held->samples)
                       : "none";
    }
    return text;
  }

  TagPipeline pipeline_;
};

TEST_F(HeldInAWindow, IsToldWhenItBeginsAndHowManyWhenAsked) {
  take(0s);  // the first sample passes
  EXPECT_EQ(told(true), "");
  take(1s);
  take(2s);
  EXPECT_EQ(due(2s), 1U);
  EXPECT_EQ(told(false), "pump-1/flow 1-2 2");
  take(3s);
  EXPECT_EQ(told(false), "") << "only more";
  EXPECT_EQ(told(true), "pump-1/flow 1-3 3");
  EXPECT_EQ(told(true), "");
}

TEST_F(HeldInAWindow, StaysHeldUntilTheBatchOfItsValueIsOut) {
  for (auto second = 0s; second <= 9s; second += 1s) take(second);
  due(9s);
  EXPECT_EQ(told(true), "pump-1/flow 1-9 9");
  take(10s);  // ends the window and begins the next
  EXPECT_EQ(due(10s + 500ms), 0U) << "its value waits in a batch";
  EXPECT_EQ(told(false), "");
  EXPECT_EQ(told(true), "pump-1/flow 1-10 10");
  EXPECT_EQ(due(11s), 1U);
  EXPECT_EQ(told(false), "pump-1/flow 10-10 1");
}

TEST_F(HeldInAWindow, IsToldToBeNoneAfterAFlushAndAgainWhenTheRecordIsLost) {
  take(0s);
  take(1s);
  due(2s);
  EXPECT_EQ(told(false), "pump-1/flow 1-1 1");
  pipeline_.forget_holds();
  EXPECT_EQ(told(false), "pump-1/flow 1-1 1");
  EXPECT_EQ(due(3s, true), 1U);
  EXPECT_EQ(told(false), "pump-1/flow none");
  EXPECT_EQ(told(true), "");
}

TEST_F(HeldInAWindow, OfATagThatIsReadNoMoreIsToldWhenItsBatchIsOut) {
  take(0s);
  take(1s);
  due(1s);
  EXPECT_EQ(told(false), "pump-1/flow 1-1 1");
  pipeline_.configure({tag("pressure")}, kBoot + 1s);
  EXPECT_EQ(told(false), "") << "the value of its window waits in a batch";
  EXPECT_EQ(due(3s), 1U);
  EXPECT_EQ(told(false), "pump-1/flow none");
  EXPECT_EQ(told(true), "");
}

TEST_F(HeldInAWindow, OfATagThatComesBackGoesOnWhereTheRecordStands) {
  take(0s);
  take(1s);
  due(1s);
  EXPECT_EQ(told(false), "pump-1/flow 1-1 1");
  pipeline_.configure({}, kBoot + 1s);
  pipeline_.configure({windowed()}, kBoot + 1s);
  EXPECT_EQ(told(true), "") << "its window's value waits in a batch";
  EXPECT_EQ(due(3s), 1U);
  EXPECT_EQ(told(false), "pump-1/flow none");
}

TEST(TagPipeline, WhatAFilterHoldsGoesOutWhenNothingFollowsAndBeforeTheEnd) {
  TagSpec spec = tag("flow");
  spec.filter = {.kind = FilterKind::kSwingingDoor, .deviation = 1, .heartbeat = 10s};
  TagPipeline pipeline({spec}, {}, {});
  for (int i = 0; i < 3; ++i) {
    const auto after = std::chrono::seconds(i);
    pipeline.take({0, {kPipelineStart + after, 1.0 * i, {}}}, kPipelineStart + after,
                  kBoot + after);
  }
  EXPECT_EQ(samples_of(pipeline.due(kBoot + 4s, {.wall = kPipelineStart + 4s})).size(), 1U);
  EXPECT_EQ(pipeline.counts().held_back, 2U);
  EXPECT_TRUE(samples_of(pipeline.due(kBoot + 12s, {.wall = kPipelineStart + 12s})).empty());
  const auto last = samples_of(pipeline.due(kBoot + 13s, {.wall = kPipelineStart + 13s}));
  ASSERT_EQ(last.size(), 1U);
  EXPECT_EQ(last[0].time, kPipelineStart + 2s);
  pipeline.take({0, {kPipelineStart + 14s, 9.0, {}}}, kPipelineStart + 14s, kBoot + 14s);
  EXPECT_EQ(samples_of(pipeline.due(kBoot + 14s, {.wall = kPipelineStart + 14s}, true)).size(), 1U);
  const auto figures = pipeline.filter_figures();
  ASSERT_EQ(figures.size(), 1U);
  EXPECT_EQ(figures[0].property, "flow");
  EXPECT_EQ(figures[0].figures.received, 4U);
  EXPECT_EQ(figures[0].figures.sent, 3U);
  EXPECT_EQ(pipeline.counts().held_back, 1U);
}

TEST(TagPipeline, WhatAFilterHoldsGoesOutInTenMinutesOfSilence) {
  TagSpec spec = tag("flow");
  spec.filter = {.kind = FilterKind::kSwingingDoor, .deviation = 1, .heartbeat = 24h};
  TagPipeline pipeline({spec}, {}, {});
  for (const auto after : {0s, 1s}) {
    pipeline.take({0, {kPipelineStart + after, 1.0, {}}}, kPipelineStart + after, kBoot + after);
  }
  std::size_t sent = 0;
  for (auto after = 2s; after <= 610s; after += 1s) {
    sent += samples_of(pipeline.due(kBoot + after, {.wall = kPipelineStart + after})).size();
    if (after == 590s) {
      EXPECT_EQ(sent, 1U);
    }
  }
  EXPECT_EQ(sent, 2U);
}

TEST(TagPipeline, ASourceWhoseClockIsBehindIsNotStoredTwiceAfterAHeartbeat) {
  TagSpec spec = tag("flow");
  spec.filter = {.kind = FilterKind::kDeadband, .deadband_absolute = 1, .heartbeat = 60s};
  TagPipeline pipeline({spec}, {}, {});
  const Sample standing{kPipelineStart - 30s, 0.0, {}};
  pipeline.take({0, standing}, kPipelineStart, kBoot);
  std::vector<Sample> all;
  for (int second = 1; second <= 123; ++second) {
    const auto after = std::chrono::seconds(second);
    const base::Time now = kPipelineStart + after;
    const auto made = samples_of(pipeline.due(kBoot + after, {.wall = now}));
    all.insert(all.end(), made.begin(), made.end());
    for (const std::uint32_t place : pipeline.take_asks()) {
      EXPECT_EQ(second, 60);
      pipeline.take({place, standing, Said::kOnRequest}, now, kBoot + after);
    }
    if (second <= 60 || second > 120) continue;
    pipeline.take({0, {now - 29'500ms, 10.0 * second, {}}}, now, kBoot + after);
  }
  const auto with = [&](Reason reason) {
    return std::ranges::count_if(all, [&](const Sample& one) { return one.quality.has(reason); });
  };
  EXPECT_EQ(all.size(), 62U);
  EXPECT_EQ(with(Reason::kNoSourceTime), 1) << "the heartbeat";
  EXPECT_EQ(with(Reason::kOutOfOrder), 8) << "until the source's clock is known to be behind";
  EXPECT_EQ(with(Reason::kClock), 52);
}

TEST(TagPipeline, AHeartbeatHoldsInSilenceByAskingTheSource) {
  TagSpec spec = tag("flow");
  spec.filter = {.kind = FilterKind::kDeadband, .deadband_absolute = 1, .heartbeat = 10s};
  TagPipeline pipeline({spec, tag("unfiltered")}, {}, {});
  const Sample standing{kPipelineStart, 5.0, {}};
  pipeline.take({0, standing}, kPipelineStart, kBoot);
  pipeline.take({1, standing}, kPipelineStart, kBoot);
  std::vector<Sample> all;
  std::vector<int> asked;
  for (int second = 1; second <= 45; ++second) {
    const auto after = std::chrono::seconds(second);
    const auto now = samples_of(pipeline.due(kBoot + after, {.wall = kPipelineStart + after}));
    all.insert(all.end(), now.begin(), now.end());
    for (const std::uint32_t place : pipeline.take_asks()) {
      EXPECT_EQ(place, 0U) << "nobody promised a heartbeat of the other";
      asked.push_back(second);
      if (second >= 30 && second < 36) continue;  // the source is away
      pipeline.take({0, standing, Said::kOnRequest}, kPipelineStart + after, kBoot + after);
    }
  }
  EXPECT_EQ(asked, (std::vector<int>{10, 20, 30, 32, 34, 36}));
  std::vector<base::Duration> sent;
  for (const Sample& one : all) {
    EXPECT_EQ(one.value, standing.value);
    if (one.quality.has(Reason::kNoSourceTime)) sent.push_back(one.time - kPipelineStart);
  }
  EXPECT_EQ(sent, (std::vector<base::Duration>{10s, 20s, 36s}));
}

TEST(TagPipeline, AWindowOfAQuietTagIsAskedForOnceAndNotWhileItIsHeld) {
  TagSpec spec = tag("flow");
  spec.filter = {.kind = FilterKind::kWindow, .window = 10s};
  TagPipeline pipeline({spec}, {}, {});
  const Sample standing{kPipelineStart, 5.0, {}};
  pipeline.take({0, standing}, kPipelineStart, kBoot);
  std::vector<int> asked;
  std::vector<base::Duration> sent;
  for (int second = 1; second <= 49; ++second) {
    const auto after = std::chrono::seconds(second);
    for (const Sample& one :
         samples_of(pipeline.due(kBoot + after, {.wall = kPipelineStart + after}))) {
      EXPECT_EQ(one.value, standing.value);
      sent.push_back(one.time - kPipelineStart);
    }
    for (const std::uint32_t place : pipeline.take_asks()) {
      asked.push_back(second);
      pipeline.take({place, standing, Said::kOnRequest}, kPipelineStart + after, kBoot + after);
    }
  }
  EXPECT_EQ(asked, (std::vector<int>{10, 20, 30, 40}));
  EXPECT_EQ(sent, (std::vector<base::Duration>{0s, 10s, 20s, 30s})) << "one for each window";
  EXPECT_EQ(pipeline.counts().readings, 5U);
}

TEST(TagPipeline, ReconfiguredItKeepsWhatRulesAndFiltersRemember) {
  TagSpec flow = tag("flow"), level = tag("level"), gone = tag("gone");
  flow.contract.rate_max_per_s = 1;
  level.filter = {.kind = FilterKind::kDeadband, .deadband_absolute = 5};
  gone.filter = {.kind = FilterKind::kSwingingDoor, .deviation = 1};
  TagPipeline pipeline({flow, level, gone}, {}, {});
  for (std::uint32_t i = 0; i < 3; ++i) {
    pipeline.take({i, {kPipelineStart, 10.0, {}}}, kPipelineStart, kBoot);
    pipeline.take({i, {kPipelineStart + 1s, 10.5, {}}}, kPipelineStart + 1s, kBoot + 1s);
  }
  EXPECT_EQ(samples_of(pipeline.due(kBoot + 2s, {.wall = kPipelineStart + 2s})).size(), 4U);
  flow.transform.factor = 100;
  flow.contract.title = "Flow";
  pipeline.configure({tag("new"), level, flow}, kBoot + 2s);  // other places
  const auto last = samples_of(pipeline.due(kBoot + 4s, {.wall = kPipelineStart + 4s}));
  ASSERT_EQ(last.size(), 1U) << "what the filter of the tag that is gone held";
  EXPECT_EQ(last[0].time, kPipelineStart + 1s);
  pipeline.take({1, {kPipelineStart + 5s, 12.0, {}}}, kPipelineStart + 5s,
                kBoot + 5s);  // within the deadband
  pipeline.take({2, {kPipelineStart + 5s, 9.0, {}}}, kPipelineStart + 5s,
                kBoot + 5s);  // 900 is too fast
  const auto after = samples_of(pipeline.due(kBoot + 7s, {.wall = kPipelineStart + 7s}));
  ASSERT_EQ(after.size(), 1U);
  EXPECT_EQ(after[0].value, model::Value(900.0));
  EXPECT_TRUE(after[0].quality.has(Reason::kRateOfChange));
  ASSERT_EQ(pipeline.filter_figures().size(), 1U);
  EXPECT_EQ(pipeline.filter_figures()[0].figures.received, 3U);
}

TEST(TagPipeline, AnotherContractBeginsItsRulesAnewAndAnotherPolicyItsFilter) {
  TagSpec flow = tag("flow");
  flow.contract.rate_max_per_s = 1;
  flow.filter = {.kind = FilterKind::kDeadband, .deadband_absolute = 5};
  TagPipeline pipeline({flow}, {}, {});
  pipeline.take({0, {kPipelineStart, 10.0, {}}}, kPipelineStart, kBoot);
  flow.contract.rate_max_per_s = 2;
  flow.filter.deadband_absolute = 4;
  pipeline.configure({flow}, kBoot);
  pipeline.take({0, {kPipelineStart + 1s, 13.0, {}}}, kPipelineStart + 1s, kBoot + 1s);
  const auto samples = samples_of(pipeline.due(kBoot + 3s, {.wall = kPipelineStart + 3s}));
  ASSERT_EQ(samples.size(), 2U) << "the first sample of a filter passes";
  EXPECT_TRUE(samples[1].quality.is_good()) << "there is no earlier value to move from";
}

}  // namespace
}  // namespace millrace::pipeline
