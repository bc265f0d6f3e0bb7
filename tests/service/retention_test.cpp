// Retention as the hub's house keeping runs it.

#include "service/third_party_fixture.h"

namespace millrace::service {
namespace {

using RetainedThirdPartyTest = ThirdPartyTest;

TEST_F(ServiceTest, what_retention_let_go_stands_in_an_event_and_charts_go_on) {
  const auto flow = define("pump-1", "flow");
  const base::Time july = std::chrono::sys_days(std::chrono::year(2026) / 7 / 10);
  store::Commit commit;
  for (int i = 0; i < 1'000; ++i) {
    commit.samples.push(flow, model::ValueType::kF64, {july + i * 1s, 2.0, {}}, clock_.now());
  }
  ASSERT_TRUE(series_->commit(commit));
  ASSERT_TRUE(series_->seal());
  const store::RetentionPolicy policy{.raw = 30 * 24h};
  ASSERT_TRUE(services_->system.retain(policy, {}));
  const auto event = series_->events(0, 1)->front();
  EXPECT_EQ(std::tuple(event.kind, event.actor_role), std::tuple("store.retention", "system"));
  EXPECT_EQ(event.body, R"({"dropped":[{"end":"2026-08-01T00:00:00Z","samples":1000,)"
                        R"("start":"2026-07-01T00:00:00Z","type":"f64","what":"rows"}]})");
  const auto chart = services_->histories.one({.property = {"pump-1", "flow"},
                                               .range = {july, july + 1h},
                                               .step = 1min,
                                               .aggregates = {store::Aggregate::kCount}});
  ASSERT_TRUE(chart) << base::describe(chart.error());
  EXPECT_EQ(chart->buckets.size(), 17U);
  EXPECT_EQ(chart->buckets.front().values.front(), 60);
  ASSERT_TRUE(services_->system.retain(policy, {}));
  EXPECT_EQ(series_->events(0, 10)->size(), 1U) << "nothing more to say";
}

TEST_F(RetainedThirdPartyTest, a_source_whose_first_samples_expired_still_waits_and_is_scored) {
  const auto pressure = define_metric("p-out", "P/Out", "kPa");
  const base::Time july = std::chrono::sys_days(std::chrono::year(2026) / 7 / 10);
  fill(pressure, july, 1'000, [](int) { return model::Value(200.0); });
  fill(pressure, then_, 5, [](int) { return model::Value(200.0); });
  ASSERT_TRUE(series_->seal());
  ASSERT_TRUE(services_->system.retain({.raw = 30 * 24h}, {}));
  const auto waiting = services_->onboarding.candidates({}, {.limit = 10});
  ASSERT_TRUE(waiting) << base::describe(waiting.error());
  ASSERT_EQ(waiting->items.size(), 1U);
  EXPECT_EQ(waiting->items[0].samples, 5U);
  EXPECT_EQ(waiting->items[0].first_seen, then_);
  const auto scores =
      services_->quality.scores({.range = {july, july + 24h}, .step = 1h, .thing = "gw7.mixer"});
  EXPECT_TRUE(scores) << base::describe(scores.error());
}

}  // namespace
}  // namespace millrace::service
