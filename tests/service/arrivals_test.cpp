// Who feeds a series, and how the times of what arrives are judged by what is configured.

#include <thread>

#include "service/freshness.h"
#include "service/ingest_fixture.h"

namespace millrace::service {
namespace {

class ArrivalsTest : public IngestTest {
 protected:
  ArrivalsTest() {
    for (const char* name : {"edge-a", "edge-b"}) {
      origins_.all.push_back({.name = name, .is_connected = true, .since = clock_.now()});
    }
  }
  std::string stored_source() {
    const auto all = series_->series();
    return all && !all->empty() ? all->front().source : "";
  }
  Staleness pressure() {
    freshness_.tick();
    return freshness_.of(model::SeriesId(1),
                         series_->last_value(model::SeriesId(1), store::Corrections::kApplied));
  }
  void from(const std::string& edge, bool is_historical = false) {
    clock_.advance(1min);
    from_edge(edge, "mixer-1", "pressure", {clock_.now(), 2.0, {}}, is_historical);
  }

  const Deps own_ = deps();
  Freshness freshness_{own_};
};

TEST_F(ArrivalsTest, a_pump_that_moved_to_another_edge_is_judged_by_that_edge) {
  from("edge-a");
  origins_.all[0].is_connected = false;
  EXPECT_TRUE(pressure().is_stale);
  from("edge-b");
  EXPECT_EQ(stored_source(), "edge-b");
  EXPECT_FALSE(pressure().is_stale);
  from("edge-a", true);  // what waited in its spool
  EXPECT_EQ(stored_source(), "edge-b");
  origins_.all[1].is_connected = false;
  EXPECT_TRUE(pressure().is_stale);
}

TEST_F(ArrivalsTest, a_history_from_a_file_does_not_keep_its_live_values_from_getting_stale) {
  define_series({.thing = "mixer-1",
                 .property = "pressure",
                 .type = model::ValueType::kF64,
                 .unit = "bar",
                 .source = "import:0123456789abcdef"});
  fill(model::SeriesId(1), then_, 3, [](int) { return model::Value(1.0); });
  EXPECT_FALSE(pressure().is_stale);
  from("edge-a");
  EXPECT_EQ(index_.get(model::SeriesId(1))->source, "edge-a");
  EXPECT_FALSE(pressure().is_stale);
  origins_.all[0].is_connected = false;
  EXPECT_TRUE(pressure().is_stale);
}

TEST_F(ArrivalsTest, what_a_contract_or_a_filter_allows_is_not_late_at_the_hub) {
  constexpr char kMeters[] = R"(kind: ThingModel
name: meter
version: 1
spec:
  title: Meter
  properties:
    daily: {type: number, unit: bar, mr:quality: {late_s: 86400}}
    window: {type: number, unit: bar, mr:filter: {filter: window, window_ms: 600000}}
    other: {type: number, unit: bar}
---
kind: Thing
name: meter-1
spec: {model: meter@1}
)";
  const auto is_late = [&](const std::string& property, base::Duration age) {
    clock_.advance(1s);
    from_edge("edge-a", "meter-1", property, {clock_.now() - age, 1.0, {}});
    for (const model::Sample& one : history("meter-1", property)) {
      if (one.time == clock_.now() - age) return one.quality.has(model::Reason::kLate);
    }
    ADD_FAILURE() << "it is not there";
    return false;
  };
  EXPECT_TRUE(is_late("daily", 1h)) << "nothing is configured";
  apply(kMeters);
  EXPECT_TRUE(services_->bindings.follow());
  EXPECT_FALSE(is_late("daily", 23h));
  EXPECT_TRUE(is_late("daily", 25h));
  EXPECT_FALSE(is_late("window", 14min));
  EXPECT_TRUE(is_late("window", 16min));
  EXPECT_TRUE(is_late("other", 301s));
}

TEST_F(ArrivalsTest, a_third_party_that_falls_silent_has_a_sample_that_says_so) {
  std::string model = kModel;
  model.replace(model.find("maximum: 10}"), 12, "maximum: 10, mr:quality: {stale_s: 30}}");
  define_metric("p-out", "P/Out", "kPa");
  apply(model + "---\n" + kMetrics);
  EXPECT_TRUE(services_->bindings.follow());
  arrive(batch("plant2.gw7", "gw7.mixer", {"p-out", model::ValueType::kF64, "kPa"},
               {clock_.now(), 200.0, {}}, clock_.now()));
  const auto first = history("mixer-1", "pressure");
  ASSERT_EQ(first.size(), 1U);
  for (int i = 0; i < 500 && history("mixer-1", "pressure").size() == 1; ++i) {
    clock_.advance(5s);
    std::this_thread::sleep_for(10ms);
  }
  const auto samples = history("mixer-1", "pressure");
  ASSERT_EQ(samples.size(), 2U);
  EXPECT_TRUE(samples[1].quality.has(model::Reason::kStale));
  EXPECT_EQ(samples[1].time, first[0].time + 30s);
  EXPECT_EQ(index_.get(*index_.find("mixer-1", "pressure", model::ValueType::kF64))->source,
            "plant2.gw7");
  EXPECT_FALSE(index_.find("mixer-1", "speed", model::ValueType::kI64));
}

/// Payloads of hall/1/state, one each second: second i has i kPa and i turns.
class PayloadsTest : public IngestTest {
 protected:
  void publish(int from, int count, const std::string& topic = "hall/1/state") {
    const std::string origin(pipeline::kTopicOrigin);
    const std::string property(pipeline::kPayloadProperty);
    EXPECT_TRUE(ingest_.offer(
        pipeline::ThingUp{origin, kTopicThing, {{property, model::ValueType::kText, topic}}}));
    for (int i = from; i < from + count; ++i) {
      publish_one(i, std::to_string(i), std::to_string(i), topic);
    }
  }
  /// Second i with values as JSON writes them.
  void publish_one(int i, const std::string& kilopascals, const std::string& turns,
                   const std::string& topic = "hall/1/state") {
    const base::Time at = then_ + i * 1s;
    const auto milliseconds =
        std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count();
    auto arrived = batch(
        std::string(pipeline::kTopicOrigin), kTopicThing,
        {std::string(pipeline::kPayloadProperty), model::ValueType::kText, ""},
        {at + 20ms,
         std::format(R"({{"ts":{},"p":{{"kpa":{}}},"rpm":{}}})", milliseconds, kilopascals, turns),
         {}},
        at + 20ms);
    arrived.topic = topic;
    arrive(std::move(arrived));
  }
  void expect_seconds(const std::string& property, model::ValueType type, int count) {
    const auto stored = history("mixer-2", property, type);
    ASSERT_EQ(stored.size(), static_cast<std::size_t>(count)) << property;
    for (int i = 0; i < count; ++i) {
      const model::Sample& one = stored[static_cast<std::size_t>(i)];
      EXPECT_EQ(one.time, then_ + i * 1s) << property;
      EXPECT_TRUE(one.quality.is_good()) << property << i;
      const double value = type == model::ValueType::kF64
                               ? std::get<double>(one.value) * 100
                               : static_cast<double>(std::get<std::int64_t>(one.value));
      EXPECT_NEAR(value, i, 1e-9) << property;
    }
  }

