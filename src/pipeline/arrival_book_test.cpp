// Times and sources of what arrives at the hub.
#include "pipeline/arrival_book.h"

#include <gtest/gtest.h>

namespace millrace::pipeline {
namespace {

using namespace std::chrono_literals;
using model::Reason;

constexpr base::Time kArrived{std::chrono::seconds(1'800'000'000)};
const model::SeriesId kMeter{1};

model::Quality arriving(ArrivalBook& book, base::Duration age) {
  model::Sample sample{kArrived - age, 1.0, {}};
  book.mark_time(kMeter, sample, kArrived);
  return sample.quality;
}

class ArrivalBookTest : public testing::Test {
 protected:
  void judge_by(const model::PropertyContract& contract, const model::FilterPolicy& filter) {
    book_.judge_by([=](const std::string&, const std::string&) {
      return std::optional(time_rules(contract, filter, TimeTolerance{}));
    });
  }
  store::SeriesIndex index_{
      {{.id = kMeter, .thing = "meter-1", .property = "energy", .source = "edge-a"}}};
  ArrivalBook book_{{}, index_};
};

TEST_F(ArrivalBookTest, AMeterThatIsReadOnceADayIsOnlyLateAfterWhatItsContractAllows) {
  EXPECT_TRUE(arriving(book_, 301s).has(Reason::kLate));
  model::PropertyContract contract;
  contract.lateness = 24h;
  contract.clock = 1min;
  contract.severities.late = model::Severity::kBad;
  judge_by(contract, {});
  EXPECT_TRUE(arriving(book_, 24h).is_good());
  EXPECT_TRUE(arriving(book_, -1min).is_good());
  EXPECT_TRUE(arriving(book_, 24h + 1s).has(Reason::kLate));
  EXPECT_TRUE(arriving(book_, 24h + 1s).is_bad());
  EXPECT_TRUE(arriving(book_, -61s).has(Reason::kClock));
  book_.judge_by({});
  EXPECT_TRUE(arriving(book_, 301s).has(Reason::kLate));
}

TEST_F(ArrivalBookTest, WhatAWindowOrAHeartbeatHoldsBackIsNotLateForIt) {
  judge_by({}, {.kind = model::FilterKind::kWindow, .window = 15min});
  EXPECT_TRUE(arriving(book_, 15min + 299s).is_good());
  EXPECT_TRUE(arriving(book_, 15min + 301s).has(Reason::kLate));
  judge_by({}, {.kind = model::FilterKind::kSwingingDoor, .deviation = 1, .heartbeat = 10min});
  EXPECT_TRUE(arriving(book_, 10min + 299s).is_good());
  judge_by({}, {.heartbeat = 10min});  // off
  EXPECT_TRUE(arriving(book_, 301s).has(Reason::kLate));
}

TEST_F(ArrivalBookTest, AnotherOriginIsTheNewSourceOnceAndNotBackAtOnce) {
  const base::MonotonicTime now{};
  EXPECT_FALSE(book_.new_source(kMeter, "edge-a", now));
  const auto moved = book_.new_source(kMeter, "edge-b", now);
  ASSERT_TRUE(moved);
  EXPECT_EQ(moved->source, "edge-b");
  EXPECT_FALSE(book_.new_source(kMeter, "edge-b", now));
  EXPECT_FALSE(book_.new_source(kMeter, "edge-a", now + ArrivalBook::kSourceHolds / 2));
  EXPECT_TRUE(book_.new_source(kMeter, "edge-a", now + ArrivalBook::kSourceHolds));
}

}  // namespace
}  // namespace millrace::pipeline
