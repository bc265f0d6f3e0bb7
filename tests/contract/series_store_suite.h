#pragma once

// What every SeriesStore promises, as tests. An implementation joins in three lines:
//
//   INSTANTIATE_TEST_SUITE_P(Name, SeriesStoreContract, testing::Values(MakeStore{"Name", make}));
//
// with `make(folder, clock)` giving a store that seals ranges of about 200 rows, merges any
// late row, keeps samples of 30 years, and recovers from its folder.

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <format>
#include <functional>
#include <thread>

#include "base/files.h"
#include "contract/sample_oracle.h"

namespace millrace::store::contract {

using namespace std::chrono_literals;
using model::Reason;
using model::ValueType;

/// How a store is made, with the name that its tests carry.
struct MakeStore {
  std::string_view name;
  std::unique_ptr<SeriesStore> (*make)(const std::filesystem::path&, const base::Clock&);
  auto operator()(const std::filesystem::path& folder, const base::Clock& clock) const {
    return make(folder, clock);
  }
};
inline void PrintTo(const MakeStore& one, std::ostream* out) { *out << one.name; }

inline const base::Time kNow = std::chrono::sys_days(std::chrono::year(2026) / 5 / 20) + 12h;

class SeriesStoreContract : public testing::TestWithParam<MakeStore> {
 protected:
  void SetUp() override {
    static std::atomic<int> count = 0;
    root_ = std::filesystem::temp_directory_path() /
            std::format("series-store-{}-{}", ::getpid(), ++count);
    std::filesystem::remove_all(root_);
    std::filesystem::create_directories(root_);
    open();
  }
  void TearDown() override {
    store_.reset();
    std::filesystem::remove_all(root_);
  }

  void open() {
    store_ = GetParam()(root_ / "store", clock_);
    const auto started = store_->start();
    ASSERT_TRUE(started) << base::describe(started.error());
  }
  /// As after SIGKILL.
  void kill_and_reopen() {
    store_.reset();
    open();
  }
  void stop_and_reopen() {
    ASSERT_TRUE(store_->stop());
    store_.reset();
    open();
  }

  model::Series new_series(ValueType type, const std::string& thing = "pump-1") {
    const auto id = store_->next_series_id();
    return {.id = id, .thing = thing, .property = std::format("p{}", number(id)), .type = type};
  }
  model::SeriesId define(ValueType type) {
    const model::Series series = new_series(type);
    EXPECT_TRUE(store_->commit({.series = {series}}));
    types_[series.id] = type;
    return series.id;
  }
  void put(Commit& commit, model::SeriesId id, const model::Sample& sample) {
    if (commit.samples.is_empty()) next_commit_ = number(store_->stats()->commit) + 1;
    commit.samples.push(id, types_.at(id), sample, kNow);
    oracle_.put(id, sample, next_commit_);
  }
  void commit_one(model::SeriesId id, const model::Sample& sample) {
    Commit commit;
    put(commit, id, sample);
    const auto done = store_->commit(commit);
    ASSERT_TRUE(done) << base::describe(done.error());
  }
  std::vector<model::Sample> all(model::SeriesId id) {
    auto result = store_->raw({.series = id, .start = base::Time::min(), .end = base::Time::max()});
    EXPECT_TRUE(result) << base::describe(result.error());
    return result ? result->samples : std::vector<model::Sample>{};
  }
  void expect_all_as_put() {
    for (const auto& [id, type] : types_) {
      EXPECT_EQ(all(id), oracle_.raw(id, base::Time::min(), base::Time::max())) << number(id);
    }
  }
  void seal() {
    const auto done = store_->seal();
    ASSERT_TRUE(done) << base::describe(done.error());
  }