  static constexpr char kTopicThing[] = "mqtt-hall-1-state";
};

TEST_F(PayloadsTest, what_is_bound_on_friday_has_the_days_since_monday_too_and_nothing_twice) {
  publish(0, 10);
  std::string monday = kTopics;
  monday.resize(monday.find("    - {property: speed"));
  bind(monday);
  publish(10, 5);
  work();
  publish(15, 5);
  const auto waiting = services_->onboarding.candidates({}, {.limit = 10});
  ASSERT_TRUE(waiting);
  ASSERT_EQ(waiting->items.size(), 1U) << "a value of it is bound to nothing";
  EXPECT_EQ(waiting->items[0].properties[0].address, "/rpm");
  EXPECT_EQ(waiting->items[0].properties[1].feeds, "mixer-2/pressure");
  bind(kTopics);
  publish(20, 10);
  work();
  expect_seconds("pressure", model::ValueType::kF64, 30);
  expect_seconds("speed", model::ValueType::kI64, 30);
  EXPECT_EQ(history(kTopicThing, "payload", model::ValueType::kText).size(), 20U)
      << "a payload of which all is bound is not kept";
  EXPECT_TRUE(services_->onboarding.candidates({}, {.limit = 10})->items.empty());
  make_services();
  EXPECT_TRUE(services_->bindings.follow());
  work();
  expect_seconds("pressure", model::ValueType::kF64, 30);
  expect_seconds("speed", model::ValueType::kI64, 30);
  const auto done = events("backfill.completed");
  ASSERT_EQ(done.size(), 2U) << "what brought nothing is no event";
  EXPECT_TRUE(done[0].body.contains(R"("samples":20)")) << done[0].body;
  EXPECT_TRUE(done[1].body.contains(R"("samples":10)")) << done[1].body;
}

TEST_F(PayloadsTest, devices_that_begin_to_take_turns_are_an_event_and_a_problem_with_a_next_step) {
  bind(kTopics);
  for (int i = 0; i < 6; ++i) publish(i, 1, i % 2 == 0 ? "hall/1/state" : "hall/2/state");
  const auto mixed = events("binding.topics_mixed");
  ASSERT_EQ(mixed.size(), 1U);
  EXPECT_EQ(mixed[0].subject, "mixer-2");
  EXPECT_EQ(mixed[0].body,
            R"({"binding":"mixer-2","topics":["hall/1/state","hall/2/state"],)"
            R"("properties":["pressure","speed"],"hint":"Write a binding for each topic."})");
  const auto problems = services_->quality.problems(
      {.site = {}, .thing = "mixer-2", .start = then_ - 1h, .active = true}, {});
  ASSERT_TRUE(problems) << base::describe(problems.error());
  std::size_t found = 0;
  for (const QualityProblem& one : problems->items) {
    if (one.rule != model::Reason::kMixedSources) continue;
    ++found;
    EXPECT_EQ(one.samples, 3U);
    EXPECT_TRUE(one.advice.contains("write a binding for each")) << one.advice;
  }
  EXPECT_EQ(found, 2U) << "pressure and speed";
}

TEST_F(PayloadsTest, what_was_unbound_for_a_while_has_that_while_too_and_nothing_twice) {
  bind(kTopics);
  publish(0, 5);
  std::string without = kTopics;
  without.resize(without.find("    - {property: speed"));
  bind(without);
  publish(5, 5);
  bind(kTopics);
  publish(10, 5);
  work();
  expect_seconds("pressure", model::ValueType::kF64, 15);
  expect_seconds("speed", model::ValueType::kI64, 15);
}

TEST_F(PayloadsTest, an_edge_that_sends_what_another_source_is_bound_to_feed_is_marked) {
  bind(kTopics);
  const auto bound = clock_.now();
  publish(0, 3);
  const auto mark = [&](base::Time at) {
    from_edge("edge-9", "mixer-2", "pressure", {at, 0.5, {}}, true);
    const auto id = index_.find("mixer-2", "pressure", model::ValueType::kF64);
    EXPECT_TRUE(id);
    const auto found = series_->raw({.series = *id, .start = at, .end = at + 1us, .limit = 10});
    EXPECT_TRUE(found && found->samples.size() == 1);
    return found->samples.front().quality.has(model::Reason::kMixedSources);
  };
  clock_.advance(10min);
  EXPECT_FALSE(mark(bound - 1h)) << "of before the binding";
  EXPECT_FALSE(mark(bound + 30s)) << "an edge needs a moment to take another assignment";
  EXPECT_TRUE(mark(bound + 2min));
}

TEST_F(ArrivalsTest, what_a_device_says_in_another_unit_is_kept_and_marked_until_it_is_bound) {
  const auto say = [&](const std::string& unit, double value) {
    clock_.advance(1s);
    arrive(batch("gw7", "gw7.mixer", {"pressure", model::ValueType::kF64, unit},
                 {clock_.now(), value, {}}, clock_.now()));
    return series_->last_value(model::SeriesId(1), store::Corrections::kApplied)->sample;
  };
  const auto told = [&] {
    std::vector<std::string> bodies;
    const auto events = series_->events(0, 100).value();
    for (const store::Event& one : events) {
      if (one.kind == "unit.changed" && one.subject == "gw7.mixer") bodies.push_back(one.body);
    }
    return bodies;
  };
  EXPECT_TRUE(say("bar", 2.0).quality.is_good());
  EXPECT_TRUE(say("BAR", 2.1).quality.is_good()) << "in other letters";
  EXPECT_TRUE(say("", 2.2).quality.is_good());
  EXPECT_TRUE(told().empty());
  const model::Sample other = say("kPa", 230.0);
  EXPECT_EQ(std::get<double>(other.value), 230.0) << "nothing is converted or dropped";
  EXPECT_TRUE(other.quality.has(model::Reason::kWrongUnit));
  EXPECT_TRUE(other.quality.is_bad());
  EXPECT_TRUE(say("kPa", 231.0).quality.has(model::Reason::kWrongUnit));
  ASSERT_EQ(told().size(), 1U);
  EXPECT_TRUE(told()[0].contains(R"("unit":"bar","said":"kPa")")) << told()[0];
  EXPECT_EQ(index_.get(model::SeriesId(1))->unit, "bar");
  const auto problems = services_->quality.problems(
      {.thing = "gw7.mixer", .start = clock_.now() - 1h}, {.limit = 10});
  ASSERT_TRUE(problems) << base::describe(problems.error());
  const auto& found =
      std::ranges::find(problems->items, model::Reason::kWrongUnit, &QualityProblem::rule);
  ASSERT_NE(found, problems->items.end());
  EXPECT_TRUE(found->advice.contains("bind it to a property")) << found->advice;
  // What the event says to do works, although the series is in bar.
  bind(R"(kind: Binding
name: mixer-1
spec:
  thing: mixer-1
  sparkplug: {group: plant2, node: gw7, device: mixer}
  properties:
    - {property: pressure, address: pressure, unit: kPa}
)");
  say("kPa", 232.0);
  const auto bound = services_->twins.property("mixer-1", "pressure").value();
  ASSERT_TRUE(bound.current.last);
  EXPECT_DOUBLE_EQ(std::get<double>(bound.current.last->sample.value), 2.32);
  EXPECT_TRUE(bound.current.quality().is_good()) << text(bound.current.quality().severity());
  say("bar", 2.0);
  EXPECT_TRUE(services_->twins.property("mixer-1", "pressure")->current.quality().is_bad());
}

TEST_F(PayloadsTest, one_value_of_the_wrong_type_hides_nothing_of_its_property) {
  bind(kTopics);
  publish(0, 5);
  publish_one(5, R"("n/a")", "1480.5");
  publish(6, 3);
  EXPECT_EQ(index_.of_thing("mixer-2").size(), 2U) << "a property has one series";
  const auto watcher = services_->live.open(admin(), {.things = {"mixer-2"}});
  ASSERT_TRUE(watcher);
  const auto shown = (*watcher)->take();
  ASSERT_EQ(shown.values.size(), 2U);
  for (const Property& one : shown.values) {
    const bool is_speed = one.series.property == "speed";
    EXPECT_EQ(one.current.last->sample.time, then_ + 8s) << one.series.property;
    EXPECT_EQ(one.current.last->sample.value,
              is_speed ? model::Value(std::int64_t{8}) : model::Value(0.08));
    const auto found = services_->histories.one(
        {.property = {"mixer-2", one.series.property}, .range = {then_, then_ + 1min}});
    ASSERT_TRUE(found) << base::describe(found.error());
    ASSERT_EQ(found->samples.size(), 9U) << "the misfit is one of them";
    for (int i = 0; i < 9; ++i) {
      const model::Sample& sample = found->samples[static_cast<std::size_t>(i)];
      EXPECT_EQ(sample.quality.has(model::Reason::kWrongType), i == 5) << one.series.property << i;
      EXPECT_EQ(sample.value == model::Value(), i == 5) << one.series.property << i;
    }
  }
}

}  // namespace
}  // namespace millrace::service
