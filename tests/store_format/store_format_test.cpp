// Stores of each format as a killed hub left them: tests/golden/store_1.duckdb.gz, whose last
// commit stands in tests/golden/store_1.wal.gz, and store_2 and store_3 likewise. They hold every
// table that store/duckdb/tables.cpp has in that format with rows in it. A later version must open
// them and find what stands below.
//
// How they were made: MILLRACE_WRITE_GOLDEN=/tmp/golden store_format_tests, then gzip -9n. A file
// once released is never made again: a new format gets a new file beside it.

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>

#include "base/files.h"
#include "contract/sample_oracle.h"
#include "store/duckdb/duckdb_store.h"
#include "support/golden_store.h"

namespace millrace::store {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using model::Quality;
using model::Reason;
using model::SeriesId;
using model::ValueType;

const base::Time kNow = std::chrono::sys_days(std::chrono::year(2026) / 5 / 20) + 12h;
const base::Time kMarch = std::chrono::sys_days(std::chrono::year(2026) / 3 / 10) + 8h;
const base::Time kMay = std::chrono::sys_days(std::chrono::year(2026) / 5 / 20) + 10h;
const base::Uuid kEpoch = *base::parse_uuid("01234567-89ab-4def-8123-456789abcdef");
const SeriesId kDense{1};

struct Row {
  SeriesId series;
  model::Sample sample;
};

model::Series series(int id, ValueType type) {
  return {.id = SeriesId(id),
          .thing = "pump-1",
          .property = std::format("p{}", id),
          .type = type,
          .unit = "m³/h",
          .site = "plant",
          .area = "north",
          .line = "line-1",
          .source = "edge-1",
          .model_version = 3,
          .title = std::format("It's \"{}\" 流量", id)};
}

/// Series 1 is the dense one; 2 to 7 have one type each; 8 comes with the last commit.
std::vector<model::Series> all_series() {
  std::vector<model::Series> all{series(1, ValueType::kF64)};
  for (int type = 1; type <= 6; ++type) all.push_back(series(type + 1, ValueType(type)));
  all.push_back(series(8, ValueType::kI64));
  return all;
}

std::vector<model::Value> values_of(ValueType type) {
  switch (type) {
    case ValueType::kF64:
      return {0.1, -0.0, -1e308, 5e-324};
    case ValueType::kI64:
      return {std::int64_t{9007199254740993}, std::int64_t{-1},
              std::numeric_limits<std::int64_t>::min()};
    case ValueType::kU64:
      return {std::uint64_t{0}, std::numeric_limits<std::uint64_t>::max()};
    case ValueType::kBool:
      return {true, false};
    case ValueType::kText:
      return {std::string(), std::string("流量 m³/h"), std::string("a\0b", 3)};
    case ValueType::kBytes:
      return {model::Bytes{}, model::Bytes{std::string("\x00\xFF\x80", 3)}};
  }
  return {};
}

/// A row for each value of each type and one without a value, with a quality of their own.
std::vector<Row> rows_of_all_types(base::Time time) {
  std::vector<Row> rows;
  for (int type = 1; type <= 6; ++type) {
    for (const model::Value& value : values_of(ValueType(type))) {
      rows.push_back({SeriesId(type + 1), {time += 1ms, value, Quality::from_opcua(0x40920000)}});
    }
    rows.push_back({SeriesId(type + 1), {time += 1ms, {}, Quality().marked(Reason::kNotReadable)}});
  }
  return rows;
}

std::vector<Row> dense_rows() {
  std::vector<Row> rows;
  for (int i = 0; i < 7'200; ++i) {
    const Quality quality = i % 600 == 599 ? Quality().marked(Reason::kOutOfRange) : Quality();
    rows.push_back({kDense, {kMarch + i * 1s, i % 100 * 0.25, quality}});
  }
  return rows;
}

/// What came after the seal: hot rows of each type, late rows and duplicates of sealed ones.
std::vector<Row> hot_rows() {
  std::vector<Row> rows = rows_of_all_types(kMay);
  rows.push_back({kDense, {kMay, 4.5, {}}});
  rows.push_back({kDense, {kMarch + 10s, 99.0, {}}});
  rows.push_back({kDense, {kMarch + 500ms, 98.0, {}}});
  return rows;
}

std::vector<Row> logged_rows() {
  std::vector<Row> rows = rows_of_all_types(kMay + 1min);
  rows.push_back({SeriesId(8), {kMay + 2min, std::int64_t{-8}, {}}});
  return rows;
}

/// Kept apart: before retention, and a text that is no UTF-8.
const Row kAncient{kDense,
                   {base::Time(std::chrono::sys_days(std::chrono::year(1980) / 1 / 1)), 7.0, {}}};
const Row kNoText{SeriesId(6), {kMay + 1h, std::string("\xFF\xFE"), {}}};

void put(Commit& commit, const std::vector<Row>& rows) {
  const auto known = all_series();
  for (const Row& row : rows) {
    const auto& one = known.at(static_cast<std::size_t>(number(row.series)) - 1);
    commit.samples.push(row.series, one.type, row.sample, kNow - 1s);
  }
}

DeliveryState delivery(std::uint64_t to) {
  DeliveryState state{"edge-1", kEpoch, {}, kNow};
  state.committed.add({model::Sequence(1), model::Sequence(to)});
  state.committed.add({model::Sequence(to + 3), model::Sequence(to + 5)});
  return state;
}

const LossInterval kLoss{"edge-1",  kEpoch, {model::Sequence(2), model::Sequence(3)},
                         41,        kMarch, kMarch + 1s,
                         "evicted", kNow};

/// In format 3: what a filter held.
LossInterval held_loss() {
  LossInterval loss = kLoss;
  loss.range = {model::Sequence(21), model::Sequence(21)};
  loss.reason = "held";
  loss.thing = "pump-1";
  loss.property = "p1";
  return loss;
}

Event event(std::int64_t id) {
  return {id, kNow, "edge.connected", "edge-1", "administrator", R"({"clean":true})"};
}

ImportMark import_mark() {
  return {std::string(64, 'a'), "history.csv", 120, 240, 3, 2, true, kNow};
}

/// From format 2 on: of sealed rows with the second commit, of rows in the log with the third.
Correction sealed_correction() {
  return {.series = kDense,
          .range = {kMarch + 600s, kMarch + 700s},
          .action = CorrectionAction::kReplace,
          .value = 50.5,
          .by = "maria",
          .role = "ot_engineer",
          .why = "calibration 校准",
          .time = kNow};
}
std::vector<Correction> logged_corrections() {
  std::vector<Correction> all;
  for (int type = 1; type <= 6; ++type) {
    all.push_back({.series = SeriesId(type + 1),
                   .range = {kMay + 1min, kMay + 1min + 20ms},
                   .action = CorrectionAction::kReplace,
                   .value = values_of(ValueType(type)).front(),
                   .by = "program",
                   .role = "data_scientist",
                   .why = "",
                   .time = kNow});
  }
  Correction one = sealed_correction();
  one.range = {kMarch + 690s, kMarch + 800s};
  one.action = CorrectionAction::kInvalidate;
  one.value = {};
  all.push_back(one);
  one.action = CorrectionAction::kRestore;
  one.range = {kMarch + 610s, kMarch + 611s};
  all.push_back(one);
  one.action = CorrectionAction::kFill;
  one.range = {kMay - 10min, kMay};
  one.method = FillMethod::kLinear;
  one.value = 1.0;
  one.value_to = 4.5;
  one.interval = 30s;
  all.push_back(one);
  return all;
}

std::vector<Commit> golden_commits() {
  const auto series = all_series();
  Commit sealed{.series = {series.begin(), series.end() - 1},
                .deliveries = {delivery(10)},
                .losses = {kLoss},
                .events = {event(0)},
                .imports = {import_mark()}};
  put(sealed, dense_rows());
  put(sealed, rows_of_all_types(kMarch));
  Commit hot{.deliveries = {delivery(20)}, .events = {event(0)}};
  put(hot, hot_rows());
  put(hot, {kAncient, kNoText});
  hot.corrections = {sealed_correction()};
  Commit logged{.series = {series.back()}, .deliveries = {delivery(30)}, .events = {event(0)}};
  put(logged, logged_rows());
  logged.corrections = logged_corrections();
  logged.losses = {held_loss()};
  return {sealed, hot, logged};
}

contract::SampleOracle golden_oracle(int format) {
  contract::SampleOracle oracle;
  for (const auto& rows : {dense_rows(), rows_of_all_types(kMarch), hot_rows(), logged_rows()}) {
    for (const Row& row : rows) oracle.put(row.series, row.sample);
  }
  oracle.put(kNoText.series, {kNoText.sample.time, {}, Quality().marked(Reason::kWrongType)});
  if (format < 2) return oracle;
  oracle.correct(sealed_correction());
  for (const Correction& one : logged_corrections()) oracle.correct(one);
  return oracle;
}

class StoreFormatTest : public testing::TestWithParam<int> {
 protected:
  StoreFormatTest() : root_(fs::temp_directory_path() / std::format("format-{}", ::getpid())) {
    fs::remove_all(root_);
    fs::create_directories(root_);
  }
  ~StoreFormatTest() override {
    store_.reset();
    fs::remove_all(root_);
  }