  base::ManualClock clock_{kNow};
  std::filesystem::path root_;
  std::unique_ptr<SeriesStore> store_;
  SampleOracle oracle_;
  std::int64_t next_commit_ = 0;
  std::map<model::SeriesId, ValueType> types_;
};

inline bool same_bits(const model::Sample& left, const model::Sample& right) {
  const auto* a = std::get_if<double>(&left.value);
  const auto* b = std::get_if<double>(&right.value);
  const bool is_same_nan = a && b && std::isnan(*a) && std::isnan(*b);
  return left.time == right.time && left.quality == right.quality &&
         (is_same_nan || left.value == right.value);
}

inline std::map<ValueType, std::vector<model::Value>> awkward_values() {
  const auto text = [](std::size_t size) { return std::string(size, 'x'); };
  std::string every_byte;
  for (int i = 0; i < 256; ++i) every_byte += static_cast<char>(i);
  return {
      {ValueType::kF64,
       {0.0, -0.0, 0.1, -1e308, 5e-324, NAN, INFINITY, -INFINITY, 9007199254740993.0}},
      {ValueType::kI64,
       {std::int64_t{0}, std::numeric_limits<std::int64_t>::max(),
        std::numeric_limits<std::int64_t>::min(), std::int64_t{9007199254740993}}},
      {ValueType::kU64,
       {std::uint64_t{0}, std::numeric_limits<std::uint64_t>::max(),
        std::uint64_t{9007199254740993}}},
      {ValueType::kBool, {true, false}},
      {ValueType::kText,
       {std::string(), std::string("流量 m³/h"), std::string("a\0b", 3), text(12), text(13),
        text(1 << 20)}},
      {ValueType::kBytes,
       {model::Bytes{}, model::Bytes{every_byte}, model::Bytes{std::string(1 << 20, '\xFF')}}},
  };
}

TEST_P(SeriesStoreContract, values_of_all_types_come_back_exactly_hot_recovered_and_sealed) {
  std::map<model::SeriesId, std::vector<model::Sample>> expected;
  Commit commit;
  for (const auto& [type, values] : awkward_values()) {
    const auto id = define(type);
    base::Time time = kNow - 100 * 24h;
    auto list = values;
    list.push_back(std::monostate());
    for (const model::Value& value : list) {
      time += base::Duration(1);
      const model::Sample sample{time, value, model::Quality::from_opcua(0x80340000)};
      commit.samples.push(id, type, sample, kNow);
      expected[id].push_back(sample);
    }
  }
  ASSERT_TRUE(store_->commit(commit));
  const auto check = [&](const char* when) {
    for (const auto& [id, samples] : expected) {
      const auto found = all(id);
      ASSERT_EQ(found.size(), samples.size()) << when;
      for (std::size_t i = 0; i < samples.size(); ++i) {
        EXPECT_TRUE(same_bits(found[i], samples[i])) << when << " " << number(id) << " " << i;
      }
    }
  };
  check("hot");
  kill_and_reopen();
  check("after a kill");
  seal();
  EXPECT_EQ(store_->stats()->hot_rows, 0U);
  check("sealed");
  stop_and_reopen();
  check("after a stop");
}

TEST_P(SeriesStoreContract, series_keep_their_numbers_and_tags_change) {
  model::Series series = new_series(ValueType::kF64);
  series.unit = "m³/h";
  series.site = "plant";
  series.title = "It's 'quoted' \\ and 中文";
  model::Series other = series;
  other.id = model::SeriesId(number(series.id) + 1);
  other.property = "other";
  ASSERT_TRUE(store_->commit({.series = {series, other}}));
  series.title = "renamed";
  series.source = "edge-1";
  ASSERT_TRUE(store_->commit({.series = {series}}));
  EXPECT_EQ(*store_->series(), (std::vector<model::Series>{series, other}));
  kill_and_reopen();
  EXPECT_EQ(*store_->series(), (std::vector<model::Series>{series, other}));
  EXPECT_EQ(number(store_->next_series_id()), 3);
}

TEST_P(SeriesStoreContract, a_commit_that_fails_leaves_nothing) {
  const auto id = define(ValueType::kF64);
  commit_one(id, {kNow, 1.0, {}});
  const auto before = store_->stats()->commit;
  Commit commit;
  commit.series = {new_series(ValueType::kF64, "pump-2")};
  commit.events = {{.time = kNow, .kind = "test", .body = "{}"}};
  commit.deliveries = {{.origin = "edge-1", .updated = kNow}};
  commit.samples.push(id, ValueType::kF64, {kNow + 1s, 2.0, {}}, kNow);
  commit.samples.push(model::SeriesId(77), ValueType::kF64, {kNow, 3.0, {}}, kNow);
  EXPECT_EQ(store_->commit(commit).error().code, base::ErrorCode::kInvalid);
  commit.samples.clear();
  commit.samples.push(id, ValueType::kText, {kNow, std::string("x"), {}}, kNow);
  EXPECT_EQ(store_->commit(commit).error().code, base::ErrorCode::kInvalid);
  EXPECT_EQ(store_->stats()->commit, before);
  EXPECT_EQ(store_->series()->size(), 1U);
  EXPECT_TRUE(store_->events(0, 10)->empty());
  EXPECT_TRUE(store_->deliveries()->empty());
  EXPECT_EQ(all(id).size(), 1U);
  EXPECT_EQ(store_->last_value(id)->sample.value, model::Value(1.0));
  commit.samples.clear();
  EXPECT_TRUE(store_->commit(commit));
  EXPECT_EQ(store_->series()->size(), 2U);
}

TEST_P(SeriesStoreContract, watermarks_losses_events_and_imports_are_there_with_their_samples) {
  const auto id = define(ValueType::kF64);
  base::Random random(5);
  DeliveryState state{"edge-1", base::Uuid::make(random), {}, kNow};
  DeliveryState other{"o'brien", base::Uuid::make(random), {}, kNow};
  other.committed.add({model::Sequence(7), model::Sequence(~std::uint64_t{0})});
  const LossInterval loss{"edge-1", state.epoch, {model::Sequence(3), model::Sequence(4)},
                          500,      kNow - 1h,   kNow,
                          "held",   kNow,        "pump-1",
                          "flow"};
  ASSERT_TRUE(store_->commit({.deliveries = {other}}));
  for (int i = 1; i <= 20; ++i) {
    Commit commit;
    put(commit, id, {kNow + i * 1s, double(i), {}});
    state.committed.add({model::Sequence(2 * i), model::Sequence(2 * i)});
    if (i == 3) state.committed.add({model::Sequence(1), model::Sequence(5)});
    state.updated = kNow + i * 1s;
    commit.deliveries = {state};
    if (i == 7) commit.losses = {loss};
    commit.events = {{.time = kNow, .kind = "k", .subject = std::to_string(i), .body = "{}"}};
    commit.imports = {{.file_hash = "hash",
                       .name = "file.csv",
                       .rows_done = std::uint64_t(i),
                       .is_complete = i == 20,
                       .updated = kNow}};
    ASSERT_TRUE(store_->commit(commit));
  }
  for (int round = 0; round < 2; ++round) {
    const auto states = store_->deliveries();
    ASSERT_EQ(states->size(), 2U);
    EXPECT_EQ(states->at(0).committed, other.committed);
    EXPECT_EQ(states->at(0).origin, "o'brien");
    EXPECT_EQ(states->at(1).committed, state.committed);
    EXPECT_EQ(states->at(1).epoch, state.epoch);
    EXPECT_EQ(states->at(1).updated, state.updated);
    ASSERT_EQ(store_->losses("edge-1", 10)->size(), 1U);
    EXPECT_EQ(store_->losses("edge-1", 10)->front().range, loss.range);
    EXPECT_EQ(store_->losses("edge-1", 10)->front().samples, 500U);
    EXPECT_EQ(store_->losses("edge-1", 10)->front().thing, "pump-1");
    EXPECT_EQ(store_->losses("edge-1", 10)->front().property, "flow");
    EXPECT_TRUE(store_->losses("edge-2", 10)->empty());
    const auto events = store_->events(0, 5);
    ASSERT_EQ(events->size(), 5U);
    EXPECT_EQ(events->front().subject, "20");
    EXPECT_EQ(store_->events(events->back().id, 100)->size(), 15U);
    const auto mark = store_->import_mark("hash");
    ASSERT_TRUE(mark && *mark);
    EXPECT_EQ((*mark)->rows_done, 20U);
    EXPECT_TRUE((*mark)->is_complete);
    EXPECT_FALSE(store_->import_mark("none")->has_value());
    expect_all_as_put();
    kill_and_reopen();
  }
}

/// Random samples of some series: mostly in order, some late, some with a time that is there.
class RandomPlant {
 public:
  RandomPlant(std::uint64_t seed, std::vector<std::pair<model::SeriesId, ValueType>> series)
      : random_(seed), series_(std::move(series)), next_(series_.size(), kNow - 3h) {}

