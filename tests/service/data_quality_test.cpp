#include <map>
#include <set>

#include "data_quality_fixture.h"

namespace millrace::service {
namespace {

using model::Reason;

TEST_F(DataQualityTest, a_score_counts_what_is_missing_bad_late_and_contradictory) {
  fill([](int i) -> std::optional<model::Quality> {
    if (i >= 1800 && i < 2160) return std::nullopt;  // a tenth is missing
    if (i < 36) return marked(Reason::kOutOfRange);  // bad
    if (i < 72) return marked(Reason::kLate);
    if (i < 144) return marked(Reason::kFlatLine);
    return model::Quality();
  });
  const QualityTally all = tally();
  EXPECT_EQ(all.samples, 3240U);
  EXPECT_DOUBLE_EQ(all.expected, 3600);
  EXPECT_DOUBLE_EQ(*all.completeness(), 0.9);
  EXPECT_DOUBLE_EQ(*all.validity(), 1 - 36.0 / 3240);
  EXPECT_DOUBLE_EQ(*all.timeliness(), 1 - 36.0 / 3240);
  EXPECT_DOUBLE_EQ(*all.consistency(), 1 - 72.0 / 3240);
  EXPECT_DOUBLE_EQ(*all.score(), 0.9);
}

TEST_F(DataQualityTest, a_score_follows_corrections_and_the_score_of_what_came_stays) {
  fill([](int i) -> std::optional<model::Quality> {
    if (i >= 1800 && i < 2160) return std::nullopt;
    if (i < 36) return marked(Reason::kOutOfRange);
    return model::Quality();
  });
  const auto correct = [&](int from, int to, store::CorrectionAction action) {
    store::Correction one{.series = flow_,
                          .range = {begin() + from * 1s, begin() + to * 1s},
                          .action = action,
                          .time = clock_.now()};
    const bool is_fill = action == store::CorrectionAction::kFill;
    if (is_fill || action == store::CorrectionAction::kReplace) one.value = 5.0;
    if (is_fill) one.method = store::FillMethod::kConstant;
    if (is_fill) one.interval = 1s;
    ASSERT_TRUE(series_->commit({.corrections = {one}}));
  };
  correct(0, 36, store::CorrectionAction::kReplace);
  correct(1800, 2160, store::CorrectionAction::kFill);
  const QualityTally good = tally();
  EXPECT_DOUBLE_EQ(*good.validity(), 1);
  correct(3000, 3360, store::CorrectionAction::kInvalidate);
  const QualityTally seen = tally();
  EXPECT_EQ(seen.samples, 3600U);
  EXPECT_DOUBLE_EQ(*seen.completeness(), 1);
  EXPECT_DOUBLE_EQ(*seen.validity(), 0.9);
  const QualityTally came = tally(QualityLevel::kThing, store::Corrections::kLeftOut);
  EXPECT_EQ(came.samples, 3240U);
  EXPECT_DOUBLE_EQ(*came.completeness(), 0.9);
  EXPECT_DOUBLE_EQ(*came.validity(), 1 - 36.0 / 3240);
  correct(3000, 3360, store::CorrectionAction::kRestore);
  EXPECT_DOUBLE_EQ(*tally().validity(), 1);
  correct(0, 3600, store::CorrectionAction::kRestore);
  EXPECT_EQ(tally().samples, came.samples);
  EXPECT_DOUBLE_EQ(*tally().validity(), *came.validity());
  EXPECT_DOUBLE_EQ(*tally().completeness(), 0.9);
}

TEST_F(DataQualityTest, scores_say_on_which_data_version_they_stand) {
  fill([](int) -> std::optional<model::Quality> { return model::Quality(); });
  const ScoreRequest request{.level = QualityLevel::kProperty,
                             .site = {},
                             .thing = "pump-1",
                             .range = {begin(), clock_.now()},
                             .step = 1h};
  const auto before = services_->quality.scores(request);
  ASSERT_TRUE(before) << base::describe(before.error());
  ASSERT_TRUE(series_->commit({.corrections = {{.series = flow_,
                                                .range = {begin(), begin() + 36s},
                                                .action = store::CorrectionAction::kInvalidate,
                                                .time = clock_.now()}}}));
  const auto after = services_->quality.scores(request);
  ASSERT_TRUE(after) << base::describe(after.error());
  EXPECT_EQ(number(after->commit), number(before->commit) + 1);
  EXPECT_DOUBLE_EQ(*before->rows.front().tally.validity(), 1);
  EXPECT_DOUBLE_EQ(*after->rows.front().tally.validity(), 0.99);
}

TEST_F(DataQualityTest,
       completeness_is_unknown_without_an_interval_and_by_heartbeat_behind_a_filter) {
  fill([](int i) -> std::optional<model::Quality> {
    if (i % 60 != 0) return std::nullopt;
    return model::Quality();
  });
  EXPECT_NEAR(*tally().completeness(), 1.0 / 60, 1e-9);
  facts_["pump-1/flow"].filter = {.deadband_absolute = 1, .heartbeat = 60s};
  EXPECT_DOUBLE_EQ(*tally().completeness(), 1);
  facts_.clear();
  EXPECT_FALSE(tally().completeness());
  EXPECT_DOUBLE_EQ(*tally().score(), 1);
}

TEST_F(DataQualityTest,
       what_began_inside_the_range_is_expected_from_there_and_what_fell_silent_always) {
  fill([](int i) -> std::optional<model::Quality> {
    if (i < 1800) return std::nullopt;
    return model::Quality();
  });
  EXPECT_DOUBLE_EQ(*tally().completeness(), 1);
  clock_.advance(2h);
  EXPECT_DOUBLE_EQ(*tally().completeness(), 0);
}

TEST_F(DataQualityTest, a_problem_says_what_since_when_what_it_affects_and_what_to_do) {
  origins_.all = {{.name = "edge-1", .is_connected = true}};
  remake();
  fill([](int i) -> std::optional<model::Quality> {
    if (i >= 600 && i < 610) return marked(Reason::kRateOfChange);  // over long ago
    if (i >= 3000) return marked(Reason::kOutOfRange);
    return model::Quality();
  });
  const auto page = services_->quality.problems(
      {.site = {}, .thing = "", .start = clock_.now() - 2h, .active = {}}, {});
  ASSERT_TRUE(page) << base::describe(page.error());
  ASSERT_EQ(page->items.size(), 2U);
  const QualityProblem& now = page->items[0];
  EXPECT_EQ(now.rule, Reason::kOutOfRange);
  EXPECT_TRUE(now.is_active);
  EXPECT_EQ(now.since, begin() + 3000s);
  EXPECT_EQ(now.samples, 600U);
  EXPECT_DOUBLE_EQ(now.share, 1.0 / 6);
  EXPECT_NE(now.advice.find("100"), std::string::npos) << now.advice;
  std::set<std::pair<std::string, std::string>> affected;
  for (const Affected& one : now.affects) affected.emplace(one.kind, one.name);
  EXPECT_TRUE(affected.contains({"binding", "pump-1-opcua"}));
  EXPECT_TRUE(affected.contains({"alarm", "high"}));
  EXPECT_TRUE(affected.contains({"sibling", "pump-2.flow"}));
  EXPECT_FALSE(page->items[1].is_active);
  const auto active = services_->quality.problems(
      {.site = {}, .thing = "", .start = clock_.now() - 2h, .active = true}, {});
  EXPECT_EQ(active->items.size(), 1U);
  EXPECT_EQ(page->commit, series_->stats()->commit);
}

TEST_F(DataQualityTest, the_filters_report_is_paged_with_the_most_saved_first) {
  reports_ = {{.thing = "a", .property = "x", .edge = "e1", .bytes_saved = 5},
              {.thing = "b", .property = "x", .edge = "e2", .bytes_saved = 500}};
  const auto first = services_->quality.filters("", {.limit = 1, .cursor = {}});
  ASSERT_TRUE(first && first->next);
  EXPECT_EQ(first->items.front().thing, "b");
  const auto second = services_->quality.filters("", {.limit = 1, .cursor = first->next});
  EXPECT_EQ(second->items.front().thing, "a");
  EXPECT_FALSE(second->next);
  EXPECT_EQ(services_->quality.filters("e1", {})->items.size(), 1U);
  EXPECT_EQ(first->commit, series_->stats()->commit);
}

TEST(FilterReport, a_policy_is_said_in_words) {
  EXPECT_EQ(in_words({}), "none");
  EXPECT_EQ(in_words({.deadband_absolute = 0.1}), "deadband 0.1, heartbeat 60 s");
  EXPECT_EQ(in_words({.kind = model::FilterKind::kSwingingDoor, .deviation = 0.5, .heartbeat = 5s}),
            "swinging_door 0.5, heartbeat 5 s");
  EXPECT_EQ(in_words({.kind = model::FilterKind::kWindow, .window = 10s}), "mean of 10 s");
}

}  // namespace
}  // namespace millrace::service