  void open(const fs::path& folder) {
    store_.reset();
    duckdb::DuckDbOptions options{.folder = folder};
    store_ = std::make_unique<duckdb::DuckDbStore>(options, clock_, base::Random(1));
    const auto started = store_->start();
    ASSERT_TRUE(started) << base::describe(started.error());
  }

  void open_golden() {
    ASSERT_NO_FATAL_FAILURE(support::unpack_golden_store(GetParam(), root_ / "store"));
    open(root_ / "store");
  }

  void expect_samples(const contract::SampleOracle& oracle) {
    for (const model::Series& one : all_series()) {
      const auto found =
          store_->raw({.series = one.id, .start = base::Time::min(), .end = base::Time::max()});
      ASSERT_TRUE(found) << base::describe(found.error());
      EXPECT_EQ(found->samples, oracle.raw(one.id, base::Time::min(), base::Time::max()))
          << number(one.id);
    }
  }

  base::ManualClock clock_{kNow};
  fs::path root_;
  std::unique_ptr<SeriesStore> store_;
};

INSTANTIATE_TEST_SUITE_P(Format, StoreFormatTest, testing::Values(1, 2, 3));

TEST_P(StoreFormatTest, what_is_no_sample_stands_there_as_it_was_written) {
  ASSERT_NO_FATAL_FAILURE(open_golden());
  EXPECT_EQ(*store_->series(), all_series());
  const auto deliveries = store_->deliveries();
  ASSERT_TRUE(deliveries && deliveries->size() == 1);
  EXPECT_EQ(deliveries->front().origin, "edge-1");
  EXPECT_EQ(deliveries->front().epoch, kEpoch);
  EXPECT_EQ(deliveries->front().committed, delivery(30).committed);
  EXPECT_EQ(deliveries->front().updated, kNow);
  const auto losses = store_->losses("edge-1", 10);
  ASSERT_TRUE(losses && losses->size() == (GetParam() < 3 ? 1U : 2U));
  if (GetParam() >= 3) {
    EXPECT_EQ(std::tuple(losses->back().reason, losses->back().thing, losses->back().property),
              std::tuple("held", "pump-1", "p1"));
  }
  const LossInterval& loss = losses->front();
  EXPECT_EQ(loss.thing + loss.property, "");
  EXPECT_EQ(std::tuple(loss.epoch, loss.range, loss.samples, loss.time_from, loss.time_to),
            std::tuple(kEpoch, kLoss.range, 41U, kMarch, kMarch + 1s));
  EXPECT_EQ(std::tuple(loss.reason, loss.recorded), std::tuple("evicted", kNow));
  const auto events = store_->events(0, 10);
  ASSERT_TRUE(events && events->size() == 3);
  EXPECT_EQ((*events)[2].id, 1);
  EXPECT_EQ((*events)[0].kind, "edge.connected");
  EXPECT_EQ((*events)[0].actor_role, "administrator");
  EXPECT_EQ((*events)[0].body, R"({"clean":true})");
  const auto mark = store_->import_mark(std::string(64, 'a'));
  ASSERT_TRUE(mark && *mark);
  EXPECT_EQ(std::tuple((*mark)->name, (*mark)->rows_done, (*mark)->samples),
            std::tuple("history.csv", 120U, 240U));
  EXPECT_EQ(std::tuple((*mark)->samples_uncertain, (*mark)->samples_bad, (*mark)->is_complete),
            std::tuple(3U, 2U, true));
}

TEST_P(StoreFormatTest, samples_of_all_types_stand_there_sealed_hot_and_in_the_log) {
  ASSERT_NO_FATAL_FAILURE(open_golden());
  const auto stats = store_->stats();
  ASSERT_TRUE(stats);
  EXPECT_EQ(number(stats->commit), 3);
  EXPECT_EQ(stats->partitions.size(), 6U);
  EXPECT_EQ(stats->sealed_rows, 7'200U + 22U);
  EXPECT_EQ(stats->hot_rows, 22U + 3U + 22U + 1U + 1U);
  EXPECT_EQ(stats->out_of_range_rows, 2U);
  expect_samples(golden_oracle(GetParam()));
  const auto last = store_->last_value(SeriesId(8));
  ASSERT_TRUE(last);
  EXPECT_EQ(last->sample, (model::Sample{kMay + 2min, std::int64_t{-8}, {}}));
  EXPECT_EQ(last->received, kNow - 1s);
  const auto ancient = store_->out_of_range(kDense, 10);
  ASSERT_TRUE(ancient && ancient->size() == 1);
  EXPECT_EQ(ancient->front().value, model::Value(7.0));
  EXPECT_TRUE(ancient->front().quality.has(Reason::kTimeImplausible));
  const auto no_text = store_->out_of_range(SeriesId(6), 10);
  ASSERT_TRUE(no_text && no_text->size() == 1);
  EXPECT_EQ(no_text->front().value, model::Value(model::Bytes{"\xFF\xFE"}));
}

TEST_P(StoreFormatTest, charts_from_its_rollups_are_the_ones_its_samples_give) {
  ASSERT_NO_FATAL_FAILURE(open_golden());
  BucketQuery query{.series = {kDense},
                    .start = kMarch,
                    .end = kMarch + 2h,
                    .step = 1h,
                    .aggregates = {Aggregate::kCount, Aggregate::kAvg, Aggregate::kMax,
                                   Aggregate::kTimeWeightedAvg, Aggregate::kBadCount}};
  const auto hours = store_->buckets(query);
  ASSERT_TRUE(hours && hours->rows.size() == 2);
  EXPECT_EQ(hours->rows[1].values[0], 3'594);  // no late row in this hour, six of 3,600 are bad
  EXPECT_EQ(hours->rows[1].values[2], 24.75);
  EXPECT_EQ(hours->rows[1].values[4], 6);
  const auto oracle = golden_oracle(GetParam());
  for (const base::Duration step : {base::Duration(1min), base::Duration(1h)}) {
    query.step = step;
    const auto found = store_->buckets(query);
    ASSERT_TRUE(found);
    const auto expected = oracle.buckets(query);
    ASSERT_EQ(found->rows.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      for (std::size_t j = 0; j < expected[i].values.size(); ++j) {
        const double left = found->rows[i].values[j], right = expected[i].values[j];
        if (std::isnan(left) && std::isnan(right)) continue;
        EXPECT_NEAR(left, right, 1e-9) << i << " " << j;
      }
    }
  }
}

TEST_P(StoreFormatTest, corrections_stand_there_and_a_store_that_had_none_takes_them) {
  ASSERT_NO_FATAL_FAILURE(open_golden());
  const auto made = store_->corrections({});
  ASSERT_TRUE(made);
  if (GetParam() == 1) {
    EXPECT_TRUE(made->empty());
    ASSERT_TRUE(store_->commit({.corrections = {sealed_correction()}}));
    contract::SampleOracle oracle = golden_oracle(1);
    oracle.correct(sealed_correction());
    ASSERT_NO_FATAL_FAILURE(open(root_ / "store"));
    expect_samples(oracle);
    EXPECT_EQ(store_->corrections({})->size(), 1U);
    return;
  }
  std::vector<Correction> expected{sealed_correction()};
  for (const Correction& one : logged_corrections()) expected.push_back(one);
  ASSERT_EQ(made->size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    expected[i].id = static_cast<std::int64_t>(i) + 1;
    expected[i].commit = model::CommitId(i == 0 ? 2 : 3);
    EXPECT_EQ((*made)[expected.size() - 1 - i], expected[i]) << i;
  }
}

TEST_P(StoreFormatTest, it_goes_on_with_commits_seals_and_restarts) {
  ASSERT_NO_FATAL_FAILURE(open_golden());
  contract::SampleOracle oracle = golden_oracle(GetParam());
  const std::vector<Row> more{{SeriesId(8), {kMay + 3min, std::int64_t{9}, {}}},
                              {kDense, {kMarch + 700ms, 1.25, {}}}};
  Commit commit{.deliveries = {delivery(40)}, .events = {event(0)}};
  put(commit, more);
  for (const Row& row : more) oracle.put(row.series, row.sample);
  const auto done = store_->commit(commit);
  ASSERT_TRUE(done) << base::describe(done.error());
  EXPECT_EQ(number(*done), 4);
  clock_.advance(40 * 24h);  // May is over, and late rows have waited long enough
  ASSERT_TRUE(store_->seal());
  EXPECT_EQ(store_->stats()->hot_rows, 0U);
  expect_samples(oracle);
  ASSERT_TRUE(store_->stop());
  ASSERT_NO_FATAL_FAILURE(open(root_ / "store"));
  expect_samples(oracle);
  EXPECT_EQ(store_->events(0, 10)->front().id, 4);
  EXPECT_EQ(store_->deliveries()->front().committed, delivery(40).committed);
}

/// Not a test of anything unless a golden store is wanted.
TEST_P(StoreFormatTest, a_store_written_now_holds_the_same) {
  if (GetParam() != 3) return;  // this program writes format 3
  const char* wanted = std::getenv("MILLRACE_WRITE_GOLDEN");
  const fs::path folder = wanted ? fs::path(wanted) : root_ / "now";
  ASSERT_NO_FATAL_FAILURE(open(folder));
  const auto commits = golden_commits();
  ASSERT_TRUE(store_->commit(commits[0]));
  ASSERT_TRUE(store_->seal());
  ASSERT_TRUE(store_->commit(commits[1]));
  ASSERT_TRUE(store_->stop());
  ASSERT_NO_FATAL_FAILURE(open(folder));
  ASSERT_TRUE(store_->commit(commits[2]));
  ASSERT_NO_FATAL_FAILURE(open(folder));  // as after a kill: the last commit is in the log
  EXPECT_EQ(number(store_->stats()->commit), 3);
  expect_samples(golden_oracle(GetParam()));
}

}  // namespace
}  // namespace millrace::store
