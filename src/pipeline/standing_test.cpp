#include "pipeline/standing.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace millrace::pipeline {
namespace {

using model::Reason;
using model::Sample;
using namespace std::chrono_literals;

constexpr base::Time kSince{std::chrono::seconds(1'800'000'000)};

class StandingTest : public ::testing::Test {
 protected:
  Standing::Samples take(Said said, Sample sample, base::Time now, bool is_due = false) {
    Standing::Samples out;
    standing_.take({0, std::move(sample), said}, now, is_due, out);
    return out;
  }
  Standing::Samples lose(base::Time now) {
    return take(Said::kLoss, {now, {}, model::Quality().marked(Reason::kNotReadable)}, now);
  }
  Standing standing_;
};

const Sample kFive{kSince, 5.0, {}};

/// How five stands at a time of this process.
Sample five_at(base::Time time) {
  return {time, 5.0, model::Quality().marked(Reason::kNoSourceTime, model::Severity::kGood)};
}

TEST_F(StandingTest, NewsGoOnAsTheyAreAndWhatIsSaidAgainDoesNot) {
  EXPECT_EQ(take(Said::kOnRequest, kFive, kSince + 9s), Standing::Samples{kFive}) << "the first";
  EXPECT_TRUE(take(Said::kOnRequest, kFive, kSince + 10s).empty());
  EXPECT_TRUE(take(Said::kNews, kFive, kSince + 10s).empty()) << "it was read before it was news";
  const Sample six{kSince + 11s, 6.0, {}};
  EXPECT_EQ(take(Said::kNews, six, kSince + 11s), Standing::Samples{six});
  EXPECT_EQ(take(Said::kNews, six, kSince + 12s), Standing::Samples{six})
      << "a source that says the same news twice is for the rules to mark";
  EXPECT_FALSE(standing_.restated(kSince + 13s));
  const Sample nan{kSince + 14s, std::numeric_limits<double>::quiet_NaN(), {}};
  EXPECT_EQ(take(Said::kNews, nan, kSince + 14s).size(), 1U);
  EXPECT_TRUE(take(Said::kOnRequest, nan, kSince + 15s).empty()) << "NaN stands like any other";
}

TEST_F(StandingTest, OnAHeartbeatWhatStandsIsSaidAtThePresentTime) {
  take(Said::kNews, kFive, kSince);
  EXPECT_EQ(take(Said::kOnRequest, kFive, kSince + 60s, true),
            Standing::Samples{five_at(kSince + 60s)});
  EXPECT_TRUE(five_at(kSince).quality.is_good());
  const Sample six{kSince + 61s, 6.0, {}};
  EXPECT_EQ(take(Said::kOnRequest, six, kSince + 62s, true), Standing::Samples{six})
      << "what is new has its own time";
}

TEST_F(StandingTest, AfterALossWhatStandsEndsTheSeries) {
  take(Said::kNews, kFive, kSince);
  EXPECT_EQ(lose(kSince + 20s).size(), 1U);
  EXPECT_EQ(take(Said::kOnRequest, kFive, kSince + 30s), Standing::Samples{five_at(kSince + 30s)});
  EXPECT_TRUE(take(Said::kOnRequest, kFive, kSince + 31s).empty()) << "once";
  lose(kSince + 40s);
  const Sample six{kSince + 35s, 6.0, {}};  // while nobody listened
  const auto made = take(Said::kOnRequest, six, kSince + 50s);
  ASSERT_EQ(made.size(), 2U);
  EXPECT_EQ(made[0], six) << "its own time is kept";
  EXPECT_EQ(made[1].time, kSince + 50s);
  EXPECT_EQ(made[1].value, six.value);
  lose(kSince + 60s);
  const Sample seven{kSince + 65s, 7.0, {}};
  EXPECT_EQ(take(Said::kOnRequest, seven, kSince + 70s), Standing::Samples{seven})
      << "newer than the loss by itself";
}

TEST_F(StandingTest, NewsBehindATimeOfThisProcessAreFollowedByHowTheTagStands) {
  take(Said::kNews, kFive, kSince);
  lose(kSince + 20s);
  const Sample six{kSince + 10s, 6.0, {}}, seven{kSince + 11s, 7.0, {}};  // queued meanwhile
  EXPECT_EQ(take(Said::kNews, six, kSince + 30s), Standing::Samples{six});
  EXPECT_EQ(take(Said::kNews, seven, kSince + 30s), Standing::Samples{seven});
  const auto restated = standing_.restated(kSince + 31s);
  ASSERT_TRUE(restated);
  EXPECT_EQ(restated->value, seven.value);
  EXPECT_EQ(restated->time, kSince + 31s);
  EXPECT_FALSE(standing_.restated(kSince + 32s));
}

TEST_F(StandingTest, NewsOfAClockThatIsBehindAreNotRestatedOneAfterTheOther) {
  const auto restated_in_a_minute = [&](base::Time from) {
    int restated = 0;
    for (int second = 1; second <= 60; ++second) {
      const base::Time now = from + std::chrono::seconds(second);
      const Sample news{now - 30s, 1.0 * second, {}};
      EXPECT_EQ(take(Said::kNews, news, now), Standing::Samples{news});
      restated += standing_.restated(now + 500ms).has_value();
    }
    return restated;
  };
  take(Said::kNews, kFive, kSince + 30s);
  EXPECT_EQ(take(Said::kOnRequest, kFive, kSince + 90s, true).size(), 1U) << "a heartbeat";
  EXPECT_EQ(restated_in_a_minute(kSince + 90s), 0);
  lose(kSince + 200s);
  EXPECT_EQ(restated_in_a_minute(kSince + 210s), 1) << "the series ended without a value";
  standing_.fell_silent(kSince + 300s);
  EXPECT_EQ(restated_in_a_minute(kSince + 310s), 1);
}

TEST_F(StandingTest, AfterAStaleSampleWhatStandsIsSaidAgain) {
  take(Said::kNews, kFive, kSince);
  standing_.fell_silent(kSince + 30s);
  EXPECT_EQ(take(Said::kOnRequest, kFive, kSince + 40s), Standing::Samples{five_at(kSince + 40s)});
}

TEST_F(StandingTest, AValueThatMeansSomethingElseNowIsSaidAgain) {
  take(Said::kNews, kFive, kSince);
  standing_.forget();
  EXPECT_EQ(take(Said::kOnRequest, kFive, kSince + 1s), Standing::Samples{kFive});
}

TEST_F(StandingTest, AClockThatWasSetBackDoesNotHoldWhatStandsInTheFuture) {
  take(Said::kNews, kFive, kSince);
  lose(kSince + 24h);
  EXPECT_EQ(take(Said::kOnRequest, kFive, kSince + 30s), Standing::Samples{five_at(kSince + 30s)});
}

}  // namespace
}  // namespace millrace::pipeline
