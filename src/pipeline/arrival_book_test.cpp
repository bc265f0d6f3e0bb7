// Times and sources of what arrives at the hub.
#include "pipeline/arrival_book.h"

#include <gtest/gtest.h>

namespace millrace::pipeline {
namespace {

using namespace std::chrono_literals;
using model::Reason;

constexpr base::Time kArrived{std::chrono::seconds(1'800'000'000)};
const model::SeriesId kMeter{1};
const model::SeriesId kPlain{2};

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
      {{.id = kMeter, .thing = "meter-1", .property = "energy", .unit = "kWh", .source = "edge-a"},
       {.id = kPlain, .thing = "meter-1", .property = "starts", .source = "edge-a"}}};
  const unit::Units measures_ = unit::Units::create().value();
  ArrivalBook book_{{}, index_, compare_units(measures_)};
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

TEST_F(ArrivalBookTest, ASeriesHasOneUnitHoweverItIsWritten) {
  EXPECT_TRUE(book_.fits_unit(kMeter, "kWh"));
  EXPECT_TRUE(book_.fits_unit(kMeter, "KWH")) << "in other letters";
  EXPECT_TRUE(book_.fits_unit(kMeter, "")) << "nothing is not another";
  EXPECT_TRUE(book_.fits_unit(kMeter, "units of the meter")) << "nor is what is no unit";
  EXPECT_TRUE(book_.fits_unit(kPlain, "kWh"));
  EXPECT_FALSE(book_.fits_unit(kMeter, "MWh")) << "also one that converts";
  EXPECT_FALSE(book_.fits_unit(kMeter, "bar"));
}

TEST_F(ArrivalBookTest, AnotherUnitIsToldOnceWithItsNextStep) {
  const auto event = book_.other_unit(kMeter, "MWh");
  ASSERT_TRUE(event);
  EXPECT_EQ(event->kind + " " + event->subject, "unit.changed meter-1");
  EXPECT_TRUE(event->body.starts_with(R"({"property":"energy","unit":"kWh","said":"MWh","hint":)"))
      << event->body;
  EXPECT_FALSE(book_.other_unit(kMeter, "MWh"));
  for (int i = 0; i < 20; ++i) book_.other_unit(kMeter, std::format("kg{}", i));
  EXPECT_FALSE(book_.other_unit(kMeter, "t")) << "a source that says another one each time";
}

}  // namespace
}  // namespace millrace::pipeline
