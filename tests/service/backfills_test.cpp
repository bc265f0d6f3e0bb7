// What arrived before a binding: converted, checked, and written once, whatever happens.

#include <set>

#include "service/third_party_fixture.h"

namespace millrace::service {
namespace {

using model::Reason;
using model::Value;
using model::ValueType;

class BackfillsTest : public ThirdPartyTest {
 protected:
  /// Samples i of `count` are there once: second i has i hundredths of a bar.
  void expect_pressures(std::size_t count, const std::string& thing = "mixer-1") {
    const auto stored = history(thing, "pressure");
    ASSERT_EQ(stored.size(), count);
    for (std::size_t i = 0; i < count; ++i) {
      EXPECT_EQ(stored[i].time, then_ + static_cast<int>(i) * 1s);
      EXPECT_NEAR(std::get<double>(stored[i].value), 0.01 * static_cast<double>(i % 500), 1e-9);
      EXPECT_TRUE(stored[i].quality.is_good()) << i;
    }
  }
};

Value kilopascals(int i) { return static_cast<double>(i % 500); }

TEST_F(BackfillsTest, what_arrived_before_is_there_in_the_propertys_unit_and_only_once) {
  fill(define_metric("p-out", "P/Out", "kPa"), then_, 100, kilopascals);
  fill(define_metric("speed", "", "1/min", ValueType::kI64), then_, 10,
       [](int i) { return Value(std::int64_t{i}); });
  bind(kMetrics);
  ASSERT_TRUE(binder_);
  work();
  expect_pressures(100);
  EXPECT_EQ(history("mixer-1", "speed", ValueType::kI64).size(), 10U);
  EXPECT_EQ(index_.of_thing("mixer-1").front().unit, "bar");
  EXPECT_EQ(index_.of_thing("mixer-1").front().site, "works");
  EXPECT_EQ(history("gw7.mixer", "p-out").size(), 100U);  // the original stays
  const auto done = events("backfill.completed");
  ASSERT_EQ(done.size(), 2U);
  EXPECT_EQ(done[0].subject, "mixer-1");
  apply("kind: Site\nname: other\nspec: {title: Other}\n");
  EXPECT_TRUE(services_->bindings.follow());
  work();
  make_services();
  EXPECT_TRUE(services_->bindings.follow());
  work();
  expect_pressures(100);
  EXPECT_EQ(events("backfill.completed").size(), 2U);
}

TEST_F(BackfillsTest, a_hub_that_starts_again_in_the_middle_goes_on_where_it_was) {
  constexpr int kCount = 25'000;
  fill(define_metric("p-out", "P/Out", ""), then_, kCount, kilopascals);
  bind(kMetrics);
  std::set<std::size_t> seen;
  for (int restarts = 0; restarts < 20; ++restarts) {
    EXPECT_TRUE(services_->bindings.work());  // looks what is owed
    const auto has_more = services_->bindings.work();
    ASSERT_TRUE(has_more);
    seen.insert(history("mixer-1", "pressure").size());
    if (!*has_more) break;
    make_services();
    EXPECT_TRUE(services_->bindings.follow());
  }
  EXPECT_GE(seen.size(), 4U) << "it was not interrupted";
  expect_pressures(kCount);
  EXPECT_EQ(events("backfill.started").size(), 1U);
  EXPECT_EQ(events("backfill.completed").size(), 1U);
}

TEST_F(BackfillsTest, a_commit_that_fails_is_made_again_with_the_same_qualities) {
  fill(define_metric("p-out", "P/Out", "kPa"), then_, 100, kilopascals);
  bind(kMetrics);
  EXPECT_TRUE(services_->bindings.work());
  writes_to_fail_ = 2;
  EXPECT_EQ(services_->bindings.work().error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(services_->bindings.work().error().code, ErrorCode::kUnavailable);
  work();
  expect_pressures(100);
}

TEST_F(BackfillsTest, what_came_while_nothing_was_bound_is_added_when_it_is_bound_again) {
  const auto id = define_metric("p-out", "P/Out", "kPa");
  fill(id, then_, 50, kilopascals);
  bind(kMetrics);
  work();
  apply(kModel, Prune::kYes);
  EXPECT_TRUE(services_->bindings.follow());
  fill(id, then_ + 50s, 30, [](int i) { return kilopascals(50 + i); });
  bind(kMetrics);
  work();
  expect_pressures(80);
}

TEST_F(BackfillsTest, what_came_after_a_backfill_was_interrupted_is_added_too) {
  constexpr int kCount = 25'000;
  const auto id = define_metric("p-out", "P/Out", "kPa");
  fill(id, then_, kCount, kilopascals);
  bind(kMetrics);
  EXPECT_TRUE(services_->bindings.work());  // looks what is owed
  EXPECT_TRUE(services_->bindings.work());
  apply(kModel, Prune::kYes);
  EXPECT_TRUE(services_->bindings.follow());
  const auto some = history("mixer-1", "pressure").size();
  EXPECT_GT(some, 0U);
  EXPECT_LT(some, std::size_t{kCount}) << "it was not interrupted";
  fill(id, then_ + kCount * 1s, 30, [](int i) { return kilopascals(kCount + i); });
  bind(kMetrics);
  work();
  expect_pressures(kCount + 30);
}

TEST_F(BackfillsTest, samples_of_one_time_stay_together_in_a_part) {
  const auto id = define_metric("p-out", "P/Out", "kPa");
  store::Commit commit;
  for (int i = 0; i < 12'000; ++i) {
    const base::Time time = then_ + (i < 4'000 ? i : 4'000) * 1s;
    commit.samples.push(id, ValueType::kF64, {time, 100.0, {}}, time);
  }
  ASSERT_TRUE(series_->commit(commit));
  bind(kMetrics);
  work();
  EXPECT_EQ(history("mixer-1", "pressure").size(), 12'000U);
}

TEST_F(BackfillsTest, another_type_and_another_unit_are_kept_and_marked) {
  apply(std::string(kModel) + "---\n" + kMetrics);  // before the device has come
  fill(define_metric("p-out", "P/Out", "psi"), then_, 3, kilopascals);
  fill(define_metric("p-out", "P/Out", "", ValueType::kText), then_ + 1h, 2,
       [](int) { return Value(std::string("high")); });
  EXPECT_TRUE(services_->bindings.follow());
  work();
  const auto numbers = history("mixer-1", "pressure");
  ASSERT_EQ(numbers.size(), 5U);
  EXPECT_TRUE(numbers[0].quality.has(Reason::kWrongUnit));
  EXPECT_TRUE(numbers[3].quality.has(Reason::kWrongType));
  EXPECT_EQ(numbers[3].value, Value());
  EXPECT_FALSE(index_.find("mixer-1", "pressure", ValueType::kText))
      << "one property, one series: of the model's type";
}

/// What a topic of hall says.
Value state(int i) { return std::format(R"({{"p":{{"kpa":{}}}}})", i); }

std::string replaced(std::string text, const std::string& part, const std::string& by) {
  return text.replace(text.find(part), part.size(), by);
}

class TopicFiltersTest : public ThirdPartyTest {
 protected:
  /// What a plan says against a binding.
  std::vector<twin::ResourceProblem> problems(const std::string& text) {
    return services_->resources
        .plan(admin(), {{"all.yaml", std::string(kModel) + "---\n" + text}}, Prune::kNo)
        .value()
        .problems;
  }
  const std::string exact_ = replaced(kTopics, "hall/+", "hall/1");
};

TEST_F(TopicFiltersTest, one_that_several_devices_fit_at_one_time_is_refused) {
  fill(define_topic("hall/1/state"), then_, 200, state);
  fill(define_topic("hall/2/state"), then_ + 1min, 100, state);
  const auto refused = problems(kTopics);
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_EQ(refused[0].rule, "several_topics");
  EXPECT_EQ(refused[0].problem.what,
            "Binding mixer-2: '/p/kpa' is in what hall/1/state and hall/2/state both send, and "
            "would mix them");
  EXPECT_TRUE(problems(exact_).empty());
  EXPECT_TRUE(problems(replaced(kTopics, "/p/kpa", "/p/bar")).empty()) << "neither sends it";
}

TEST_F(TopicFiltersTest, a_device_that_was_there_at_the_same_time_long_ago_is_no_reason) {
  const auto second = define_topic("hall/2/state");
  fill(define_topic("hall/1/state"), then_ - 48h, 200, state);
  fill(second, then_ - 48h + 1min, 100, state);
  fill(second, then_, 100, state);
  EXPECT_TRUE(problems(kTopics).empty());
}

TEST_F(TopicFiltersTest, a_device_whose_values_are_bound_counts_though_its_payloads_hold_no_more) {
  const auto first = define_topic("hall/1/state");
  fill(first, then_, 20, state);
  bind(exact_);
  work();
  const auto pressure = index_.find("mixer-2", "pressure", ValueType::kF64);
  ASSERT_TRUE(pressure);
  fill(*pressure, then_ + 1h, 100, kilopascals);
  EXPECT_TRUE(problems(kTopics).empty()) << "there is no other";
  fill(define_topic("hall/2/state"), then_ + 1h, 50, state);
  ASSERT_EQ(problems(kTopics).size(), 1U);
  EXPECT_EQ(problems(replaced(kTopics, "/p/kpa", "$.p.kpa")).size(), 1U) << "written otherwise";
  fill(first, then_ + 2h, 1, [](int) { return Value(std::string(R"({"h":4})")); });
  ASSERT_EQ(problems(kTopics).size(), 1U) << "the rest is all that its payloads hold";
}

TEST_F(TopicFiltersTest, a_device_that_was_bound_before_its_first_message_counts) {
  for (const bool is_exact : {true, false}) {
    bind(is_exact ? exact_ : kTopics);
    if (is_exact) {
      fill(define_series({.thing = "mixer-2",
                          .property = "pressure",
                          .type = ValueType::kF64,
                          .unit = "bar",
                          .site = "works",
                          .source = std::string(pipeline::kTopicOrigin)}),
           then_, 100, kilopascals);
      fill(define_topic("yard/2/state"), then_, 50, state);
    }
    EXPECT_EQ(problems(replaced(kTopics, "hall/+", "+/+")).size(), 1U) << is_exact;
  }
}

TEST_F(BackfillsTest, payloads_of_every_topic_that_fits_give_their_values_with_their_times) {
  const auto payload = [&](int i) {
    return Value(std::format(
        R"({{"ts":{},"p":{{"kpa":{}}},"rpm":{}}})",
        std::chrono::duration_cast<std::chrono::milliseconds>((then_ + i * 1s).time_since_epoch())
            .count(),
        i % 500, i));
  };
  // Each comes two seconds after its time: later, the device's clock would be behind.
  fill(define_topic("hall/1/state"), then_ + 2s, 200, payload);
  fill(define_topic("hall/2/state"), then_ + 202s, 100, [&](int i) { return payload(200 + i); });
  fill(define_topic("hall/2/other"), then_ + 202s, 100, payload);
  bind(kTopics);
  work();
  expect_pressures(300, "mixer-2");
  EXPECT_EQ(history("mixer-2", "speed", ValueType::kI64).size(), 300U);
}

TEST_F(BackfillsTest, an_address_that_is_added_later_gets_all_that_arrived_before) {
  fill(define_topic("hall/1/state"), then_, 20,
       [](int i) { return Value(std::format(R"({{"p":{{"kpa":{}}},"rpm":{}}})", i, i)); });
  std::string one = kTopics;
  one.resize(one.find("    - {property: speed"));
  bind(one);
  work();
  EXPECT_TRUE(history("mixer-2", "speed", ValueType::kI64).empty());
  bind(kTopics);
  work();
  EXPECT_EQ(history("mixer-2", "pressure").size(), 20U);
  EXPECT_EQ(history("mixer-2", "speed", ValueType::kI64).size(), 20U);
}

TEST_F(BackfillsTest, kilopascals_do_not_become_bar_without_being_named) {
  std::string silent = kMetrics;
  silent.replace(silent.find(", unit: kPa"), 11, "");
  const auto refused = services_->resources.apply(
      admin(), {.files = {{"all.yaml", std::string(kModel) + "---\n" + silent}}});
  ASSERT_TRUE(refused);
  ASSERT_EQ(refused->problems.size(), 1U);
  const config::Problem& problem = refused->problems[0].problem;
  EXPECT_EQ(problem.what,
            "property 'pressure' of mixer-1 is in bar, and the binding does not say in what unit "
            "the source has it");
  EXPECT_EQ(problem.hint, "Write unit: bar if that is what the source has, or its own unit.");
  EXPECT_EQ(catalogs_->configuration()->revision, 0);
}

TEST_F(BackfillsTest, kilopascals_do_not_become_bar_by_a_file_that_says_so) {
  const auto id = define_metric("p-out", "P/Out", "KPA");
  fill(id, then_, 10, kilopascals);
  const auto with = [](const std::string& unit) {
    std::string file = kMetrics;
    return std::string(kModel) + "---\n" + file.replace(file.find("unit: kPa"), 9, unit);
  };
  const auto refused =
      services_->resources.apply(admin(), {.files = {{"a.yaml", with("unit: bar")}}});
  ASSERT_TRUE(refused);
  ASSERT_EQ(refused->problems.size(), 1U);
  EXPECT_EQ(refused->problems[0].rule, "unit");
  const config::Problem& problem = refused->problems[0].problem;
  EXPECT_EQ(problem.what, "Binding mixer-1: 'pressure' has unit: bar, but the device says KPA");
  EXPECT_EQ(problem.hint, "Write unit: kPa; if it sends bar all the same, also scale: 100.");
  EXPECT_EQ(problem.place.column, 44);
  EXPECT_EQ(catalogs_->configuration()->revision, 0);
  EXPECT_TRUE(index_.of_thing("mixer-1").empty());
  apply(with("unit: kPa, scale: 100"));  // a device that is wrong about its unit
  apply(with("unit: kPa"));
  EXPECT_TRUE(services_->bindings.follow());
  work();
  expect_pressures(10);
}

TEST_F(BackfillsTest, a_unit_that_is_not_known_to_differ_is_taken_as_written) {
  define_metric("p-out", "P/Out", "kilo per area");
  define_metric("speed", "", "", ValueType::kI64);
  apply(std::string(kModel) + "---\n" + kMetrics);
  // A row that stands does not hinder others, whatever its device says today.
  define_metric("p-out", "P/Out", "psi", ValueType::kI64);
  apply(std::string(kModel) + "---\n" + kMetrics + "---\nkind: Site\nname: x\nspec: {title: X}\n");
  EXPECT_EQ(catalogs_->configuration()->revision, 2);
  std::string moved = kMetrics;
  moved.replace(moved.find("name: mixer-1"), 13, "name: mixer-x");
  const auto refused = services_->resources.apply(
      admin(),
      {.files = {{"a.yaml", std::string(kModel) + "---\n" + moved}}, .prune = Prune::kYes});
  ASSERT_TRUE(refused);
  ASSERT_EQ(refused->problems.size(), 1U);
  EXPECT_TRUE(refused->problems[0].problem.what.ends_with("the device says psi"));
}

TEST_F(BackfillsTest, a_binder_whose_bindings_have_not_changed_keeps_its_memory) {
  bind(kMetrics);
  const auto* first = binder_.get();
  apply("kind: Site\nname: other\nspec: {title: Other}\n");
  EXPECT_TRUE(services_->bindings.follow());
  EXPECT_EQ(binder_.get(), first);
  bind(kTopics);
  EXPECT_NE(binder_.get(), first);
}

}  // namespace
}  // namespace millrace::service
