// Imports that are interrupted anywhere and go on.

#include <algorithm>

#include "service/service_fixture.h"

namespace millrace::service {
namespace {

using model::Value;

class ImportsTest : public ServiceTest {
 protected:
  static model::ImportRequest request(std::uint64_t rows = 4) {
    return {.file_name = "plant.csv",
            .file_hash = std::string(64, 'a'),
            .file_bytes = 100,
            .rows_total = rows,
            .mapping = R"({"time":"t"})",
            .targets = {{.thing = "pump-1",
                         .property = "flow",
                         .unit = "m3/h",
                         .thing_title = "Main pump",
                         .site = "plant"},
                        {.thing = "pump-1", .property = "state", .type = model::ValueType::kText}}};
  }
  /// Row i has flow i at second i, and a state.
  model::ImportChunk chunk(std::uint64_t first, std::uint64_t count) const {
    model::ImportChunk made{.first_row = first, .row_count = count, .blocks = {{}}};
    model::ImportBlock& block = made.blocks[0];
    block.columns = {{.target = 0}, {.target = 1}};
    for (std::uint64_t row = first; row < first + count; ++row) {
      block.rows.push_back(row);
      block.times.push_back(start_ + std::chrono::seconds(row));
      block.columns[0].values.emplace_back(static_cast<double>(row));
      block.columns[0].qualities.emplace_back();
      block.columns[1].values.emplace_back(std::string(row % 2 == 0 ? "on" : "off"));
      block.columns[1].qualities.emplace_back();
    }
    return made;
  }
  std::string announce(std::uint64_t rows = 4) {
    const auto made = services_->imports.create(engineer_, request(rows));
    EXPECT_TRUE(made) << base::describe(made.error());
    return made->first.record.id;
  }
  base::Result<Import> send(const std::string& id, std::uint64_t first, std::uint64_t count) {
    return services_->imports.put_rows(engineer_, id, chunk(first, count));
  }
  std::vector<model::Sample> flow() {
    const auto id = index_.find("pump-1", "flow", model::ValueType::kF64);
    if (!id) return {};
    return series_->raw({.series = *id, .start = start_ - 1h, .end = start_ + 1h})->samples;
  }
  void expect_whole(std::size_t rows) {
    const auto samples = flow();
    ASSERT_EQ(samples.size(), rows);
    for (std::size_t i = 0; i < rows; ++i) {
      EXPECT_EQ(samples[i].value, Value(static_cast<double>(i)));
      EXPECT_TRUE(samples[i].quality.is_good());
    }
  }

