#pragma once

#include <string>
#include <vector>

#include "pipeline/hub_binding.h"
#include "service/service_fixture.h"

namespace millrace::service {

/// A third-party device "mixer" and topics "hall/…" whose values are stored, and files that bind
/// them.
class ThirdPartyTest : public ServiceTest {
 protected:
  static constexpr char kModel[] = R"(kind: Site
name: works
spec: {title: Works}
---
kind: ThingModel
name: mixer
version: 1
spec:
  title: Mixer
  properties:
    pressure: {type: number, unit: bar, minimum: 0, maximum: 10}
    speed: {type: integer, unit: 1/min}
---
kind: Thing
name: mixer-1
spec: {model: mixer@1, place: {site: works}}
---
kind: Thing
name: mixer-2
spec: {model: mixer@1, place: {site: works}}
)";
  static constexpr char kMetrics[] = R"(kind: Binding
name: mixer-1
spec:
  thing: mixer-1
  sparkplug: {group: plant2, node: gw7, device: mixer}
  properties:
    - {property: pressure, address: P/Out, unit: kPa}
    - {property: speed, address: speed, unit: 1/min}
)";
  static constexpr char kTopics[] = R"(kind: Binding
name: mixer-2
spec:
  thing: mixer-2
  mqtt: {topic: hall/+/state, time: /ts}
  properties:
    - {property: pressure, address: /p/kpa, unit: kPa}
    - {property: speed, address: /rpm, unit: 1/min}
)";

  ThirdPartyTest() {
    EXPECT_TRUE(services_->keep_titles({{"sparkplug_thing", "gw7.mixer", "plant2/gw7/mixer"}}));
  }

  /// Without problems.
  void apply(const std::string& text, Prune prune = Prune::kNo) {
    const auto applied =
        services_->resources.apply(admin(), {.files = {{"all.yaml", text}}, .prune = prune});
    ASSERT_TRUE(applied) << base::describe(applied.error());
    for (const auto& one : applied->problems) {
      ADD_FAILURE() << config::to_text(one.file, one.problem);
    }
  }
  void bind(const std::string& text) {
    apply(std::string(kModel) + "---\n" + text);
    EXPECT_TRUE(services_->bindings.follow());
  }
  /// Until nothing is left.
  void work() {
    for (int i = 0; i < 1000; ++i) {
      const auto has_more = services_->bindings.work();
      ASSERT_TRUE(has_more) << base::describe(has_more.error());
      if (!*has_more) return;
    }
    FAIL() << "it does not end";
  }

  model::SeriesId define_metric(const std::string& property, const std::string& title,
                                const std::string& unit,
                                model::ValueType type = model::ValueType::kF64) {
    return define_series({.thing = "gw7.mixer",
                          .property = property,
                          .type = type,
                          .unit = unit,
                          .site = "plant2",
                          .source = "plant2.gw7",
                          .title = title});
  }
  model::SeriesId define_topic(const std::string& topic) {
    return define_series({.thing = "mqtt-" + model_name(topic),
                          .property = std::string(pipeline::kPayloadProperty),
                          .type = model::ValueType::kText,
                          .source = std::string(pipeline::kTopicOrigin),
                          .title = topic});
  }
  static std::string model_name(std::string topic) {
    for (char& c : topic) c = c == '/' ? '-' : c;
    return topic;
  }
  model::SeriesId define_series(model::Series series) {
    series.id = series_->next_series_id();
    EXPECT_TRUE(series_->commit({.series = {series}}));
    index_.put(series);
    return series.id;
  }
  /// `count` samples, one each second from `from` on, with values of `value(i)`.
  template <class Value>
  void fill(model::SeriesId id, base::Time from, int count, Value value) {
    store::Commit commit;
    for (int i = 0; i < count; ++i) {
      commit.samples.push(id, index_.get(id)->type, {from + i * 1s, value(i), {}}, from + i * 1s);
    }
    ASSERT_TRUE(series_->commit(commit));
  }
  std::vector<model::Sample> history(const std::string& thing, const std::string& property,
                                     model::ValueType type = model::ValueType::kF64) {
    const auto id = index_.find(thing, property, type);
    if (!id) return {};
    const auto found = series_->raw(
        {.series = *id, .start = base::Time::min(), .end = base::Time::max(), .limit = 1'000'000});
    EXPECT_TRUE(found);
    return found->samples;
  }
  std::vector<store::Event> events(const std::string& kind) {
    return services_->fleet.events({.kind = kind}, {.limit = 100})->items;
  }

  const base::Time then_ = clock_.now() - 10h;
};

}  // namespace millrace::service
