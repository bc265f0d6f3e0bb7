// What is left when rows expire, and what it answers.

#include "store/duckdb/retention.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>

#include "store/duckdb/duckdb_store.h"

namespace millrace::store::duckdb {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using model::SeriesId;
using model::ValueType;

const base::Time kRetentionNow = std::chrono::sys_days(std::chrono::year(2026) / 5 / 20) + 12h;
const base::Time kJanuary = std::chrono::sys_days(std::chrono::year(2026) / 1 / 10);
const base::Time kMarch = std::chrono::sys_days(std::chrono::year(2026) / 3 / 10);
constexpr base::Duration kDay = 24h;
const SeriesId kDense{1}, kSparse{2}, kText{3};
const std::vector<Aggregate> kAggregates{Aggregate::kCount, Aggregate::kAvg, Aggregate::kMin,
                                         Aggregate::kMax,   Aggregate::kSum, Aggregate::kBadCount};

class RetentionTest : public testing::Test {
 protected:
  RetentionTest() : root_(fs::temp_directory_path() / std::format("retention-{}", ::getpid())) {
    fs::remove_all(root_);
    open();
    Commit commit{
        .series = {{.id = kDense, .thing = "pump-1", .property = "dense"},
                   {.id = kSparse, .thing = "pump-1", .property = "sparse"},
                   {.id = kText, .thing = "pump-1", .property = "text", .type = ValueType::kText}}};
    for (const base::Time from : {kJanuary, kMarch}) {
      for (int i = 0; i < 7'200; ++i) put(commit, kDense, from + i * 1s, i % 77 * 0.25);
      for (int i = 0; i < 300; ++i) put(commit, kSparse, from + i * 90s, i * 1.0);
      commit.samples.push(kText, ValueType::kText, {from, std::string("on"), {}}, kRetentionNow);
    }
    put(commit, kDense, kRetentionNow, 1.0);
    EXPECT_TRUE(store_->commit(commit));
    EXPECT_TRUE(store_->seal());
  }
  ~RetentionTest() override {
    store_.reset();
    fs::remove_all(root_);
  }

  void open() {
    store_.reset();
    DuckDbOptions options{.folder = root_ / "store"};
    options.seal = {.rows_min = 1'000, .late_rows_min = 1};
    store_ = std::make_unique<DuckDbStore>(options, clock_, base::Random(1));
    ASSERT_TRUE(store_->start());
  }
  static void put(Commit& commit, SeriesId id, base::Time time, double value) {
    commit.samples.push(id, ValueType::kF64, {time, value, {}}, kRetentionNow);
  }
  std::size_t rows_of(SeriesId id, base::Time from, base::Duration width) {
    const auto found = store_->raw({.series = id, .start = from, .end = from + width});
    EXPECT_TRUE(found) << base::describe(found.error());
    return found->samples.size();
  }
  using Chart = std::map<std::pair<int, base::Time>, std::vector<double>>;
  Chart chart(base::Time from, base::Duration step) {
    const auto found = store_->buckets({.series = {kDense, kSparse},
                                        .start = from,
                                        .end = from + 12h,
                                        .step = step,
                                        .aggregates = kAggregates});
    EXPECT_TRUE(found) << base::describe(found.error());
    Chart rows;
    for (const BucketRow& row : found->rows) rows[{number(row.series), row.time}] = row.values;
    return rows;
  }
  static void expect_near(const Chart& left, const Chart& right) {
    ASSERT_EQ(left.size(), right.size());
    for (const auto& [key, values] : left) {
      ASSERT_TRUE(right.contains(key));
      for (std::size_t i = 0; i < values.size(); ++i) {
        const double other = right.at(key)[i];
        if (std::isnan(values[i]) && std::isnan(other)) continue;
        EXPECT_NEAR(values[i], other, 1e-6) << text(kAggregates[i]);
      }
    }
  }
  RetentionReport retain(const RetentionPolicy& policy) {
    const auto report = store_->retain(policy, kRetentionNow);
    EXPECT_TRUE(report) << base::describe(report.error());
    return report.value_or(RetentionReport{});
  }

  base::ManualClock clock_{kRetentionNow};
  const fs::path root_;
  std::unique_ptr<SeriesStore> store_;
};

TEST_F(RetentionTest, charts_stay_as_they_were_when_the_rows_of_old_partitions_have_gone) {
  const auto minutes = chart(kJanuary, 1min), hours = chart(kJanuary, 1h);
  const auto half_hours = chart(kJanuary, 30min);
  const auto before = *store_->stats();
  const auto report = retain({.raw = 60 * kDay});
  ASSERT_EQ(report.dropped.size(), 2U);  // January of f64 and of text; March ends too late
  EXPECT_EQ(report.dropped[0].what, Kept::kRows);
  EXPECT_EQ(report.dropped[0].rows, 7'500U);
  const auto check = [&] {
    EXPECT_EQ(rows_of(kDense, kJanuary, 12h), 0U);
    EXPECT_EQ(rows_of(kText, kJanuary, 12h), 0U);
    EXPECT_EQ(rows_of(kDense, kMarch, 12h), 7'200U);
    EXPECT_EQ(rows_of(kDense, kRetentionNow, 1h), 1U) << "a hot row";
    expect_near(chart(kJanuary, 1min), minutes);
    expect_near(chart(kJanuary, 30min), half_hours);
    expect_near(chart(kJanuary, 1h), hours);
    EXPECT_EQ(store_->stats()->sealed_rows, before.sealed_rows - 7'501U);
    EXPECT_EQ(store_->last_value(kText)->sample.value, model::Value(std::string("on")));
  };
  check();
  open();
  check();
  EXPECT_TRUE(retain({.raw = 60 * kDay}).dropped.empty());
}

TEST_F(RetentionTest, what_a_policy_would_let_go_is_what_it_lets_go) {
  const RetentionPolicy wanted{.raw = 60 * kDay};
  const auto expiring = [&](const RetentionPolicy& policy, const RetentionPolicy& present) {
    const auto found = store_->expiring(policy, present, kRetentionNow);
    EXPECT_TRUE(found) << base::describe(found.error());
    return found.value_or(std::vector<Dropped>());
  };
  const auto foreseen = expiring(wanted, {});
  ASSERT_EQ(foreseen.size(), 2U);
  EXPECT_EQ(foreseen[0].range.from, kJanuary) << "of the samples, not of the month";
  EXPECT_TRUE(expiring({}, {}).empty());
  EXPECT_TRUE(expiring(wanted, {.raw = 30 * kDay}).empty()) << "the present one deletes more";
  EXPECT_TRUE(expiring({.raw = kDay / 2}, {}).size() > 2) << "with what is not sealed yet";
  const auto report = retain(wanted);
  ASSERT_EQ(report.dropped.size(), foreseen.size());
  for (std::size_t i = 0; i < foreseen.size(); ++i) {
    EXPECT_EQ(std::tuple(foreseen[i].what, foreseen[i].type, foreseen[i].rows),
              std::tuple(report.dropped[i].what, report.dropped[i].type, report.dropped[i].rows));
  }
  EXPECT_TRUE(expiring(wanted, {}).empty()) << "it is gone";
  const auto roll_ups = expiring({.raw = 60 * kDay, .minutes = 60 * kDay}, wanted);
  ASSERT_EQ(roll_ups.size(), 1U);
  EXPECT_EQ(std::pair(roll_ups[0].what, roll_ups[0].rows), std::pair(Kept::kMinutes, 7'500UL));
}

TEST_F(RetentionTest, any_step_from_a_minute_on_is_answered_from_what_is_left) {
  retain({.raw = 1 * kDay});
  double count = 0;
  for (const auto& [key, values] : chart(kJanuary - 17s, 97s)) count += values[0];
  EXPECT_EQ(count, 7'500);
  for (const auto& [key, values] : chart(kJanuary, 10s)) count -= values[0];
  EXPECT_EQ(count, 0) << "a finer step shows a point for each minute";
}

TEST_F(RetentionTest, qualities_are_counted_of_the_rows_that_are_left) {
  retain({.raw = 60 * kDay});
  const auto counts = store_->quality_counts({.series = {kDense, kText},
                                              .start = kJanuary - 30 * kDay,
                                              .end = kRetentionNow + kDay,
                                              .step = 200 * kDay});
  ASSERT_TRUE(counts) << base::describe(counts.error());
  std::map<SeriesId, std::uint64_t> samples;
  for (const QualityCount& one : counts->rows) samples[one.series] += one.samples;
  EXPECT_EQ(samples, (std::map<SeriesId, std::uint64_t>{{kDense, 7'201}, {kText, 1}}));
}

TEST_F(RetentionTest, late_rows_that_go_with_a_seal_are_on_record_by_series_and_time) {
  retain({.raw = 60 * kDay});
  const auto expired = store_->expired(ValueType::kF64);
  ASSERT_EQ(expired.size(), 1U);
  EXPECT_TRUE(expired[0].holds(kJanuary));
  EXPECT_TRUE(store_->expired(ValueType::kBool).empty());
  Commit commit{.series = {{.id = SeriesId{4}, .thing = "pump-2", .property = "flow"}}};
  for (int i = 0; i < 50; ++i) put(commit, SeriesId{4}, kJanuary + i * 1min, 1.0);
  put(commit, kDense, kJanuary + 10s, 9.0);
  put(commit, SeriesId{4}, kMarch + 5h, 2.0);
  ASSERT_TRUE(store_->commit(commit));
  ASSERT_TRUE(store_->seal());
  EXPECT_EQ(rows_of(SeriesId{4}, kJanuary, 12h), 0U);
  EXPECT_EQ(rows_of(SeriesId{4}, kMarch, 12h), 1U);
  const auto check = [&](std::size_t count) {
    const auto events = store_->events(0, 10);
    ASSERT_TRUE(events);
    ASSERT_EQ(events->size(), count);
    EXPECT_EQ(events->back().kind, "store.retention");
    EXPECT_EQ(events->back().body,
              R"({"late":[{"end":"2026-02-01T00:00:00Z","samples":51,"series":[)"
              R"({"first":"2026-01-10T00:00:10Z","last":"2026-01-10T00:00:10Z",)"
              R"("property":"dense","samples":1,"thing":"pump-1"},)"
              R"({"first":"2026-01-10T00:00:00Z","last":"2026-01-10T00:49:00Z",)"
              R"("property":"flow","samples":50,"thing":"pump-2"}],)"
              R"("start":"2026-01-01T00:00:00Z","type":"f64"}]})");
  };
  check(1);
  ASSERT_TRUE(store_->seal());
  check(1);
  ASSERT_TRUE(store_->commit({.events = {{.time = kRetentionNow, .kind = "x", .body = "{}"}}}));
  open();
  check(2);
}

TEST_F(RetentionTest, minutes_and_then_hours_follow_their_rows_and_the_range_stays_known) {
  retain({.raw = 60 * kDay, .minutes = 120 * kDay, .hours = 150 * kDay});
  EXPECT_FALSE(chart(kJanuary, 1min).empty());
  const auto report = retain({.raw = 60 * kDay, .minutes = 90 * kDay, .hours = 200 * kDay});
  ASSERT_EQ(report.dropped.size(), 1U);
  EXPECT_EQ(report.dropped[0].what, Kept::kMinutes);
  double count = 0;
  for (const auto& [key, values] : chart(kJanuary, 1h)) count += values[0];
  EXPECT_EQ(count, 7'500);
  retain({.raw = 60 * kDay, .minutes = 90 * kDay, .hours = 90 * kDay});
  EXPECT_TRUE(chart(kJanuary, 1h).empty());
  Correction fill{.series = kDense,
                  .range = {kJanuary, kJanuary + 1h},
                  .action = CorrectionAction::kFill,
                  .value = 5.0,
                  .method = FillMethod::kConstant,
                  .interval = 1min,
                  .time = kRetentionNow};
  ASSERT_TRUE(store_->commit({.corrections = {fill}}));
  open();
  EXPECT_EQ(rows_of(kDense, kJanuary, 12h), 0U);
  EXPECT_TRUE(chart(kJanuary, 1h).empty());
}

TEST_F(RetentionTest, roll_ups_are_made_as_corrected_before_their_rows_go) {
  Correction replace{.series = kDense,
                     .range = {kJanuary + 10min, kJanuary + 20min},
                     .action = CorrectionAction::kReplace,
                     .value = 500.0,
                     .time = kRetentionNow};
  Correction fill{.series = kSparse,
                  .range = {kJanuary + 8h, kJanuary + 9h},
                  .action = CorrectionAction::kFill,
                  .value = 3.0,
                  .method = FillMethod::kConstant,
                  .interval = 1min,
                  .time = kRetentionNow};
  ASSERT_TRUE(store_->commit({.corrections = {replace, fill}}));
  const auto minutes = chart(kJanuary, 1min), hours = chart(kJanuary, 1h);
  EXPECT_EQ(hours.at({1, kJanuary})[3], 500);
  retain({.raw = 60 * kDay});
  expect_near(chart(kJanuary, 1min), minutes);
  expect_near(chart(kJanuary, 1h), hours);
  open();
  expect_near(chart(kJanuary, 1h), hours);
}

TEST_F(RetentionTest, a_fill_where_nothing_was_stored_goes_with_what_stands_behind_it) {
  const base::Time february = kJanuary + 31 * kDay, may = kRetentionNow - 5 * kDay;
  const auto fill = [](SeriesId series, base::Time from) {
    return Correction{.series = series,
                      .range = {from, from + 1h},
                      .action = CorrectionAction::kFill,
                      .value = 3.0,
                      .method = FillMethod::kConstant,
                      .interval = 1min,
                      .time = kRetentionNow};
  };
  ASSERT_TRUE(store_->commit({.corrections = {fill(kSparse, february), fill(kSparse, may)}}));
  const auto hours = chart(february, 1h);
  EXPECT_EQ(hours.size(), 1U);
  const auto expect = [&](std::size_t rows, const Chart& charted, std::size_t closed) {
    for (int round = 0; round < 2; ++round) {
      EXPECT_EQ(rows_of(kSparse, february, 12h), rows);
      expect_near(chart(february, 1h), charted);
      EXPECT_EQ(rows_of(kSparse, may, 12h), 60U) << "nothing behind it has expired";
      EXPECT_EQ(store_->closed(ValueType::kF64).size(), closed);
      open();
    }
  };
  expect(60, hours, 0);
  retain({.raw = 60 * kDay});  // January; what stands behind the hole is there
  expect(60, hours, 1);
  retain({.raw = 30 * kDay});
  expect(0, hours, 2);
  EXPECT_TRUE(store_->closed(ValueType::kF64)[1].holds(february));
  EXPECT_FALSE(store_->expired(ValueType::kF64)[1].holds(february)) << "what comes late is taken";
  retain({.raw = 30 * kDay, .minutes = 30 * kDay, .hours = 30 * kDay});
  expect(0, {}, 2);
}

TEST_F(RetentionTest, late_rows_of_an_expired_range_expire_with_the_next_seal) {
  retain({.raw = 60 * kDay});
  const auto hours = chart(kJanuary, 1h);
  Commit commit;
  for (int i = 0; i < 50; ++i) put(commit, kDense, kJanuary + i * 1min + 1ms, 9.0);
  ASSERT_TRUE(store_->commit(commit));
  EXPECT_EQ(rows_of(kDense, kJanuary, 12h), 50U) << "hot ones are seen";
  ASSERT_TRUE(store_->seal());
  EXPECT_EQ(rows_of(kDense, kJanuary, 12h), 0U);
  EXPECT_EQ(rows_of(kDense, kRetentionNow, 1h), 1U);
  expect_near(chart(kJanuary, 1h), hours);
  open();
  expect_near(chart(kJanuary, 1h), hours);
}

TEST_F(RetentionTest, without_a_limit_nothing_goes_and_a_stop_is_obeyed) {
  EXPECT_TRUE(retain({}).dropped.empty());
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(store_->retain({.raw = kDay}, kRetentionNow, stop.get_token()).error().code,
            base::ErrorCode::kUnavailable);
  EXPECT_EQ(rows_of(kDense, kJanuary, 12h), 7'200U);
  EXPECT_EQ(retain({.raw = kDay}).dropped.size(), 4U);
}

}  // namespace
}  // namespace millrace::store::duckdb
