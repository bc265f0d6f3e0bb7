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

}  // namespace
}  // namespace millrace::service