  struct One {
    model::SeriesId id;
    model::Sample sample;
  };
  /// Per mille of samples that are late or repeat a time.
  std::uint64_t late = 0;
  std::uint64_t repeated = 0;

  One next() {
    const std::size_t which = random_.below(series_.size());
    base::Time& clock = next_[which];
    base::Time time = clock;
    if (random_.below(1000) < late) {
      time -= base::Duration(static_cast<std::int64_t>(random_.below(5'000'000'000)));
    } else if (random_.below(1000) < repeated && !used_.empty()) {
      time = used_[random_.below(used_.size())];
    } else {
      clock += base::Duration(static_cast<std::int64_t>(random_.below(20'000'000)) + 1);
    }
    used_.push_back(time);
    return {series_[which].first, {time, value(series_[which].second), quality()}};
  }

 private:
  model::Value value(ValueType type) {
    if (random_.below(30) == 0) return std::monostate();
    const auto whole = static_cast<std::int64_t>(random_.below(1000));
    switch (type) {
      case ValueType::kF64:
        return random_.below(50) == 0 ? NAN : static_cast<double>(whole) / 8 - 50;
      case ValueType::kI64:
        return whole - 500;
      case ValueType::kU64:
        return static_cast<std::uint64_t>(whole);
      default:
        return whole % 2 == 0;
    }
  }
  model::Quality quality() {
    switch (random_.below(12)) {
      case 0:
        return model::Quality().marked(Reason::kOutOfRange);
      case 1:
        return model::Quality().marked(Reason::kClock);
      default:
        return {};
    }
  }

  base::Random random_;
  std::vector<std::pair<model::SeriesId, ValueType>> series_;
  std::vector<base::Time> next_;
  std::vector<base::Time> used_;
};

inline const std::vector<Aggregate> kAllAggregates = {
    Aggregate::kAvg,     Aggregate::kMin,  Aggregate::kMax, Aggregate::kCount,
    Aggregate::kFirst,   Aggregate::kLast, Aggregate::kSum, Aggregate::kTimeWeightedAvg,
    Aggregate::kBadCount};

class SeriesStoreBuckets : public SeriesStoreContract {
 protected:
  void expect_same(const BucketQuery& query, const std::string& when) {
    const auto found = store_->buckets(query);
    ASSERT_TRUE(found) << base::describe(found.error());
    const auto expected = oracle_.buckets(query);
    ASSERT_EQ(found->rows.size(), expected.size()) << when;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const BucketRow &left = found->rows.at(i), &right = expected[i];
      ASSERT_EQ(left.series, right.series) << when;
      ASSERT_EQ(left.time, right.time) << when;
      for (std::size_t a = 0; a < query.aggregates.size(); ++a) {
        const double x = left.values[a], y = right.values[a];
        if (std::isnan(x) && std::isnan(y)) continue;
        ASSERT_NEAR(x, y, 1e-9 * std::max(1.0, std::abs(y)))
            << when << ": " << text(query.aggregates[a]) << " of series " << number(right.series)
            << " at " << (right.time - kNow).count() << " step " << query.step.count();
      }
    }
  }

  void expect_charts_right(base::Random& random, const std::string& when) {
    const std::vector<base::Duration> steps = {7s, 60s, 90s, 300s, 1h, 2h, 24h};
    for (const base::Duration step : steps) {
      BucketQuery query{ids_, kNow - 5h, kNow + 5h, step, kAllAggregates};
      expect_same(query, when + " aligned");
      const auto shift = base::Duration(static_cast<std::int64_t>(random.below(4'000'000'000)));
      query.end = kNow - shift;
      expect_same(query, when + " cut");
      query.start = kNow - 4h - shift;
      expect_same(query, when + " shifted");
    }
  }

  void make_plant(std::uint64_t seed) {
    for (const auto type :
         {ValueType::kF64, ValueType::kI64, ValueType::kU64, ValueType::kBool, ValueType::kF64}) {
      ids_.push_back(define(type));
      series_.emplace_back(ids_.back(), type);
    }
    plant_ = std::make_unique<RandomPlant>(seed, series_);
  }
  void run_plant(int commits, int rows) {
    for (int i = 0; i < commits; ++i) {
      Commit commit;
      for (int row = 0; row < rows; ++row) {
        const auto one = plant_->next();
        put(commit, one.id, one.sample);
      }
      ASSERT_TRUE(store_->commit(commit));
    }
  }

  std::vector<model::SeriesId> ids_;
  std::vector<std::pair<model::SeriesId, ValueType>> series_;
  std::unique_ptr<RandomPlant> plant_;
};

TEST_P(SeriesStoreBuckets, charts_equal_the_oracle_hot_sealed_mixed_late_and_doubled) {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    SCOPED_TRACE(std::format("seed {}", seed));
    TearDown();
    oracle_ = {};
    types_.clear();
    ids_.clear();
    series_.clear();
    SetUp();
    base::Random random(seed);
    make_plant(seed);
    run_plant(20, 40);
    expect_charts_right(random, "hot in order");
    plant_->late = 30;
    plant_->repeated = 20;
    run_plant(20, 40);
    expect_charts_right(random, "hot with late ones");
    kill_and_reopen();
    expect_charts_right(random, "recovered");
    seal();
    EXPECT_GT(store_->stats()->sealed_rows, 0U);
    expect_charts_right(random, "sealed");
    plant_->late = 10;
    run_plant(20, 40);
    expect_charts_right(random, "sealed with late ones");
    kill_and_reopen();
    expect_charts_right(random, "recovered again");
    seal();
    clock_.advance(1h);
    seal();
    expect_charts_right(random, "merged");
    stop_and_reopen();
    run_plant(5, 40);
    expect_charts_right(random, "after a stop");
  }
}

TEST_P(SeriesStoreBuckets, dense_series_with_rollups_equal_the_oracle) {
  make_plant(9);
  // Ten samples a second for twenty minutes: many to a minute.
  for (int i = 0; i < 120; ++i) {
    Commit commit;
    for (int row = 0; row < 100; ++row) {
      const base::Time time = kNow - 20min + (i * 100 + row) * 100ms;
      put(commit, ids_[0], {time, std::floor(1000 * std::sin(i * 100 + row)), {}});
      if (row % 7 == 0) put(commit, ids_[1], {time, std::int64_t{row}, {}});
    }
    ASSERT_TRUE(store_->commit(commit));
    if (i == 40 || i == 80) seal();
  }
  base::Random random(9);
  expect_charts_right(random, "mixed");
  for (int i = 0; i < 40; ++i) {
    commit_one(ids_[0], {kNow - 20min + i * 7s, 5000.0, {}});
  }
  expect_charts_right(random, "late rows over rollups");
  clock_.advance(2h);
  seal();
  expect_charts_right(random, "sealed");
}

TEST_P(SeriesStoreBuckets, counts_by_quality_equal_the_oracle_hot_sealed_and_late) {
  make_plant(17);
  const auto expect_counts_right = [&](const std::string& when) {
    for (const base::Duration step :
         {base::Duration(7s), base::Duration(1h), base::Duration(24h)}) {
      const QualityQuery query{ids_, kNow - 4h - 3s, kNow + 1h, step, {}};
      const auto found = store_->quality_counts(query);
      ASSERT_TRUE(found) << base::describe(found.error());
      EXPECT_TRUE(found->rows == oracle_.quality_counts(query))
          << when << ", step " << step.count();
      EXPECT_EQ(found->commit, store_->newest_commit());
    }
    const auto firsts = store_->first_times(ids_, {});
    ASSERT_TRUE(firsts) << base::describe(firsts.error());
    std::vector<std::pair<model::SeriesId, base::Time>> found;
    for (const FirstTime& one : *firsts) found.emplace_back(one.series, one.time);
    EXPECT_EQ(found, oracle_.first_times(ids_)) << when;
  };
  run_plant(20, 40);
  expect_counts_right("hot");
  plant_->late = 30;
  run_plant(20, 40);
  expect_counts_right("hot with late ones");
  seal();
  run_plant(20, 40);
  expect_counts_right("sealed with hot ones");
  plant_->repeated = 20;
  run_plant(20, 40);
  clock_.advance(2h);
  seal();
  expect_counts_right("sealed with duplicates");
  EXPECT_EQ(store_->first_times({model::SeriesId(999)}, {}).error().code,
            base::ErrorCode::kNotFound);
  const QualityQuery then{ids_, kNow - 4h, kNow + 1h, 1h, {}, store_->newest_commit()};
  const auto before = store_->quality_counts(then);
  commit_one(ids_[0], {kNow - 1h, 5000.0, {}});
  EXPECT_TRUE(store_->quality_counts(then)->rows == before->rows) << "as it stood";
  EXPECT_EQ(store_->quality_counts(then)->commit, *then.as_of);
  EXPECT_LT(number(*then.as_of), number(store_->newest_commit()));
  EXPECT_EQ(store_->quality_counts({ids_, kNow, kNow, 1s, {}}).error().code,
            base::ErrorCode::kInvalid);
  EXPECT_EQ(store_->quality_counts({{model::SeriesId(999)}, kNow - 1h, kNow, 1h, {}}).error().code,
            base::ErrorCode::kNotFound);
}

TEST_P(SeriesStoreBuckets, nonsense_is_refused) {
  make_plant(1);
  const auto text_id = define(ValueType::kText);
  const auto code = [&](const BucketQuery& query) { return store_->buckets(query).error().code; };
  EXPECT_EQ(code({ids_, kNow, kNow + 1h, 0s, kAllAggregates}), base::ErrorCode::kInvalid);
  EXPECT_EQ(code({ids_, kNow, kNow, 1s, kAllAggregates}), base::ErrorCode::kInvalid);
  EXPECT_EQ(code({{text_id}, kNow, kNow + 1h, 1s, kAllAggregates}), base::ErrorCode::kInvalid);
  EXPECT_EQ(code({{model::SeriesId(99)}, kNow, kNow + 1h, 1s, kAllAggregates}),
            base::ErrorCode::kNotFound);
  EXPECT_EQ(code({ids_, kNow - 24h * 365, kNow, 1us, kAllAggregates}), base::ErrorCode::kTooLarge);
}

TEST_P(SeriesStoreBuckets, pages_of_any_size_give_the_rows_in_order_once_each) {
  make_plant(4);
  plant_->late = 100;
  plant_->repeated = 200;
  run_plant(10, 50);
  seal();
  run_plant(10, 50);
  for (const std::size_t limit : {1U, 2U, 3U, 17U, 1000U}) {
    for (const model::SeriesId id : {ids_[0], ids_[1]}) {
      RawQuery query{.series = id, .start = kNow - 4h, .end = kNow + 4h, .limit = limit};
      std::vector<model::Sample> paged;
      while (true) {
        const auto page = store_->raw(query);
        ASSERT_TRUE(page);
        ASSERT_LE(page->samples.size(), limit);
        paged.insert(paged.end(), page->samples.begin(), page->samples.end());
        if (!page->next) break;
        query.after = page->next;
      }
      const auto expected = oracle_.raw(id, kNow - 4h, kNow + 4h);
      ASSERT_EQ(paged.size(), expected.size()) << limit;
      for (std::size_t i = 0; i < paged.size(); ++i) {
        ASSERT_TRUE(same_bits(paged[i], expected[i])) << "limit " << limit << " row " << i;
      }
    }
  }
}

TEST_P(SeriesStoreContract, the_newest_sample_of_each_series_is_known_always) {
  const auto number_id = define(ValueType::kF64), text_id = define(ValueType::kText);
  EXPECT_FALSE(store_->last_value(number_id));
  EXPECT_FALSE(store_->last_value(model::SeriesId(99)));
  commit_one(text_id, {kNow - 40 * 24h, std::string("old"), {}});
  for (int i = 0; i < 300; ++i) commit_one(number_id, {kNow - 1h + i * 1s, double(i), {}});
  commit_one(number_id, {kNow - 2h, -1.0, {}});
  commit_one(number_id, {kNow - 1h + 299s, -2.0, {}});
  const auto check = [&] {
    ASSERT_TRUE(store_->last_value(number_id));
    EXPECT_EQ(store_->last_value(number_id)->sample.value, model::Value(299.0));
    EXPECT_EQ(store_->last_value(text_id)->sample.value, model::Value(std::string("old")));
    EXPECT_EQ(store_->last_value(text_id)->received, kNow);
    EXPECT_EQ(store_->last_values().size(), 2U);
  };
  check();
  kill_and_reopen();
  check();
  seal();
  EXPECT_GT(store_->stats()->sealed_rows, 299U);
  check();
  kill_and_reopen();
  check();
  commit_one(number_id, {kNow, 300.0, {}});
  EXPECT_EQ(store_->last_value(number_id)->sample.value, model::Value(300.0));
}

TEST_P(SeriesStoreContract, what_commits_after_another_brought_is_read_alone_hot_and_sealed) {
  const auto id = define(ValueType::kI64);
  std::vector<model::CommitId> commits;
  for (std::int64_t i = 0; i < 6; ++i) {
    commit_one(id, {kNow - (i % 2 == 0 ? 1h : 2h) + i * 1s, i, {}});
    commits.push_back(store_->stats()->commit);
  }
  const auto values = [&](std::size_t since, std::size_t as_of) {
    std::vector<std::int64_t> all;
    const auto found = store_->raw({.series = id,
                                    .start = base::Time::min(),
                                    .end = base::Time::max(),
                                    .as_of = commits[as_of],
                                    .since = commits[since]});
    for (const auto& one : found->samples) all.push_back(std::get<std::int64_t>(one.value));
    return all;
  };
  for (const bool is_sealed : {false, true}) {
    if (is_sealed) seal();
    EXPECT_EQ(values(1, 5), (std::vector<std::int64_t>{3, 5, 2, 4}));
    EXPECT_EQ(values(1, 3), (std::vector<std::int64_t>{3, 2}));
    EXPECT_EQ(values(5, 5), std::vector<std::int64_t>());
  }
}

TEST_P(SeriesStoreContract, implausible_times_are_kept_apart_and_marked) {
  const auto id = define(ValueType::kI64);
  Commit commit;
  const std::vector<base::Time> times = {
      base::Time(), std::chrono::sys_days(std::chrono::year(2099) / 1 / 1), kNow + 25h, kNow + 23h};
  for (std::size_t i = 0; i < times.size(); ++i) {
    commit.samples.push(id, ValueType::kI64, {times[i], std::int64_t(i), {}}, kNow);
  }
  ASSERT_TRUE(store_->commit(commit));
  EXPECT_EQ(all(id).size(), 1U);
  EXPECT_EQ(store_->stats()->out_of_range_rows, 3U);
  kill_and_reopen();
  const auto apart = store_->out_of_range(id, 10);
  ASSERT_EQ(apart->size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(apart->at(i).time, times[i]);
    EXPECT_EQ(apart->at(i).value, model::Value(std::int64_t(i)));
    EXPECT_TRUE(apart->at(i).quality.has(Reason::kTimeImplausible));
  }
  EXPECT_EQ(store_->last_value(id)->sample.time, kNow + 23h);
}

TEST_P(SeriesStoreContract, a_text_that_is_no_utf8_and_a_value_above_the_limit_stop_nothing) {
  const auto text_id = define(ValueType::kText), bytes_id = define(ValueType::kBytes);
  const std::string torn = "ab\xE6\xB5";
  Commit commit;
  commit.samples.push(text_id, ValueType::kText, {kNow, torn, {}}, kNow);
  commit.samples.push(text_id, ValueType::kText, {kNow + 1s, std::string("whole"), {}}, kNow);
  const model::Bytes large{std::string(model::kValueBytesMax, '\x80')};
  const model::Bytes too_large{std::string(model::kValueBytesMax + 1, '\x80')};
  commit.samples.push(bytes_id, ValueType::kBytes, {kNow, large, {}}, kNow);
  commit.samples.push(bytes_id, ValueType::kBytes, {kNow + 1s, too_large, {}}, kNow);
  model::Series series = new_series(ValueType::kF64);
  series.title = torn;
  commit.series = {series};
  commit.events = {{.time = kNow, .kind = torn, .body = torn}};
  ASSERT_TRUE(store_->commit(commit));
  const auto texts = all(text_id);
  EXPECT_EQ(texts[0].value, model::Value());
  EXPECT_TRUE(texts[0].quality.has(Reason::kWrongType));
  EXPECT_EQ(texts[1].value, model::Value(std::string("whole")));
  EXPECT_EQ(store_->out_of_range(text_id, 10)->at(0).value, model::Value(model::Bytes{torn}));
  const auto bytes = all(bytes_id);
  EXPECT_EQ(bytes[0].value, model::Value(large));
  EXPECT_EQ(bytes[1].value, model::Value());
  EXPECT_TRUE(bytes[1].quality.is_bad());
}

TEST_P(SeriesStoreContract, sealing_beside_ingest_and_reads_loses_and_doubles_nothing) {
  const auto id = define(ValueType::kF64);
  constexpr int kCommits = 150, kRows = 40;
  std::atomic<bool> is_done = false;
  std::atomic<int> committed = 0, seals = 0, reads = 0;
  std::thread sealer([&] {
    while (!is_done) {
      const auto done = store_->seal();
      ASSERT_TRUE(done) << base::describe(done.error());
      ++seals;
    }
  });
  std::thread reader([&] {
    const BucketQuery query{{id}, kNow - 2h, kNow + 2h, 60s, {Aggregate::kCount}};
    while (!is_done) {
      const int before = committed;
      const auto rows = store_->buckets(query);
      const int after = committed;
      ASSERT_TRUE(rows) << base::describe(rows.error());
      double sum = 0;
      for (const BucketRow& row : rows->rows) sum += row.values[0];
      ASSERT_EQ(std::fmod(sum, kRows), 0) << "half a commit was seen";
      ASSERT_GE(sum, before * kRows);
      ASSERT_LE(sum, (after + 1) * kRows);
      ++reads;
    }
  });
  for (int i = 0; i < kCommits; ++i) {
    Commit commit;
    for (int row = 0; row < kRows; ++row) {
      put(commit, id, {kNow - 100min + (i * kRows + row) * 1s, double(row), {}});
    }
    EXPECT_TRUE(store_->commit(commit));
    ++committed;
  }
  is_done = true;
  sealer.join();
  reader.join();
  EXPECT_GT(seals, 0);
  EXPECT_GT(reads, 0);
  EXPECT_GT(store_->stats()->sealed_rows, 0U);
  expect_all_as_put();
  kill_and_reopen();
  expect_all_as_put();
  const auto stats = store_->stats();
  EXPECT_EQ(stats->hot_rows + stats->sealed_rows, std::size_t(kCommits * kRows));
}

TEST_P(SeriesStoreBuckets, a_backup_made_beside_ingest_opens_and_equals_the_store_at_one_commit) {
  make_plant(6);
  run_plant(20, 50);
  seal();
  run_plant(10, 50);
  std::atomic<bool> is_done = false;
  std::thread ingest([&] {
    while (!is_done) run_plant(1, 50);
  });
  const auto made = store_->backup(root_ / "backup");
  is_done = true;
  ingest.join();
  ASSERT_TRUE(made) << base::describe(made.error());
  EXPECT_EQ(store_->backup(root_ / "backup").error().code, base::ErrorCode::kConflict);
  run_plant(3, 50);
  const auto copy = GetParam()(root_ / "backup", clock_);
  ASSERT_TRUE(copy->start());
  const auto stats = copy->stats();
  const auto commits = static_cast<std::size_t>(number(stats->commit)) - ids_.size();
  EXPECT_GE(commits, 30U);
  EXPECT_EQ(stats->hot_rows + stats->sealed_rows, commits * 50);
  // The copy holds the first rows of every series in order of commit, all of them.
  std::size_t found = 0;
  for (const model::SeriesId id : ids_) {
    const auto rows =
        copy->raw({.series = id, .start = base::Time::min(), .end = base::Time::max()});
    ASSERT_TRUE(rows);
    found += rows->samples.size();
    EXPECT_EQ(copy->last_value(id).has_value(), !rows->samples.empty());
  }
  EXPECT_EQ(found, commits * 50);
  EXPECT_EQ(*copy->series(), *store_->series());
  EXPECT_TRUE(copy->commit({.events = {{.time = kNow, .kind = "restored", .body = "{}"}}}));
}

TEST_P(SeriesStoreContract, an_export_has_every_row_once_with_its_marks) {
  const auto id = define(ValueType::kF64);
  for (int i = 0; i < 250; ++i) commit_one(id, {kNow - 2h + i * 1s, i / 4.0, {}});
  seal();
  for (int i = 250; i < 300; ++i) commit_one(id, {kNow - 2h + i * 1s, i / 4.0, {}});
  commit_one(id, {kNow - 2h, 7.0, {}});
  const ExportQuery query{{id}, kNow - 3h, kNow};
  const auto rows = store_->export_to(query, ExportFormat::kCsv, root_ / "out.csv");
  ASSERT_TRUE(rows) << base::describe(rows.error());
  EXPECT_EQ(rows->rows, 301U);
  const std::string csv = *base::read_file(root_ / "out.csv");
  EXPECT_TRUE(csv.starts_with(
      "thing,property,series,time,value,unit,quality,quality_code,reasons\n"
      "pump-1,p1,1,2026-05-20T10:00:00.000000Z,0.0,,good,0,\n"
      "pump-1,p1,1,2026-05-20T10:00:00.000000Z,7.0,,uncertain,1073741832,duplicate\n"))
      << csv.substr(0, 300);
  EXPECT_EQ(std::ranges::count(csv, '\n'), 302);
  const auto parquet = store_->export_to(query, ExportFormat::kParquet, root_ / "out.parquet");
  ASSERT_TRUE(parquet) << base::describe(parquet.error());
  EXPECT_EQ(parquet->rows, 301U);
  EXPECT_TRUE(base::read_file(root_ / "out.parquet")->starts_with("PAR1"));
  EXPECT_EQ(store_->export_to(query, ExportFormat::kCsv, root_ / "out.csv").error().code,
            base::ErrorCode::kConflict);
  const auto nowhere = store_->export_to(query, ExportFormat::kCsv, root_ / "none/out.csv");
  EXPECT_FALSE(nowhere);
}

TEST_P(SeriesStoreContract, a_query_past_its_deadline_is_stopped_and_leaves_no_file) {
  const auto id = define(ValueType::kF64);
  commit_one(id, {kNow, 1.0, {}});
  const Deadline over = clock_.monotonic();
  EXPECT_EQ(
      store_->raw({.series = id, .start = kNow, .end = kNow + 1s, .deadline = over}).error().code,
      base::ErrorCode::kTimeout);
  BucketQuery chart{.series = {id}, .start = kNow, .end = kNow + 1s, .step = 1s, .deadline = over};
  EXPECT_EQ(store_->buckets(chart).error().code, base::ErrorCode::kTimeout);
  const auto path = root_ / "out.csv";
  const auto file = store_->export_to({{id}, kNow, kNow + 1s, over}, ExportFormat::kCsv, path);
  EXPECT_EQ(file.error().code, base::ErrorCode::kTimeout);
  EXPECT_EQ(file.error().retry, base::Retry::kLater);
  EXPECT_FALSE(std::filesystem::exists(path));
  chart.deadline = over.value() + 1h;
  chart.aggregates = {Aggregate::kCount};
  EXPECT_EQ(store_->buckets(chart)->rows.front().values.front(), 1);
}

TEST_P(SeriesStoreContract, a_second_process_is_told_that_the_store_is_in_use) {
  const auto other = GetParam()(root_ / "store", clock_);
  EXPECT_EQ(other->start().error().code, base::ErrorCode::kConflict);
}

TEST_P(SeriesStoreContract, a_store_that_is_not_started_answers_unavailable) {
  const auto closed = GetParam()(root_ / "closed", clock_);
  EXPECT_EQ(closed->raw({}).error().code, base::ErrorCode::kUnavailable);
  EXPECT_EQ(closed->stats().error().code, base::ErrorCode::kUnavailable);
  EXPECT_FALSE(closed->last_value(model::SeriesId(1)));
}

}  // namespace millrace::store::contract
