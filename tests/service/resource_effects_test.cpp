// What a plan says of the month that is stored.
#include "service/resource_effects.h"

#include "effects_fixture.h"

namespace millrace::service {
namespace {

using model::Reason;
using model::Severity;

constexpr char kFlow[] = "flow: {type: number, minimum: 0, maximum: 100, readOnly: true}";

TEST_F(ResourceEffectsTest, a_plan_counts_what_a_new_contract_would_have_marked) {
  apply(pump(1, kFlow) + thing("pump-1", 1));
  const auto flow = define("pump-1", "flow");
  fill(flow, 100, [](int i) { return i; });
  // What is marked already is no effect of the new contract.
  put(flow, {start_ + 200s, 99.0, model::Quality().marked(Reason::kOutOfRange)});
  const auto found =
      effects(pump(2, "flow: {type: number, minimum: 0, maximum: 50}") + thing("pump-1", 2));
  EXPECT_EQ(texts(found), Texts{"pump-1.flow out_of_range bad 49/101"}) << "51 … 99";
  EXPECT_EQ(found.found[0].first, start_ + 51s);
  EXPECT_EQ(found.found[0].last, start_ + 99s);
  EXPECT_EQ(found.found[0].until, std::nullopt);
  EXPECT_TRUE(found.is_complete());
  EXPECT_EQ(std::pair(found.properties, found.properties_done), std::pair(1UZ, 1UZ));
  EXPECT_EQ(found.commit, series_->stats()->commit);
  EXPECT_TRUE(found.trials.empty());
  EXPECT_EQ(catalogs_->configuration()->revision, 1) << "a plan changes nothing";
}

TEST_F(ResourceEffectsTest, a_new_version_alone_is_tried_on_the_things_of_the_one_before) {
  apply(pump(1, kFlow) + "---\n" + pump(2, kFlow) + thing("pump-1", 1) + thing("pump-2", 1));
  fill(define("pump-1", "flow"), 100, [](int i) { return i; });
  fill(define("pump-2", "flow"), 10, [](int i) { return i; });
  const auto found = effects(pump(3, "flow: {type: number, minimum: 0, maximum: 50}"));
  EXPECT_EQ(texts(found), Texts{"pump-1.flow out_of_range bad 49/100"});
  EXPECT_EQ(found.properties, 2U);
  ASSERT_EQ(found.trials.size(), 1U);
  EXPECT_EQ(found.trials[0].model, (twin::ModelRef{"pump", 3}));
  EXPECT_EQ(found.trials[0].instead_of, (twin::ModelRef{"pump", 1})) << "nothing is on version 2";
  EXPECT_EQ(found.trials[0].things, 2U);
  EXPECT_TRUE(found.not_replayed.empty());
}

TEST_F(ResourceEffectsTest, of_a_new_version_that_no_thing_can_try_nothing_is_claimed) {
  const auto base = [](int version) {
    return std::format("kind: ThingModel\nname: base\nversion: {}\nspec: {{title: Base}}\n",
                       version);
  };
  const auto first = effects(base(1));
  EXPECT_TRUE(first.trials.empty()) << "the first version changes nothing";
  apply(base(1));
  const auto second = effects(base(2));
  ASSERT_EQ(second.trials.size(), 1U);
  EXPECT_EQ(second.trials[0].model, (twin::ModelRef{"base", 2}));
  EXPECT_EQ(second.trials[0].instead_of, std::nullopt);
  std::string pumps = pump(1, kFlow);
  pumps.replace(pumps.find("  title: Pump\n"), 14,
                "  title: Pump\n  links: [{rel: 'tm:extends', href: base@2}]\n");
  const auto extended = effects(base(2) + "---\n" + pumps + thing("pump-1", 1));
  EXPECT_TRUE(extended.trials.empty()) << "it is a part of what a thing has";
}

TEST_F(ResourceEffectsTest, a_thing_that_cannot_have_the_new_version_is_named) {
  apply(pump(1, kFlow) + thing("pump-1", 1) + thing("pump-2", 1));
  fill(define("pump-1", "flow"), 10, [](int i) { return i; });
  const auto found = effects(pump(2, "flow: {type: number, minimum: 0, maximum: \"{{MAX}}\"}"));
  EXPECT_TRUE(found.found.empty());
  ASSERT_EQ(found.not_replayed.size(), 2U);
  EXPECT_EQ(found.not_replayed[0].thing, "pump-1");
  EXPECT_TRUE(found.not_replayed[0].why.contains("MAX")) << found.not_replayed[0].why;
}

TEST_F(ResourceEffectsTest, samples_in_another_unit_are_not_judged_by_the_new_one) {
  apply(pump(1, "flow: {type: number, unit: m3/h, maximum: 100}") + thing("pump-1", 1));
  const model::Series series{.id = series_->next_series_id(),
                             .thing = "pump-1",
                             .property = "flow",
                             .unit = "m3/h",
                             .source = "edge-1"};
  ASSERT_TRUE(series_->commit({.series = {series}}));
  index_.put(series);
  fill(series.id, 10, [](int i) { return i; });
  const auto found = effects(pump(2, "flow: {type: number, unit: l/min, minimum: 50}"));
  EXPECT_TRUE(found.found.empty()) << "0 … 9 m3/h are 0 … 150 l/min";
  ASSERT_EQ(found.not_replayed.size(), 1U);
  EXPECT_EQ(found.not_replayed[0].property, "flow");
  EXPECT_EQ(found.not_replayed[0].why, "it holds samples in m3/h, and the model says l/min");
}

TEST_F(ResourceEffectsTest, a_shorter_interval_shows_its_gaps_although_a_gap_is_good) {
  apply(pump(1, "flow: {type: number, mr:interval_ms: 1000}") + thing("pump-1", 1));
  const auto flow = define("pump-1", "flow");
  fill(flow, 20, [](int i) { return i; });
  const auto found = effects(pump(2, "flow: {type: number, mr:interval_ms: 100}"));
  EXPECT_EQ(texts(found), Texts{"pump-1.flow gap good 19/20"});
}

TEST_F(ResourceEffectsTest, siblings_are_compared_as_they_would_have_been) {
  const auto three = [](const std::string& siblings) {
    std::string properties;
    for (const char* name : {"a", "b", "c"}) {
      properties += std::format("{}: {{type: number{}}}\n", name, name[0] == 'a' ? siblings : "");
    }
    return properties;
  };
  apply(pump(1, three("")) + thing("pump-1", 1));
  const auto spread = [](int i) { return 10 + 0.01 * (i % 3); };
  fill(define("pump-1", "b"), 60, spread);
  fill(define("pump-1", "c"), 60, [&](int i) { return spread(i) + 0.1; });
  fill(define("pump-1", "a"), 60, [&](int i) { return i < 50 ? spread(i) : 90.0; });
  const auto found = effects(pump(2, three(", mr:quality: {siblings: [b, c]}")));
  EXPECT_EQ(texts(found), Texts{"pump-1.a sibling_outlier uncertain 10/60"});
  EXPECT_EQ(found.properties, 1U) << "b and c are read, and keep their contracts";
  EXPECT_EQ(found.checked, 180U);
}

TEST_F(ResourceEffectsTest, silences_are_counted_and_markers_of_them_are_no_missing_values) {
  apply(pump(1, "flow: {type: number, maximum: 100, mr:quality: {stale_s: 600}}") +
        thing("pump-1", 1));
  const auto flow = define("pump-1", "flow");
  fill(flow, 10, [](int i) { return i; });
  put(flow, {start_ + 9s + 600s, {}, model::Quality().marked(Reason::kStale)});
  put(flow, {start_ + 20min, 5.0, {}});
  put(flow, {start_ + 22min, 5.0, {}});
  put(flow, {clock_.now() - 1s, 5.0, {}});  // 38 minutes later; nobody has marked them
  const auto same =
      effects(pump(2, "flow: {type: number, maximum: 90, mr:quality: {stale_s: 600}}"));
  EXPECT_EQ(texts(same), Texts{}) << "the present contract has these silences too";
  const auto found =
      effects(pump(2, "flow: {type: number, maximum: 100, mr:quality: {stale_s: 60}}"));
  EXPECT_EQ(texts(found), Texts{"pump-1.flow stale uncertain 1/13"}) << "the two minutes";
  EXPECT_EQ(found.found[0].first, start_ + 21min);
}

TEST_F(ResourceEffectsTest, what_its_source_called_bad_is_no_measure_of_movement) {
  apply(pump(1, kFlow) + thing("pump-1", 1));
  const auto flow = define("pump-1", "flow");
  fill(flow, 10, [](int) { return 10.0; });
  put(flow, {start_ + 10s, 90.0, model::Quality().marked(Reason::kSourceStatus)});
  put(flow, {start_ + 11s, 10.0, {}});
  const auto found = effects(
      pump(2, "flow: {type: number, minimum: 0, maximum: 100, mr:quality: {rate_max_per_s: 5}}"));
  EXPECT_EQ(texts(found), Texts{"pump-1.flow rate_of_change bad 1/12"}) << "not back again";
}

TEST_F(ResourceEffectsTest, what_a_filter_let_pass_has_no_gaps_and_that_is_said) {
  const std::string filter = "mr:filter: {deadband: 1}";
  apply(pump(1, "flow: {type: number, mr:interval_ms: 1000, " + filter + "}") + thing("pump-1", 1));
  const auto flow = define("pump-1", "flow");
  put(flow, {start_, 1.0, {}});
  put(flow, {start_ + 50s, 9.0, {}});
  const auto found = effects(pump(
      2, "flow: {type: number, mr:interval_ms: 100, mr:quality: {stale_s: 5}, " + filter + "}"));
  EXPECT_TRUE(found.found.empty());
  std::map<Reason, std::size_t> left_out;
  for (const RuleLeftOut& one : found.rules_left_out) left_out[one.rule] = one.properties;
  EXPECT_EQ(left_out, (std::map<Reason, std::size_t>{{Reason::kLate, 1},
                                                     {Reason::kClock, 1},
                                                     {Reason::kOutOfOrder, 1},
                                                     {Reason::kGap, 1},
                                                     {Reason::kStale, 1}}));
}

TEST_F(ResourceEffectsTest, a_replay_ends_at_its_cap_and_says_so) {
  apply(pump(1, kFlow) + thing("pump-1", 1));
  fill(define("pump-1", "flow"), 10, [](int) { return 99.0; });
  const auto before = catalogs_->now();
  apply(pump(2, "flow: {type: number, minimum: 0, maximum: 50}") + thing("pump-1", 2));
  const auto capped = effects_of(*before, *catalogs_->now(), deps(), {.samples = 0}).value();
  EXPECT_FALSE(capped.is_complete());
  EXPECT_EQ(std::pair(capped.properties, capped.properties_done), std::pair(1UZ, 0UZ));
  EXPECT_EQ(capped.checked, 0U);
  ASSERT_EQ(capped.cut.size(), 1U) << "named although it has no effects";
  EXPECT_EQ(capped.cut[0].property, "flow");
  EXPECT_EQ(std::pair(capped.cut[0].since, capped.cut[0].days_seen),
            std::pair(std::optional(clock_.now()), 0.0));
  EXPECT_EQ(capped.since(), clock_.now());
}

TEST_F(ResourceEffectsTest, a_share_that_cannot_hold_the_month_goes_to_its_newest_samples) {
  apply(pump(1, kFlow) + thing("pump-1", 1));
  const auto flow = define("pump-1", "flow");
  // A sample each quarter of an hour of thirty days; trouble in the last of them only.
  constexpr int kAll = 30 * 96, kGood = 29 * 96;
  const base::Time begun = clock_.now() - std::chrono::days(30) + 1min;
  store::Commit commit;
  for (int i = 0; i < kAll; ++i) {
    commit.samples.push(flow, model::ValueType::kF64,
                        {begun + i * 15min, i < kGood ? 10.0 : 99.0, {}}, clock_.now());
  }
  ASSERT_TRUE(series_->commit(commit));
  const auto before = catalogs_->now();
  apply(pump(2, "flow: {type: number, minimum: 0, maximum: 50}") + thing("pump-1", 2));
  const auto found = effects_of(*before, *catalogs_->now(), deps(), {.samples = 1'200}).value();
  EXPECT_EQ(texts(found), Texts{"pump-1.flow out_of_range bad 96/1200"});
  EXPECT_EQ(found.found[0].until, std::nullopt);
  ASSERT_TRUE(found.found[0].since);
  EXPECT_LE(*found.found[0].since, begun + (kAll - 1'200) * 15min);
  EXPECT_GT(*found.found[0].since, begun + (kAll - 1'201) * 15min);
  EXPECT_NEAR(found.found[0].days_seen, 12.5, 0.02);
  EXPECT_EQ(found.since(), found.found[0].since);
  ASSERT_EQ(found.cut.size(), 1U);
  EXPECT_EQ(found.cut[0].since, found.found[0].since);
  EXPECT_FALSE(found.is_complete());
  // Time that holds fewer samples than the share does is no reason to miss the newest either.
  const auto slow =
      effects_of(*before, *catalogs_->now(), deps(), {.time = 1s, .per_second = 1'600}).value();
  EXPECT_EQ(texts(slow), Texts{"pump-1.flow out_of_range bad 96/1200"});
}

TEST_F(ResourceEffectsTest, each_thing_gets_its_share_and_says_how_far_it_got) {
  const std::string both = thing("pump-1", 1) + thing("pump-2", 1);
  apply(pump(1, kFlow) + both);
  fill(define("pump-1", "flow"), 3'000, [](int) { return 99.0; });
  fill(define("pump-2", "flow"), 1'500, [](int) { return 99.0; });
  const auto before = catalogs_->now();
  apply(pump(2, "flow: {type: number, minimum: 0, maximum: 50}") + thing("pump-1", 2) +
        thing("pump-2", 2));
  const auto shared = effects_of(*before, *catalogs_->now(), deps(), {.samples = 4'000}).value();
  EXPECT_EQ(texts(shared), (Texts{"pump-1.flow out_of_range bad 2000/2000",
                                  "pump-2.flow out_of_range bad 1500/1500"}));
  EXPECT_EQ(shared.found[0].first, start_ + 1'000s) << "the newest of them";
  EXPECT_EQ(shared.found[0].last, start_ + 2'999s);
  EXPECT_EQ(shared.found[0].since, start_ + 1'000s);
  EXPECT_EQ(shared.found[0].until, std::nullopt);
  EXPECT_EQ(shared.found[1].since, std::nullopt);
  EXPECT_EQ(shared.found[1].until, std::nullopt);
  EXPECT_EQ(std::pair(shared.properties, shared.properties_done), std::pair(2UZ, 1UZ));
}

}  // namespace
}  // namespace millrace::service
