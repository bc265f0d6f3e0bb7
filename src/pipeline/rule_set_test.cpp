#include "pipeline/rule_set.h"

#include <gtest/gtest.h>

namespace millrace::pipeline {
namespace {

using model::Reason;
using model::Sample;
using namespace std::chrono_literals;

constexpr base::Time kSetStart{std::chrono::seconds(1'800'000'000)};

model::PropertyContract property(std::string name, std::string unit,
                                 std::vector<std::string> siblings) {
  model::PropertyContract contract;
  contract.thing = "tank-1";
  contract.property = std::move(name);
  contract.unit = std::move(unit);
  contract.siblings = std::move(siblings);
  contract.outlier_tolerance = 0.5;
  return contract;
}

TEST(RuleSet, TheOneOfThreeThatDisagreesIsMarked) {
  RuleSet rules({property("a", "°C", {"b", "c"}), property("b", "°C", {"a", "tank-1/c"}),
                 property("c", "°C", {"a", "b"})},
                {});
  EXPECT_TRUE(rules.problems().empty());
  const auto at = [&](std::size_t place, base::Duration after, double value) {
    return rules.check(place, {kSetStart + after, value, {}}, kSetStart + after)
        .quality.has(Reason::kSiblingOutlier);
  };
  EXPECT_FALSE(at(0, 0s, 20.0));
  EXPECT_FALSE(at(1, 0s, 20.1));
  EXPECT_FALSE(at(2, 0s, 19.9));
  EXPECT_TRUE(at(0, 1s, 24.0));
  EXPECT_FALSE(at(1, 1s, 20.1)) << "the one that is off does not drag the others along";
  EXPECT_FALSE(at(2, 1s, 20.0));
  EXPECT_FALSE(at(0, 2min, 30.0)) << "what siblings said long ago does not count";
}

TEST(RuleSet, SiblingsAreComparedOnAfterTheirClockWasSetBack) {
  RuleSet rules({property("a", "bar", {"b", "c"}), property("b", "bar", {"a", "c"}),
                 property("c", "bar", {"a", "b"})},
                {});
  const auto at = [&](std::size_t place, int second, base::Duration skew, double value) {
    const base::Time now = kSetStart + std::chrono::seconds(second);
    return rules.check(place, {now + skew, value, {}}, now).quality.has(Reason::kSiblingOutlier);
  };
  for (int second = 0; second < 40; ++second) {
    const base::Duration skew = second < 20 ? base::Duration(0) : base::Duration(-1h);
    for (std::size_t place = 0; place < 3; ++place) {
      EXPECT_FALSE(at(place, second, skew, 20 + 0.1 * static_cast<double>(place)));
    }
  }
  EXPECT_TRUE(at(0, 40, -1h, 30.0));
}

TEST(RuleSet, ASiblingThatIsNotReadOrInAnotherUnitIsNamedAndNotCompared) {
  RuleSet rules({property("a", "bar", {"b", "gone"}), property("b", "kPa", {})}, {});
  ASSERT_EQ(rules.problems().size(), 2U);
  EXPECT_NE(rules.problems()[0].find("kPa"), std::string::npos);
  EXPECT_NE(rules.problems()[1].find("not read here"), std::string::npos);
}

TEST(RuleSet, SilenceIsSaidOnceAndEndsWithTheNextSample) {
  auto contract = property("a", "bar", {});
  contract.stale = 30s;
  RuleSet rules({contract}, {});
  rules.check(0, {kSetStart, 1.0, {}}, kSetStart);
  EXPECT_FALSE(rules.silence(0, 29s, kSetStart + 29s));
  const auto stale = rules.silence(0, 31s, kSetStart + 31s);
  ASSERT_TRUE(stale);
  EXPECT_TRUE(stale->quality.has(Reason::kStale));
  EXPECT_EQ(stale->time, kSetStart + 30s);
  EXPECT_EQ(stale->value, model::Value());
  EXPECT_FALSE(rules.silence(0, 60s, kSetStart + 60s));
  // What was only late on its way is in order.
  const auto next = rules.check(0, {kSetStart + 5s, 1.0, {}}, kSetStart + 61s);
  EXPECT_FALSE(next.quality.has(Reason::kOutOfOrder));
  EXPECT_TRUE(rules.silence(0, 30s, kSetStart + 91s));
}

}  // namespace
}  // namespace millrace::pipeline
