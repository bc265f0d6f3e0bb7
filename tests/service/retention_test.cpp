// Retention as the hub's house keeping runs it.

#include "service/service_fixture.h"

namespace millrace::service {
namespace {

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

}  // namespace
}  // namespace millrace::service
