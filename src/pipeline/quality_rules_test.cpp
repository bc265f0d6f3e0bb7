#include "pipeline/quality_rules.h"

#include <gtest/gtest.h>

#include <limits>

namespace millrace::pipeline {
namespace {

using model::Reason;
using model::Sample;
using namespace std::chrono_literals;

constexpr base::Time kRulesStart{std::chrono::seconds(1'800'000'000)};

Sample sample(base::Duration at, model::Value value) {
  return {kRulesStart + at, std::move(value), {}};
}

/// Checks a sample at the moment it was taken.
model::Quality check(QualityRules& rules, const Sample& taken) {
  return rules.check(taken, taken.time).quality;
}

TEST(QualityRules, KeepWhatBreaksTheContractAndNameTheRule) {
  model::PropertyContract contract;
  contract.range_min = 0;
  contract.range_max = 10;
  QualityRules rules(contract, {});
  EXPECT_TRUE(check(rules, sample(0s, 10.0)).is_good());
  const Sample outside = rules.check(sample(1s, 10.5), kRulesStart + 1s);
  EXPECT_EQ(outside.value, model::Value(10.5));
  EXPECT_TRUE(outside.quality.has(Reason::kOutOfRange));
  EXPECT_TRUE(outside.quality.is_bad());
  EXPECT_TRUE(
      check(rules, sample(2s, std::numeric_limits<double>::quiet_NaN())).has(Reason::kNotFinite));
  const Sample misfit = rules.check(sample(3s, std::string("n/a")), kRulesStart + 3s);
  EXPECT_TRUE(misfit.quality.has(Reason::kWrongType));
  EXPECT_EQ(misfit.value, model::Value());
  EXPECT_TRUE(check(rules, sample(4s, {})).has(Reason::kMissingValue));
  EXPECT_EQ(rules.check(sample(5s, std::int64_t{3}), kRulesStart + 5s).value, model::Value(3.0));
}

TEST(QualityRules, ASpikeIsMarkedAndItsNeighboursAreNot) {
  model::PropertyContract contract;
  contract.rate_max_per_s = 1;
  QualityRules rules(contract, {});
  EXPECT_TRUE(check(rules, sample(0s, 5.0)).is_good());
  EXPECT_TRUE(check(rules, sample(1s, 50.0)).has(Reason::kRateOfChange));
  EXPECT_TRUE(check(rules, sample(2s, 5.5)).is_good());
}

TEST(QualityRules, AFlatLineIsMarkedFromItsLimitOnUntilItMoves) {
  model::PropertyContract contract;
  contract.flat_line = 3s;
  QualityRules rules(contract, {});
  std::string marks;
  for (int second = 0; second < 6; ++second) {
    marks +=
        check(rules, sample(std::chrono::seconds(second), 7.0)).has(Reason::kFlatLine) ? 'x' : '.';
  }
  marks += check(rules, sample(6s, 7.1)).has(Reason::kFlatLine) ? 'x' : '.';
  EXPECT_EQ(marks, "...xxx.");
}

TEST(QualityRules, NoiseBelowTheToleranceIsAFlatLine) {
  model::PropertyContract contract;
  contract.flat_line = 3s;
  contract.flat_tolerance = 0.05;
  contract.severities.flat_line = model::Severity::kBad;
  QualityRules rules(contract, {});
  for (int second = 0; second < 3; ++second) {
    EXPECT_TRUE(check(rules, sample(std::chrono::seconds(second), 7 + 0.02 * second)).is_good());
  }
  EXPECT_TRUE(check(rules, sample(3s, 7.03)).is_bad()) << "the contract says how bad it is";
  EXPECT_TRUE(check(rules, sample(4s, 7.2)).is_good());
}

TEST(QualityRules, AnOutlierIsFarFromItsOwnPastAndALevelThatStaysIsAccepted) {
  model::PropertyContract contract;
  contract.outlier_z = 6;
  contract.outlier_samples = 9;
  QualityRules rules(contract, {});
  int second = 0;
  const auto is_outlier = [&](double value) {
    return check(rules, sample(std::chrono::seconds(second++), value)).has(Reason::kOutlier);
  };
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(is_outlier(5 + 0.1 * (i % 3)));
  EXPECT_TRUE(is_outlier(9.0));
  EXPECT_FALSE(is_outlier(5.2));
  int marked = 0;
  for (int i = 0; i < 20; ++i) marked += is_outlier(9 + 0.1 * (i % 3)) ? 1 : 0;
  EXPECT_GT(marked, 2);
  EXPECT_LT(marked, 8);
}

TEST(QualityRules, ATimeThatWasThereAFewSamplesAgoIsADuplicate) {
  QualityRules rules({}, {});
  for (int second = 0; second < 5; ++second) {
    check(rules, sample(std::chrono::seconds(second), 1.0 * second));
  }
  EXPECT_TRUE(check(rules, sample(2s, 2.0)).has(Reason::kDuplicate));
  EXPECT_TRUE(check(rules, sample(2500ms, 2.0)).has(Reason::kOutOfOrder));
  EXPECT_TRUE(check(rules, sample(2500ms, 2.0)).has(Reason::kDuplicate));
}

TEST(QualityRules, AClockThatRanAheadDoesNotBlindTheRulesOnceItIsSetRight) {
  model::PropertyContract contract;
  contract.rate_max_per_s = 1;
  QualityRules rules(contract, {});
  EXPECT_TRUE(check(rules, sample(0s, 5.0)).is_good());
  EXPECT_TRUE(rules.check(sample(24h, 5.0), kRulesStart + 1s).quality.has(Reason::kClock));
  EXPECT_TRUE(check(rules, sample(2s, 5.0)).is_good());
  EXPECT_TRUE(check(rules, sample(3s, 50.0)).has(Reason::kRateOfChange));
  EXPECT_TRUE(check(rules, sample(1s, 5.0)).has(Reason::kOutOfOrder));
}

TEST(QualityRules, AfterAClockThatRanAheadTheGapIsMarkedAtTheFirstSampleOfTheRightTime) {
  model::PropertyContract contract;
  contract.interval = 1s;
  QualityRules rules(contract, {});
  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(
        rules.check(sample(2h + i * 1s, 5.0), kRulesStart + i * 1s).quality.has(Reason::kClock));
  }
  EXPECT_TRUE(check(rules, sample(80s, 5.0)).has(Reason::kGap)) << "the swap took a minute";
  EXPECT_TRUE(check(rules, sample(81s, 5.0)).is_good());
}

TEST(QualityRules, AClockThatIsSteadilyBehindIsMarkedAfterTenSamplesAndABacklogIsNot) {
  model::PropertyContract contract;
  QualityRules rules(contract, {});
  std::string marks;
  for (int i = 0; i < 15; ++i) {
    const auto quality =
        rules.check(sample(i * 1s, 1.0 * i), kRulesStart + 4min + i * 1s + (i % 3) * 20ms).quality;
    EXPECT_FALSE(quality.has(Reason::kLate));
    marks += quality.has(Reason::kClock) ? 'x' : '.';
  }
  EXPECT_EQ(marks, ".........xxxxxx");
  EXPECT_TRUE(rules.check(sample(20s, 1.0), kRulesStart + 21s).quality.is_good()) << "set right";

  QualityRules behind_by_more(contract, {});
  model::Quality last;
  for (int i = 0; i < 15; ++i) {
    last = behind_by_more.check(sample(i * 1s, 1.0 * i), kRulesStart + 10min + i * 1s).quality;
    EXPECT_EQ(last.has(Reason::kLate), i < 9) << "until it is known to be the clock";
  }
  EXPECT_TRUE(last.has(Reason::kClock));

  for (const Arrival arrival : {Arrival::kLive, Arrival::kBacklog}) {
    QualityRules rules_of_backlog(contract, {});
    const auto arrived = [&](int i) {  // at once, or at any pace where it is known to be one
      return kRulesStart + 4min + (arrival == Arrival::kLive ? i * 1ms : i * 1s);
    };
    for (int i = 0; i < 200; ++i) {
      EXPECT_FALSE(rules_of_backlog.check(sample(i * 1s, 1.0 * i), arrived(i), {}, arrival)
                       .quality.has(Reason::kClock));
    }
  }
}

TEST(QualityRules, ADelayWithinTheContractsClockToleranceIsNoClockThatIsBehind) {
  model::PropertyContract contract;
  contract.clock = 90s;
  QualityRules rules(contract, {});
  for (int i = 0; i < 30; ++i) {
    EXPECT_TRUE(
        rules.check(sample(i * 60s, 1.0 * i), kRulesStart + (i + 1) * 60s).quality.is_good())
        << "the mean of a minute, at its beginning";
  }
}

TEST(QualityRules, AClockThatWasSetBackBlindsNoRuleForLongerThanTenSamples) {
  for (const base::Duration ahead : {base::Duration(0s), base::Duration(2h)}) {
    model::PropertyContract contract;
    contract.rate_max_per_s = 1;
    contract.flat_line = 20s;
    QualityRules rules(contract, {});
    const auto check_at = [&](int second, base::Duration skew, double value) {
      return rules.check(sample(second * 1s + skew, value), kRulesStart + second * 1s).quality;
    };
    int second = 0;
    for (; second < 30; ++second) check_at(second, ahead, 5.0 + second % 2);
    const base::Duration back = ahead - 1h;
    std::string order;
    for (; second < 45; ++second) {
      order += check_at(second, back, 5.0 + second % 2).has(Reason::kOutOfOrder) ? 'o' : '.';
    }
    EXPECT_EQ(order, "ooooooooo......");
    EXPECT_TRUE(check_at(second++, back, 50.0).has(Reason::kRateOfChange));
    for (; second < 80; ++second) check_at(second, back, 5.0);
    EXPECT_TRUE(check_at(second, back, 5.0).has(Reason::kFlatLine));
  }
}

TEST(QualityRules, AContractsOwnTolerancesAreBeforeTheProcesss) {
  model::PropertyContract contract;
  contract.lateness = 10s;
  contract.clock = 1s;
  contract.interval = 1s;
  contract.gap_factor = 5;
  QualityRules rules(contract, {});
  EXPECT_TRUE(rules.check(sample(0s, 1.0), kRulesStart + 11s).quality.has(Reason::kLate));
  EXPECT_TRUE(rules.check(sample(5s, 1.0), kRulesStart + 3s).quality.has(Reason::kClock));
  EXPECT_FALSE(check(rules, sample(8s, 1.0)).has(Reason::kGap)) << "from when the last one came";
  EXPECT_TRUE(check(rules, sample(15s, 1.0)).has(Reason::kGap));
}

TEST(QualityRules, TimeIsMarkedAndNeverRewritten) {
  model::PropertyContract contract;
  contract.interval = 1s;
  QualityRules rules(contract, {});
  EXPECT_TRUE(check(rules, sample(0s, 1.0)).is_good());
  EXPECT_FALSE(check(rules, sample(2s, 1.0)).has(Reason::kGap));
  EXPECT_TRUE(check(rules, sample(5s, 1.0)).has(Reason::kGap));
  EXPECT_TRUE(check(rules, sample(5s, 2.0)).has(Reason::kDuplicate));
  EXPECT_TRUE(check(rules, sample(4s, 2.0)).has(Reason::kOutOfOrder));
  EXPECT_TRUE(rules.check(sample(6s, 2.0), kRulesStart + 1h).quality.has(Reason::kLate));
  const Sample future = rules.check(sample(1h, 2.0), kRulesStart);
  EXPECT_TRUE(future.quality.has(Reason::kClock));
  EXPECT_EQ(future.time, kRulesStart + 1h);
}

}  // namespace
}  // namespace millrace::pipeline
