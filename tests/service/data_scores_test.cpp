// Completeness of what is sparse, silent, imported, or never came; and the site of a score.
#include <set>

#include "data_quality_fixture.h"

namespace millrace::service {
namespace {

constexpr char kHall[] = R"(kind: Site
name: works
spec: {title: Works}
---
kind: ThingModel
name: pump
version: 1
spec:
  properties:
    flow: {type: number, "mr:interval_ms": 60000}
    level: {type: number, "mr:quality": {stale_s: 60}}
    label: {type: string}
    spare: {type: number, "mr:interval_ms": 60000}
---
kind: Thing
name: pump-1
spec: {model: pump@1, place: {site: works, area: hall}}
---
kind: Thing
name: pump-9
spec: {model: pump@1, place: {site: works, area: hall}}
---
kind: Binding
name: pump-9-topic
spec:
  thing: pump-9
  mqtt: {topic: hall/pump-9}
  properties:
    - {property: flow, address: /folw}
    - {property: level, address: /level}
    - {property: label, address: /label}
)";

/// A view of the page.
struct View {
  base::Duration range;
  base::Duration step;
};
constexpr View kDay{24h, 15min}, kWeek{24h * 7, 1h}, kMonth{24h * 30, 6h};

class DataScoresTest : public DataQualityTest {
 protected:
  /// A series with this interval.
  model::SeriesId define_each(const std::string& property, base::Duration each) {
    facts_["pump-1/" + property].contract.interval = each;
    return define("pump-1", property);
  }
  std::vector<QualityScore> rows(const View& view, const std::string& thing,
                                 const std::string& property) {
    auto scores = services_->quality.scores({.level = QualityLevel::kProperty,
                                             .site = {},
                                             .thing = thing,
                                             .range = {clock_.now() - view.range, clock_.now()},
                                             .step = view.step});
    EXPECT_TRUE(scores) << base::describe(scores.error());
    if (!scores) return {};
    std::erase_if(scores->rows, [&](const auto& one) { return one.property != property; });
    return scores->rows;
  }
  QualityTally whole(const View& view, const std::string& property,
                     const std::string& thing = "pump-1") {
    QualityTally all;
    for (const QualityScore& row : rows(view, thing, property)) all.add(row.tally);
    return all;
  }
};

TEST_F(DataScoresTest, perfect_data_is_whole_in_every_step_of_every_view) {
  for (const base::Duration each : std::vector<base::Duration>{1min, 7min, 10min, 1h, 24h, 72h}) {
    const std::string name = std::format("p{}", each / 1s);
    const auto series = define_each(name, each);
    fill(series, clock_.now() - 24h * 40 + 200s, clock_.now(), each, good);
    for (const View& view : {kDay, kWeek, kMonth}) {
      const auto found = rows(view, "pump-1", name);
      EXPECT_EQ(found.size(), static_cast<std::size_t>(view.range / view.step)) << name;
      for (const QualityScore& row : found) {
        ASSERT_NEAR(row.tally.completeness().value_or(-1), 1, 1e-9)
            << name << " in steps of " << view.step / 1s << " s, " << (row.time - clock_.now()) / 1s
            << " s ago";
      }
      EXPECT_NEAR(whole(view, name).expected, double(view.range.count()) / double(each.count()),
                  1e-6);
    }
  }
}

TEST_F(DataScoresTest, of_data_with_every_second_sample_missing_a_half_is_there) {
  for (const base::Duration each : std::vector<base::Duration>{1min, 7min, 10min, 1h, 24h}) {
    const std::string name = std::format("p{}", each / 1s);
    const auto series = define_each(name, each);
    fill(series, clock_.now() - 24h * 40 + 200s, clock_.now(), 2 * each, good);
    for (const View& view : {kDay, kWeek, kMonth}) {
      if (view.range < 20 * each) continue;
      EXPECT_NEAR(whole(view, name).completeness().value_or(-1), 0.5, 0.03)
          << name << " in steps of " << view.step / 1s << " s";
    }
  }
}

TEST_F(DataScoresTest, a_burst_hides_no_hole) {
  const auto series = define_each("p", 1min);
  const base::Time half = clock_.now() - 12h;
  fill(series, clock_.now() - 24h, half, 1s, good);
  EXPECT_NEAR(*whole(kDay, "p").completeness(), 0.5, 0.01);
}

TEST_F(DataScoresTest, an_outage_that_began_before_the_range_counts_when_data_is_back) {
  const auto series = define_each("p", 1min);
  const auto outage = [&] { return whole(kDay, "p").completeness().value_or(-1); };
  fill(series, clock_.now() - 24h * 10, clock_.now() - 38h, 1min, good);
  EXPECT_DOUBLE_EQ(outage(), 0);
  fill(series, clock_.now() - 2h, clock_.now(), 1min, good);
  EXPECT_NEAR(outage(), 2.0 / 24, 1e-9);
  ASSERT_TRUE(series_->seal());
  EXPECT_NEAR(outage(), 2.0 / 24, 1e-9) << "sealed";
}

TEST_F(DataScoresTest, of_an_import_nothing_is_expected_behind_its_last_sample) {
  facts_["pump-1/history"].contract.interval = base::Duration(1h);
  const model::Series series{.id = series_->next_series_id(),
                             .thing = "pump-1",
                             .property = "history",
                             .type = model::ValueType::kF64,
                             .site = "plant",
                             .source = std::string(kImportSource) + "i1"};
  ASSERT_TRUE(series_->commit({.series = {series}}));
  index_.put(series);
  fill(series.id, clock_.now() - 24h * 20, clock_.now() - 24h * 10, 1h, good);
  EXPECT_NEAR(*whole(kMonth, "history").completeness(), 1, 1e-9);
  EXPECT_NEAR(whole(kMonth, "history").expected, 240, 1e-6);
  EXPECT_FALSE(whole(kWeek, "history").completeness());
}

TEST_F(DataScoresTest, what_never_came_is_missing_since_its_binding) {
  apply(kHall);
  clock_.advance(1s);
  EXPECT_TRUE(rows(kDay, "pump-9", "flow").empty()) << "it has a moment to come";
  clock_.advance(2h - 1s);
  EXPECT_DOUBLE_EQ(whole(kDay, "flow", "pump-9").completeness().value_or(-1), 0);
  EXPECT_NEAR(whole(kDay, "flow", "pump-9").expected, 120, 1e-6);
  EXPECT_DOUBLE_EQ(whole(kDay, "level", "pump-9").completeness().value_or(-1), 0);
  EXPECT_TRUE(rows(kDay, "pump-9", "label").empty()) << "nothing says when it should come";
  EXPECT_TRUE(rows(kDay, "pump-9", "spare").empty()) << "nothing is bound to it";
}

TEST_F(DataScoresTest, scores_exports_and_series_are_of_the_site_where_the_thing_is_now) {
  put(flow_, {clock_.now() - 1min, 1.0, {}});
  const auto sites = [&](const std::optional<std::string>& site) {
    const auto scores = services_->quality.scores({.level = QualityLevel::kSite,
                                                   .site = site,
                                                   .thing = "",
                                                   .range = {clock_.now() - 1h, clock_.now()},
                                                   .step = 1h});
    std::set<std::string> found;
    for (const QualityScore& row : scores->rows) found.insert(row.site);
    return found;
  };
  const auto exported = [&](const std::string& site) {
    const auto file =
        services_->exports.write({.site = site, .range = {clock_.now() - 1h, clock_.now()}});
    if (!file) return std::uint64_t{0};
    std::filesystem::remove(file->path);
    return file->rows;
  };
  EXPECT_EQ(sites({}), std::set<std::string>{"plant"});
  EXPECT_EQ(exported("plant"), 1U);
  apply(kHall);
  EXPECT_EQ(sites({}), std::set<std::string>{"works"});
  EXPECT_EQ(sites("works"), std::set<std::string>{"works"});
  EXPECT_TRUE(sites("plant").empty());
  EXPECT_EQ(exported("works"), 1U);
  EXPECT_EQ(exported("plant"), 0U) << "pump-2 has no resource and no samples";
  const auto listed = services_->twins.series({.site = "works"}, {}).value();
  ASSERT_EQ(listed.items.size(), 1U);
  EXPECT_EQ(listed.items.front().series.site, "works");
  EXPECT_EQ(listed.items.front().series.area, "hall");
}

}  // namespace
}  // namespace millrace::service