  const base::Time start_ = clock_.now() - 24h;
  const identity::Caller engineer_ = as(Role::kOtEngineer);
};

TEST_F(ImportsTest, rows_arrive_once_whatever_is_sent_again) {
  const std::string id = announce();
  const auto first = send(id, 0, 2);
  ASSERT_TRUE(first) << base::describe(first.error());
  EXPECT_EQ(first->mark.rows_done, 2U);
  EXPECT_FALSE(first->mark.is_complete);
  EXPECT_EQ(send(id, 0, 2)->mark.rows_done, 2U);  // the answer was lost
  EXPECT_EQ(send(id, 0, 1)->mark.rows_done, 2U);
  EXPECT_EQ(send(id, 1, 2)->mark.rows_done, 3U);  // chunks cut otherwise: only row 2 is new
  const auto last = send(id, 2, 2);
  ASSERT_TRUE(last);
  EXPECT_TRUE(last->mark.is_complete);
  EXPECT_EQ(last->mark.samples, 8U);
  expect_whole(4);
  const auto events = services_->fleet.events({.kind = "import.completed"}, {.limit = 10});
  ASSERT_TRUE(events);
  ASSERT_EQ(events->items.size(), 1U);
  EXPECT_EQ(events->items[0].subject, id);
  EXPECT_EQ(events->items[0].actor_role, "ot_engineer");
}

TEST_F(ImportsTest, a_hub_that_starts_again_goes_on_at_the_next_row) {
  const std::string id = announce();
  ASSERT_TRUE(send(id, 0, 3));
  make_services();
  const auto known = services_->imports.create(engineer_, request());
  ASSERT_TRUE(known);
  EXPECT_EQ(known->second, Announced::kKnown);
  EXPECT_EQ(known->first.record.id, id);
  EXPECT_EQ(known->first.mark.rows_done, 3U);
  EXPECT_EQ(count_audit("import.created"), 1U);
  ASSERT_TRUE(send(id, 3, 1));
  expect_whole(4);
}

TEST_F(ImportsTest, a_hole_is_refused_and_says_where_to_go_on) {
  const std::string id = announce();
  ASSERT_TRUE(send(id, 0, 1));
  const auto hole = send(id, 2, 2);
  ASSERT_FALSE(hole);
  EXPECT_EQ(hole.error().code, ErrorCode::kConflict);
  EXPECT_TRUE(hole.error().what.contains("next is 1")) << hole.error().what;
  expect_whole(1);
}

TEST_F(ImportsTest, a_chunk_that_does_not_fit_is_refused_whole) {
  const std::string id = announce();
  EXPECT_EQ(send(id, 0, 5).error().code, ErrorCode::kInvalid);  // 4 rows were announced
  auto wrong = chunk(0, 2);
  wrong.blocks[0].columns[1].values[1] = 7.0;  // a number where text belongs
  EXPECT_EQ(services_->imports.put_rows(engineer_, id, wrong).error().code, ErrorCode::kInvalid);
  wrong = chunk(0, 2);
  wrong.blocks[0].columns[0].target = 2;
  EXPECT_EQ(services_->imports.put_rows(engineer_, id, wrong).error().code, ErrorCode::kInvalid);
  wrong = chunk(0, 2);
  wrong.blocks[0].times.pop_back();
  EXPECT_EQ(services_->imports.put_rows(engineer_, id, wrong).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(services_->imports.get(id)->mark.rows_done, 0U);
  EXPECT_TRUE(flow().empty());
  EXPECT_EQ(send("0123456789abcdef", 0, 1).error().code, ErrorCode::kNotFound);
}

TEST_F(ImportsTest, bad_and_missing_values_are_counted_and_kept_as_they_are) {
  const std::string id = announce();
  auto rows = chunk(0, 4);
  model::ImportColumn& values = rows.blocks[0].columns[0];
  values.values[1] = {};  // an empty cell: no sample
  values.values[2] = {};
  values.qualities[2] = model::Quality().marked(model::Reason::kWrongType);
  values.qualities[3] = model::Quality().marked(model::Reason::kAmbiguousTime);
  const auto done = services_->imports.put_rows(engineer_, id, rows);
  ASSERT_TRUE(done);
  EXPECT_EQ(done->mark.samples, 7U);
  EXPECT_EQ(done->mark.samples_bad, 1U);
  EXPECT_EQ(done->mark.samples_uncertain, 1U);
  EXPECT_EQ(flow().size(), 3U);
}

TEST_F(ImportsTest,
       the_same_file_with_other_targets_or_against_a_series_of_another_type_is_refused) {
  announce();
  auto other = request();
  other.targets.pop_back();
  EXPECT_EQ(services_->imports.create(engineer_, other).error().code, ErrorCode::kConflict);
  define("pump-2", "flow", model::ValueType::kI64);
  auto clash = request();
  clash.file_hash = std::string(64, 'b');
  clash.targets[0].thing = "pump-2";
  const auto refused = services_->imports.create(engineer_, clash);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_FALSE(refused.error().hint.empty());
  clash.file_hash = "xyz";
  EXPECT_EQ(services_->imports.create(engineer_, clash).error().code, ErrorCode::kInvalid);
}

class ModelledImportsTest : public ImportsTest {
 protected:
  ModelledImportsTest() {
    const auto applied = services_->resources.apply(admin(), {.files = {{"all.yaml", kPump}}});
    EXPECT_TRUE(applied && applied->problems.empty());
  }
  static constexpr char kPump[] = R"(kind: ThingModel
name: pump
version: 1
spec:
  title: Pump
  properties:
    flow: {type: number, unit: m3/h, minimum: 0, maximum: 2, mr:quality: {late_s: 60, clock_s: 1}}
---
kind: Thing
name: pump-1
spec: {model: pump@1}
)";
};

TEST_F(ModelledImportsTest, a_unit_or_type_that_is_not_the_models_is_refused_before_any_sample) {
  auto wrong = request();
  wrong.targets[0].unit = "l/min";
  const auto refused = services_->imports.create(engineer_, wrong);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_EQ(refused.error().what,
            "pump-1/flow is f64 in 'm3/h' by its thing model, the file has f64 in 'l/min'");
  EXPECT_FALSE(refused.error().hint.empty());
  wrong.targets[0].unit = "";
  EXPECT_EQ(services_->imports.create(engineer_, wrong).error().code, ErrorCode::kConflict);
  wrong = request();
  wrong.targets[0].type = model::ValueType::kI64;
  EXPECT_EQ(services_->imports.create(engineer_, wrong).error().code, ErrorCode::kConflict);
  EXPECT_TRUE(index_.of_thing("pump-1").empty());
  auto spelled = request();
  spelled.targets[0].unit = "m³/h";
  EXPECT_TRUE(services_->imports.create(engineer_, spelled));
}

TEST_F(ModelledImportsTest, a_history_is_marked_by_the_models_rules_whatever_its_order) {
  const std::string id = announce(5);
  auto newest_first = chunk(0, 5);
  std::ranges::reverse(newest_first.blocks[0].times);  // row 0 is the newest, values rise with rows
  const auto done = services_->imports.put_rows(engineer_, id, newest_first);
  ASSERT_TRUE(done) << base::describe(done.error());
  EXPECT_EQ(done->mark.samples_bad, 2U);
  const auto samples = flow();
  ASSERT_EQ(samples.size(), 5U);
  for (const model::Sample& one : samples) {
    const bool is_out = std::get<double>(one.value) > 2;
    EXPECT_EQ(one.quality.has(model::Reason::kOutOfRange), is_out);
    EXPECT_EQ(one.quality.is_good(), !is_out);
    EXPECT_EQ(one.quality.reasons().size(), is_out ? 1U : 0U);
  }
}

TEST_F(ImportsTest, titles_and_places_of_the_announcement_are_those_of_the_thing) {
  const std::string id = announce();
  ASSERT_TRUE(send(id, 0, 4));
  const auto thing = services_->twins.thing("pump-1");
  ASSERT_TRUE(thing);
  EXPECT_EQ(thing->thing.title, "Main pump");
  EXPECT_EQ(thing->thing.place.site, "plant");
  EXPECT_EQ(thing->thing.source, SourceKind::kImport);
  EXPECT_FALSE(thing->thing.is_stale);
  make_services();
  EXPECT_EQ(services_->twins.thing("pump-1")->thing.title, "Main pump");
}

TEST_F(ImportsTest, the_list_is_newest_first_and_pages_hold_each_once) {
  std::vector<std::string> made;
  for (char digit = '0'; digit < '5'; ++digit) {
    auto one = request();
    one.file_hash = std::string(64, digit);
    made.insert(made.begin(), services_->imports.create(engineer_, one)->first.record.id);
  }
  std::vector<std::string> seen;
  PageRequest page{.limit = 2};
  do {
    const auto found = services_->imports.list(page);
    ASSERT_TRUE(found);
    for (const Import& one : found->items) seen.push_back(one.record.id);
    page.cursor = found->next;
  } while (page.cursor && seen.size() < 10);
  EXPECT_EQ(seen, made);
}

TEST_F(ImportsTest, a_file_without_rows_is_complete_at_once) {
  const auto made = services_->imports.create(engineer_, request(0));
  ASSERT_TRUE(made);
  EXPECT_TRUE(made->first.mark.is_complete);
}

}  // namespace
}  // namespace millrace::service
