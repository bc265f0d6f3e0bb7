#include "service/data_quality.h"

#include <map>
#include <set>

#include "service_fixture.h"

namespace millrace::service {
namespace {

using model::Reason;

class DataQualityTest : public ServiceTest {
 protected:
  DataQualityTest() {
    facts_["pump-1/flow"].contract.interval = base::Duration(1s);
    facts_["pump-1/flow"].contract.range_max = 100;
    facts_["pump-1/flow"].binding = "pump-1-opcua";
    facts_["pump-1/flow"].alarms = {"high"};
    facts_["pump-2/flow"].contract.siblings = {"pump-1/flow", "pump-3/flow"};
    flow_ = define("pump-1", "flow");
    define("pump-2", "flow");
    remake();
  }

  void remake() {
    Deps with_facts = deps();
    with_facts.property_facts = [this](std::string_view thing,
                                       std::string_view property) -> std::optional<PropertyFacts> {
      const auto found = facts_.find(std::format("{}/{}", thing, property));
      if (found == facts_.end()) return std::nullopt;
      return found->second;
    };
    with_facts.filter_reports = [this] { return reports_; };
    services_ = std::make_unique<Services>(with_facts);
  }

  /// One sample a second for an hour, beginning an hour ago, with the quality that `of` gives.
  void fill(auto of) {
    store::Commit commit;
    for (int i = 0; i < 3600; ++i) {
      const std::optional<model::Quality> quality = of(i);
      const base::Time time = begin() + std::chrono::seconds(i);
      if (quality) {
        commit.samples.push(flow_, model::ValueType::kF64, {time, 1.0 * i, *quality}, time);
      }
    }
    ASSERT_TRUE(series_->commit(commit));
  }
  base::Time begin() const { return clock_.now() - 1h; }

  QualityTally tally(QualityLevel level = QualityLevel::kThing) {
    const auto scores = services_->quality.scores({.level = level,
                                                   .site = {},
                                                   .thing = "pump-1",
                                                   .range = {begin(), clock_.now()},
                                                   .step = 1h});
    EXPECT_TRUE(scores) << base::describe(scores.error());
    EXPECT_EQ(scores->rows.size(), 1U);
    return scores->rows.empty() ? QualityTally() : scores->rows.front().tally;
  }

  std::map<std::string, PropertyFacts> facts_;
  std::vector<FilterReport> reports_;
  model::SeriesId flow_{};
};

model::Quality marked(Reason reason) { return model::Quality().marked(reason); }

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
