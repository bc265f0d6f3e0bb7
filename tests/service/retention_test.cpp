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

TEST_F(ServiceTest, a_retention_that_deletes_is_planned_with_figures_and_needs_a_confirmation) {
  const auto flow = define("pump-1", "flow");
  const base::Time july = std::chrono::sys_days(std::chrono::year(2026) / 7 / 10);
  store::Commit commit;
  for (int i = 0; i < 1'000; ++i) {
    commit.samples.push(flow, model::ValueType::kF64, {july + i * 1s, 2.0, {}}, clock_.now());
  }
  ASSERT_TRUE(series_->commit(commit));
  ASSERT_TRUE(series_->seal());
  put(flow, {july + 24h, 2.0, {}});  // not sealed yet: it goes when it is
  const auto files = [](int raw_days) {
    return std::vector<twin::FileText>{
        {"keep.yaml", std::format("kind: Retention\nname: keep\nspec: {{raw_d: {}}}\n", raw_days)}};
  };
  const auto deletes = [&](int raw_days) {
    const auto plan = services_->resources.plan(admin(), files(raw_days), Prune::kNo);
    EXPECT_TRUE(plan && plan->problems.empty());
    return plan->deletes;
  };
  const auto apply = [&](int raw_days, bool is_confirmed) {
    return services_->resources.apply(
        admin(), {.files = files(raw_days), .reason = "", .confirm_deletion = is_confirmed});
  };
  EXPECT_TRUE(deletes(3'650).empty());
  ASSERT_TRUE(apply(3'650, false)) << "nothing is so old";
  const auto found = deletes(30);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(std::tuple(found[0].what, found[0].from, found[0].to, found[0].samples),
            std::tuple(store::Kept::kRows, july, july + 24h, 1'001U));
  const auto refused = apply(30, false);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_TRUE(refused.error().what.contains("1001 samples of 2026-07-10")) << refused.error().what;
  EXPECT_EQ(catalogs_->configuration()->revision, 1) << "nothing was changed";
  ASSERT_TRUE(apply(30, true));
  EXPECT_TRUE(deletes(60).empty()) << "a longer one deletes nothing that the present one keeps";
  EXPECT_TRUE(apply(60, false));
}

TEST_F(ServiceTest, samples_that_have_expired_are_not_corrected) {
  const auto flow = define("pump-1", "flow");
  const auto switched = define("pump-1", "on", model::ValueType::kBool);
  const base::Time july = std::chrono::sys_days(std::chrono::year(2026) / 7 / 10);
  const base::Time august = std::chrono::sys_days(std::chrono::year(2026) / 8 / 1);
  for (int i = 0; i < 100; ++i) put(flow, {july + i * 1s, 2.0, {}});
  put(switched, {clock_.now(), true, {}});
  ASSERT_TRUE(series_->seal());
  ASSERT_TRUE(services_->system.retain({.raw = 30 * 24h}, {}));
  const auto correct = [&](const char* property, base::Time start, base::Time end) {
    return services_->corrections.create(admin(), {.property = {"pump-1", property},
                                                   .range = {start, end},
                                                   .value = {},
                                                   .interval = {},
                                                   .reason = "a stuck sensor"});
  };
  const auto refused = correct("flow", july, july + 1h);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalid);
  EXPECT_TRUE(refused.error().what.contains("2026-07-10T00:00:00Z to 2026-07-10T01:00:00Z"))
      << refused.error().what;
  const auto over = correct("flow", july, august + 1h);
  ASSERT_FALSE(over) << "a part of it has expired";
  EXPECT_EQ(over.error().hint, "Start at 2026-08-01T00:00:00Z.");
  EXPECT_TRUE(series_->corrections({.limit = 10})->empty());
  EXPECT_TRUE(correct("flow", august, august + 1h));
  EXPECT_TRUE(correct("on", july, july + 1h)) << "of this type nothing has expired";
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
      services_->quality.scores({.thing = "gw7.mixer", .range = {july, july + 24h}, .step = 1h});
  EXPECT_TRUE(scores) << base::describe(scores.error());
}

TEST_F(ServiceTest, an_import_says_what_of_it_is_older_than_the_hub_keeps) {
  const base::Time july = std::chrono::sys_days(std::chrono::year(2026) / 7 / 10);
  put(define("pump-1", "flow"), {july, 2.0, {}});
  ASSERT_TRUE(series_->seal());
  ASSERT_TRUE(services_->system.retain({.raw = 30 * 24h}, {}));
  const auto engineer = as(Role::kOtEngineer);
  const auto made =
      services_->imports.create(engineer, {.file_name = "old.csv",
                                           .file_hash = std::string(64, 'a'),
                                           .file_bytes = 10,
                                           .rows_total = 3,
                                           .mapping = "{}",
                                           .targets = {{.thing = "pump-2", .property = "flow"}}});
  ASSERT_TRUE(made);
  model::ImportBlock block{.rows = {0, 1, 2},
                           .times = {july, july + 1h, clock_.now() - 1h},
                           .columns = {{.target = 0, .values = {1.0, 2.0, 3.0}, .qualities = {}}}};
  block.columns[0].qualities.resize(3);
  const auto done = services_->imports.put_rows(
      engineer, made->first.record.id, {.first_row = 0, .row_count = 3, .blocks = {block}});
  ASSERT_TRUE(done) << base::describe(done.error());
  EXPECT_EQ(done->mark.samples, 1U);
  EXPECT_TRUE(done->mark.is_complete);
  const auto said = services_->fleet.events({.kind = "import.beyond_retention"}, {.limit = 10});
  ASSERT_EQ(said->items.size(), 1U);
  EXPECT_EQ(said->items[0].subject, made->first.record.id);
  EXPECT_EQ(said->items[0].body,
            R"({"samples":2,"first":"2026-07-10T00:00:00Z","last":"2026-07-10T01:00:00Z"})");
}

}  // namespace
}  // namespace millrace::service
