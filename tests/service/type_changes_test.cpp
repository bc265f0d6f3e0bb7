// A property whose type changes, and changes back: f64, i64, f64.
#include "effects_fixture.h"
#include "service/sql_tables.h"

namespace millrace::service {
namespace {

using model::ValueType;

class TypeChangesTest : public ResourceEffectsTest {
 protected:
  /// Another version of the pump, which pump-1 gets.
  void change(const std::string& type) {
    ++version_;
    apply(pump(version_, "flow: {type: " + type + ", unit: bar}") + thing("pump-1", version_));
  }
  model::SeriesId define_in(const std::string& thing, ValueType type, const std::string& unit) {
    const model::Series series{.id = series_->next_series_id(),
                               .thing = thing,
                               .property = "flow",
                               .type = type,
                               .unit = unit,
                               .source = "edge-1"};
    EXPECT_TRUE(series_->commit({.series = {series}}));
    index_.put(series);
    return series.id;
  }
  model::SeriesId shown(const std::string& thing = "pump-1") {
    const auto property = services_->twins.property(thing, "flow");
    EXPECT_TRUE(property);
    return property->series.id;
  }
  /// As SELECT series FROM properties says.
  std::int64_t in_sql(const std::string& thing) {
    auto tables = twin_tables(services_->twins.roster(), deps_now_);
    auto next = tables.at(1).open();
    std::vector<model::Value> row;
    std::int64_t found = 0;
    while (next(row)) {
      if (row.at(0) == model::Value(thing)) found = std::get<std::int64_t>(row.back());
    }
    return found;
  }

  int version_ = 0;
  const Deps deps_now_ = deps();
};

TEST_F(TypeChangesTest, the_series_of_the_models_type_has_the_present_values) {
  change("number");
  const auto first = define_in("pump-1", ValueType::kF64, "bar");
  put(first, {start_, 1.5, {}});
  change("integer");
  EXPECT_EQ(shown(), first) << "nothing came as an integer yet";
  const auto second = define_in("pump-1", ValueType::kI64, "bar");
  put(second, {start_ + 10s, std::int64_t{7}, {}});
  EXPECT_EQ(shown(), second);
  EXPECT_EQ(in_sql("pump-1"), number(second));
  change("number");
  EXPECT_EQ(shown(), first);
  put(first, {start_ + 20s, 2.5, {}});
  EXPECT_EQ(shown(), first);
  EXPECT_EQ(in_sql("pump-1"), number(first));
  const auto things = services_->twins.things({}, {.limit = 10}).value();
  ASSERT_EQ(things.items.size(), 1U);
  EXPECT_EQ(things.items[0].last_sample, start_ + 20s);
  EXPECT_EQ(things.items[0].property_count, 1U);
  const auto values = services_->twins.values({}, {.limit = 10}).value();
  ASSERT_EQ(values.items.size(), 1U);
  EXPECT_EQ(values.items[0].series.id, first);
}

TEST_F(TypeChangesTest, without_a_model_the_newest_sample_says_which) {
  const auto first = define_in("meter", ValueType::kF64, "");
  const auto second = define_in("meter", ValueType::kI64, "");
  put(first, {start_, 1.0, {}});
  put(second, {start_ + 10s, std::int64_t{2}, {}});
  EXPECT_EQ(shown("meter"), second);
  EXPECT_EQ(in_sql("meter"), number(second));
  put(first, {start_ + 20s, 3.0, {}});
  EXPECT_EQ(shown("meter"), first);
  EXPECT_EQ(in_sql("meter"), number(first));
  const auto things = services_->twins.things({}, {.limit = 10}).value();
  EXPECT_EQ(things.items.at(0).last_sample, start_ + 20s);
  EXPECT_EQ(things.items.at(0).property_count, 1U);
}

TEST_F(TypeChangesTest, a_watcher_follows_to_the_series_that_is_present_now) {
  change("number");
  const auto first = define_in("pump-1", ValueType::kF64, "bar");
  const auto second = define_in("pump-1", ValueType::kI64, "bar");
  put(first, {start_, 1.5, {}});
  put(second, {start_, std::int64_t{7}, {}});
  change("integer");
  const auto watcher = services_->live.open(admin(), {.things = {"pump-1"}}).value();
  const auto sent = [&] {
    std::vector<std::int32_t> ids;
    for (const Property& one : watcher->take().values) ids.push_back(number(one.series.id));
    return ids;
  };
  EXPECT_EQ(sent(), std::vector{number(second)});
  change("number");
  clock_.advance(1s);
  EXPECT_EQ(sent(), std::vector{number(first)}) << "what it has is sent at once";
  put(second, {start_ + 30s, std::int64_t{8}, {}});
  put(first, {start_ + 30s, 2.5, {}});
  clock_.advance(1s);
  EXPECT_EQ(sent(), std::vector{number(first)});
}

TEST_F(TypeChangesTest, a_plan_replays_what_feeds_now) {
  change("number");
  const auto first = define_in("pump-1", ValueType::kF64, "bar");
  change("integer");
  put(define_in("pump-1", ValueType::kI64, "bar"), {start_, std::int64_t{7}, {}});
  change("number");
  fill(first, 100, [](int i) { return i; });
  const auto found = effects(pump(4, "flow: {type: number, unit: bar, maximum: 50}"));
  EXPECT_EQ(texts(found), Texts{"pump-1.flow out_of_range bad 49/100"});
}

TEST_F(TypeChangesTest, a_unit_is_compared_with_that_of_the_series_that_would_get_it) {
  change("number");
  const auto first = define_in("pump-1", ValueType::kF64, "bar");
  put(first, {start_, 1.5, {}});
  define_in("pump-1", ValueType::kI64, "kPa");
  const std::string kpa = pump(2, "flow: {type: number, unit: kPa}") + thing("pump-1", 2);
  const auto plan = resources().plan(admin(), {{"all.yaml", kpa}}, Prune::kNo).value();
  ASSERT_EQ(plan.problems.size(), 1U) << "the newest series is in kPa, and gets nothing";
  EXPECT_EQ(plan.problems[0].rule, "unit_change");
}

TEST_F(TypeChangesTest, a_series_of_a_type_that_was_is_no_silence) {
  change("number");
  const auto first = define_in("pump-1", ValueType::kF64, "bar");
  const auto second = define_in("pump-1", ValueType::kI64, "bar");
  put(second, {start_, std::int64_t{7}, {}});
  put(first, {start_ + 10s, 1.5, {}});
  origins_.all = {{.name = "edge-1", .is_connected = false, .since = clock_.now()}};
  make_services();  // which looks at origins when it starts
  const auto problems =
      services_->quality.problems({.thing = "pump-1", .start = start_ - 1h}, {.limit = 10});
  ASSERT_TRUE(problems) << base::describe(problems.error());
  ASSERT_EQ(problems->items.size(), 1U) << "of the series that is present";
  EXPECT_EQ(problems->items[0].rule, model::Reason::kStale);
  EXPECT_TRUE(services_->twins.is_present(*index_.get(first)));
  EXPECT_FALSE(services_->twins.is_present(*index_.get(second)));
}

}  // namespace
}  // namespace millrace::service
