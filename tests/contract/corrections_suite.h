#pragma once

// What every SeriesStore promises of corrections. Joined like the suite it builds on.

#include "base/time_text.h"
#include "contract/series_store_suite.h"

namespace millrace::store::contract {

class SeriesStoreCorrections : public SeriesStoreBuckets {
 protected:
  static model::Value value_for(ValueType type, base::Random& random) {
    const auto whole = static_cast<std::int64_t>(random.below(300));
    switch (type) {
      case ValueType::kF64:
        return static_cast<double>(whole) / 4 - 30;
      case ValueType::kI64:
        return whole - 150;
      case ValueType::kU64:
        return static_cast<std::uint64_t>(whole);
      default:
        return whole % 2 == 0;
    }
  }

  static TimeRange random_range(base::Random& random) {
    const std::vector<base::Duration> widths = {1us, 1s, 90s, 10min, 2h};
    const base::Duration width = widths[random.below(widths.size())];
    const auto start = static_cast<std::int64_t>(random.below(4 * 3600)) * 1'000'000;
    base::Time from = kNow - 3h + base::Duration(start);
    if (random.below(2) == 0) from += base::Duration(static_cast<std::int64_t>(random.below(1000)));
    return {from, from + width * static_cast<std::int64_t>(1 + random.below(3))};
  }

  Correction random_correction(base::Random& random) {
    const auto& [id, type] = series_[random.below(series_.size())];
    Correction one{.series = id,
                   .range = random_range(random),
                   .action = static_cast<CorrectionAction>(random.below(4)),
                   .by = "maria",
                   .role = "ot_engineer",
                   .why = "流量 wrong",
                   .time = kNow + 5s};
    const bool has_value =
        one.action == CorrectionAction::kReplace || one.action == CorrectionAction::kFill;
    if (has_value) one.value = value_for(type, random);
    if (one.action == CorrectionAction::kReplace && type != ValueType::kBool &&
        random.below(2) == 0) {
      one.method = FillMethod::kLinear;
      one.value_to = static_cast<double>(random.below(1000)) / 8;
    }
    if (one.action != CorrectionAction::kFill) return one;
    one.method = FillMethod::kConstant;
    const auto seconds = static_cast<std::int64_t>(2 + random.below(60));
    one.interval = seconds * 1s + base::Duration(static_cast<std::int64_t>(random.below(2)));
    if (type != ValueType::kBool && random.below(2) == 0) {
      one.method = FillMethod::kLinear;
      one.value_to = static_cast<double>(random.below(1000)) / 8;
    }
    return one;
  }

  void correct(std::vector<Correction> corrections) {
    const auto done = store_->commit({.corrections = corrections});
    ASSERT_TRUE(done) << base::describe(done.error());
    for (Correction& one : corrections) {
      one.commit = *done;
      oracle_.correct(one);
    }
  }
  void correct_at_random(base::Random& random, int commits) {
    for (int i = 0; i < commits; ++i) {
      std::vector<Correction> some;
      for (std::size_t k = 0; k <= random.below(3); ++k) some.push_back(random_correction(random));
      correct(some);
    }
  }

  void expect_samples(model::SeriesId id, const RawQuery& query, const SampleOracle::View& view,
                      const std::string& when) {
    const auto found = store_->raw(query);
    ASSERT_TRUE(found) << base::describe(found.error());
    const auto expected = oracle_.raw(id, query.start, query.end, view);
    ASSERT_EQ(found->samples.size(), expected.size()) << when << ", series " << number(id);
    for (std::size_t i = 0; i < expected.size(); ++i) {
      ASSERT_TRUE(same_bits(found->samples[i], expected[i]))
          << when << ", series " << number(id) << ", row " << i << " of " << expected.size()
          << ", at " << base::to_text(expected[i].time) << ", quality "
          << found->samples[i].quality.bits() << " for " << expected[i].quality.bits();
    }
  }

  void expect_newest(model::SeriesId id, const std::string& when) {
    const auto all = oracle_.raw(id, base::Time::min(), base::Time::max());
    const auto last = store_->last_value(id);
    ASSERT_EQ(last.has_value(), !all.empty()) << when;
    if (all.empty()) return;
    const auto first_of_time =
        std::ranges::lower_bound(all, all.back().time, {}, &model::Sample::time);
    EXPECT_TRUE(same_bits(last->sample, *first_of_time)) << when << ", series " << number(id);
    const bool is_corrected = last->sample.quality.has(Reason::kCorrected);
    EXPECT_EQ(last->correction != 0, is_corrected) << when;
  }

  void expect_all_right(base::Random& random, const std::string& when) {
    const auto commit = store_->stats()->commit;
    for (const model::SeriesId id : ids_) {
      RawQuery query{.series = id, .start = base::Time::min(), .end = base::Time::max()};
      expect_samples(id, query, {}, when);
      query.corrections = Corrections::kLeftOut;
      expect_samples(id, query, {Corrections::kLeftOut}, when + ", off");
      query.corrections = Corrections::kApplied;
      const auto as_of =
          static_cast<std::int64_t>(1 + random.below(static_cast<std::uint64_t>(number(commit))));
      query.as_of = model::CommitId{as_of};
      expect_samples(id, query, {Corrections::kApplied, as_of},
                     std::format("{}, as of {}", when, as_of));
      query.as_of.reset();
      const TimeRange part = random_range(random);
      query.start = part.from;
      query.end = part.to;
      expect_samples(id, query, {}, when + ", a part");
      expect_newest(id, when);
      if (HasFatalFailure()) return;
    }
    expect_charts_right(random, when);
  }
};

TEST_P(SeriesStoreCorrections, any_corrections_of_any_samples_are_seen_as_the_oracle_sees_them) {
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U}) {
    SCOPED_TRACE(std::format("seed {}", seed));
    TearDown();
    oracle_ = {};
    types_.clear();
    ids_.clear();
    series_.clear();
    SetUp();
    base::Random random(seed + 100);
    make_plant(seed);
    const auto phase = [&](const char* when) {
      ASSERT_NO_FATAL_FAILURE(expect_all_right(random, when));
    };
    run_plant(10, 40);
    correct_at_random(random, 4);
    ASSERT_NO_FATAL_FAILURE(phase("hot"));
    plant_->late = 50;
    plant_->repeated = 30;
    run_plant(10, 40);
    correct_at_random(random, 4);
    ASSERT_NO_FATAL_FAILURE(phase("hot with late ones"));
    kill_and_reopen();
    ASSERT_NO_FATAL_FAILURE(phase("recovered"));
    seal();
    EXPECT_GT(store_->stats()->sealed_rows, 0U);
    ASSERT_NO_FATAL_FAILURE(phase("sealed"));
    correct_at_random(random, 6);
    run_plant(10, 40);
    ASSERT_NO_FATAL_FAILURE(phase("corrected after the seal"));
    clock_.advance(1h);
    seal();
    stop_and_reopen();
    ASSERT_NO_FATAL_FAILURE(phase("sealed again and stopped"));
  }
}

TEST_P(SeriesStoreCorrections, charts_from_roll_ups_are_right_beside_and_under_corrections) {
  make_plant(7);
  for (int i = 0; i < 60; ++i) {
    Commit commit;
    for (int row = 0; row < 100; ++row) {
      const base::Time time = kNow - 2h + (i * 100 + row) * 1s;
      put(commit, ids_[0], {time, std::floor(100 * std::sin(i * 100 + row)), {}});
    }
    ASSERT_TRUE(store_->commit(commit));
    if (i == 30 || i == 55) seal();
  }
  const auto correction = [&](base::Time from, base::Time to, CorrectionAction action) {
    return Correction{.series = ids_[0], .range = {from, to}, .action = action, .time = kNow};
  };
  Correction replace = correction(kNow - 100min, kNow - 99min, CorrectionAction::kReplace);
  replace.value = 5000.0;
  correct({replace, correction(kNow - 80min - 7s, kNow - 75min, CorrectionAction::kInvalidate)});
  base::Random random(3);
  expect_charts_right(random, "corrected");
  correct({correction(kNow - 100min + 10s, kNow - 78min, CorrectionAction::kRestore)});
  expect_charts_right(random, "restored in part");
}

TEST_P(SeriesStoreCorrections, what_is_wrong_is_counted_as_it_came_and_as_it_is_seen) {
  base::Random random(23);
  make_plant(17);
  const auto expect_counts_right = [&](const std::string& when) {
    const auto newest = static_cast<std::uint64_t>(number(store_->newest_commit()));
    const auto earlier = model::CommitId(static_cast<std::int64_t>(1 + random.below(newest)));
    QualityQuery query{ids_, kNow - 4h - 3s, kNow + 1h, 10min, {}};
    for (const auto corrections : {Corrections::kApplied, Corrections::kLeftOut}) {
      query.corrections = corrections;
      for (const auto& as_of : {std::optional<model::CommitId>(), std::optional(earlier)}) {
        query.as_of = as_of;
        const auto found = store_->quality_counts(query);
        ASSERT_TRUE(found) << base::describe(found.error());
        EXPECT_TRUE(found->rows == oracle_.quality_counts(query))
            << when << (corrections == Corrections::kApplied ? "" : ", off")
            << (as_of ? std::format(", as of {}", number(*as_of)) : "");
        EXPECT_EQ(found->commit, as_of.value_or(store_->newest_commit())) << when;
      }
    }
  };
  run_plant(20, 40);
  ASSERT_NO_FATAL_FAILURE(correct_at_random(random, 6));
  expect_counts_right("hot");
  seal();
  run_plant(20, 40);
  ASSERT_NO_FATAL_FAILURE(correct_at_random(random, 6));
  expect_counts_right("sealed with hot ones");
  plant_->late = 50;
  plant_->repeated = 30;
  run_plant(20, 40);
  ASSERT_NO_FATAL_FAILURE(correct_at_random(random, 6));
  clock_.advance(2h);
  seal();
  expect_counts_right("sealed with duplicates");
}

TEST_P(SeriesStoreCorrections, the_original_stays_and_can_be_restored) {
  const auto id = define(ValueType::kF64);
  ids_ = {id};
  for (int i = 0; i < 5; ++i) commit_one(id, {kNow + i * 1s, double(i), {}});
  const auto values = [&](const RawQuery& query) {
    std::vector<double> all;
    const auto found = store_->raw(query);
    EXPECT_TRUE(found);
    for (const auto& one : found->samples) all.push_back(std::get<double>(one.value));
    return all;
  };
  RawQuery query{.series = id, .start = kNow - 1h, .end = kNow + 1h};
  const auto before = store_->stats()->commit;
  correct({{.series = id,
            .range = {kNow + 1s, kNow + 3s},
            .action = CorrectionAction::kReplace,
            .value = 9.0,
            .by = "maria",
            .role = "ot_engineer",
            .why = "calibration",
            .time = kNow + 4s}});
  EXPECT_EQ(values(query), (std::vector<double>{0, 9, 9, 3, 4}));
  EXPECT_EQ(store_->raw(query)->samples[1].quality.reasons(), std::vector{Reason::kCorrected});
  EXPECT_TRUE(store_->raw(query)->samples[1].quality.is_good());
  EXPECT_EQ(number(store_->raw(query)->commit), number(before) + 1);
  query.as_of = before;
  EXPECT_EQ(values(query), (std::vector<double>{0, 1, 2, 3, 4}));
  EXPECT_EQ(store_->raw(query)->commit, before);
  query.as_of.reset();
  query.corrections = Corrections::kLeftOut;
  EXPECT_EQ(values(query), (std::vector<double>{0, 1, 2, 3, 4}));
  query.corrections = Corrections::kApplied;
  correct({{.series = id,
            .range = {kNow, kNow + 1h},
            .action = CorrectionAction::kInvalidate,
            .time = kNow}});
  EXPECT_EQ(values(query), (std::vector<double>{0, 1, 2, 3, 4}));
  EXPECT_TRUE(store_->raw(query)->samples[4].quality.is_bad());
  EXPECT_TRUE(store_->last_value(id)->sample.quality.is_bad());
  EXPECT_EQ(store_->last_value(id)->correction, 2);
  EXPECT_TRUE(store_->last_value(id, Corrections::kLeftOut)->sample.quality.is_good());
  correct({{.series = id,
            .range = {kNow, kNow + 1h},
            .action = CorrectionAction::kRestore,
            .time = kNow}});
  EXPECT_EQ(values(query), (std::vector<double>{0, 1, 2, 3, 4}));
  EXPECT_TRUE(store_->last_value(id)->sample.quality.is_good());
  EXPECT_EQ(store_->last_value(id)->correction, 0);
  kill_and_reopen();
  const auto all = store_->corrections({});
  ASSERT_TRUE(all && all->size() == 3);
  const Correction& first = all->back();
  EXPECT_EQ(std::tuple(first.id, number(first.commit), first.value, first.why),
            std::tuple(1, number(before) + 1, model::Value(9.0), "calibration"));
  EXPECT_EQ(std::tuple(first.by, first.role, first.time, first.range),
            std::tuple("maria", "ot_engineer", kNow + 4s, TimeRange{kNow + 1s, kNow + 3s}));
  EXPECT_EQ(store_->corrections({.before = 3, .limit = 1})->front().id, 2);
  EXPECT_TRUE(store_->corrections({.range = TimeRange{kNow - 1h, kNow}})->empty());
}

TEST_P(SeriesStoreCorrections, a_fill_shows_samples_only_where_none_is_and_gives_way_to_late_ones) {
  const auto id = define(ValueType::kI64);
  commit_one(id, {kNow, std::int64_t{10}, {}});
  commit_one(id, {kNow + 50s, std::int64_t{60}, {}});
  correct({{.series = id,
            .range = {kNow + 10s, kNow + 45s},
            .action = CorrectionAction::kFill,
            .value = std::int64_t{20},
            .method = FillMethod::kLinear,
            .value_to = 55,
            .interval = 10s,
            .time = kNow}});
  const auto seconds = [&] {
    std::map<int, std::int64_t> found;
    for (const auto& one : all(id)) {
      found[static_cast<int>((one.time - kNow) / 1s)] = std::get<std::int64_t>(one.value);
    }
    return found;
  };
  using Found = std::map<int, std::int64_t>;
  EXPECT_EQ(seconds(), (Found{{0, 10}, {10, 20}, {20, 30}, {30, 40}, {40, 50}, {50, 60}}));
  commit_one(id, {kNow + 27s, std::int64_t{7}, {}});
  EXPECT_EQ(seconds(), (Found{{0, 10}, {10, 20}, {27, 7}, {30, 40}, {40, 50}, {50, 60}}));
  seal();
  EXPECT_EQ(seconds(), (Found{{0, 10}, {10, 20}, {27, 7}, {30, 40}, {40, 50}, {50, 60}}));
  EXPECT_EQ(store_->stats()->hot_rows + store_->stats()->sealed_rows, 3U);
}

TEST_P(SeriesStoreCorrections, what_was_touched_after_a_data_version_is_known) {
  const auto id = define(ValueType::kF64), other = define(ValueType::kBool);
  const auto before = store_->stats()->commit;
  const TimeRange early{kNow - 2h, kNow - 1h}, late{kNow, kNow + 1h};
  correct(
      {{.series = other, .range = late, .action = CorrectionAction::kInvalidate, .time = kNow}});
  const auto between = store_->stats()->commit;
  correct({{.series = id, .range = late, .action = CorrectionAction::kInvalidate, .time = kNow},
           {.series = id, .range = early, .action = CorrectionAction::kRestore, .time = kNow}});
  const model::CommitId first{number(before) + 1}, second{number(before) + 2};
  for (int round = 0; round < 2; ++round) {
    EXPECT_EQ(*store_->corrected_since(before),
              (std::vector<CorrectedRange>{
                  {id, early, second}, {id, late, second}, {other, late, first}}));
    EXPECT_EQ(store_->corrected_since(between)->size(), 2U);
    EXPECT_TRUE(store_->corrected_since(second)->empty());
    kill_and_reopen();
  }
}

TEST_P(SeriesStoreCorrections, a_correction_without_sense_is_refused_and_leaves_nothing) {
  const auto id = define(ValueType::kF64), flag = define(ValueType::kBool);
  const auto text_id = define(ValueType::kText);
  const TimeRange range{kNow, kNow + 1h};
  const auto refused = [&](const Correction& one) {
    return !store_->commit({.corrections = {one}}) && store_->corrections({})->empty();
  };
  using enum CorrectionAction;
  EXPECT_TRUE(refused({.series = model::SeriesId(9), .range = range, .action = kRestore}));
  EXPECT_TRUE(refused({.series = id, .range = {kNow, kNow}, .action = kRestore}));
  EXPECT_TRUE(refused({.series = id, .range = range, .action = kReplace}));
  EXPECT_TRUE(refused({.series = id, .range = range, .action = kReplace, .value = true}));
  EXPECT_TRUE(refused({.series = id, .range = range, .action = kReplace, .value = NAN}));
  EXPECT_TRUE(refused({.series = id, .range = range, .action = kInvalidate, .value = 1.0}));
  Correction replace{.series = id, .range = range, .action = kReplace, .value = 1.0};
  replace.method = FillMethod::kConstant;
  EXPECT_TRUE(refused(replace)) << "it has no method where it has one value";
  replace.method = FillMethod::kLinear;
  EXPECT_TRUE(refused(replace)) << "a line has two ends";
  replace.value_to = 2.0;
  replace.interval = 1min;
  EXPECT_TRUE(refused(replace)) << "its samples are there";
  replace.interval = {};
  replace.method = FillMethod::kPrevious;
  EXPECT_TRUE(refused(replace)) << "only a line has a value at its end";
  const auto fill = [&](model::SeriesId series, model::Value value, FillMethod method) {
    return Correction{.series = series,
                      .range = range,
                      .action = kFill,
                      .value = std::move(value),
                      .method = method,
                      .interval = 1min};
  };
  EXPECT_TRUE(refused(fill(id, 1.0, FillMethod::kNone)));
  EXPECT_TRUE(refused(fill(id, 1.0, FillMethod::kLinear)));
  Correction line = fill(flag, true, FillMethod::kLinear);
  line.value_to = 1;
  EXPECT_TRUE(refused(line));
  Correction many = fill(id, 1.0, FillMethod::kConstant);
  many.interval = 1ms;
  EXPECT_TRUE(refused(many));
  many.interval = 0s;
  EXPECT_TRUE(refused(many));
  EXPECT_TRUE(refused(
      {.series = text_id, .range = range, .action = kReplace, .value = std::string("ab\xE6\xB5")}));
  EXPECT_TRUE(refused({.series = text_id,
                       .range = range,
                       .action = kReplace,
                       .value = std::string(kCorrectionValueBytesMax + 1, 'x')}));
  EXPECT_TRUE(store_->commit({.corrections = {fill(id, 1.0, FillMethod::kPrevious)}}));
}

/// Rows of a file as the oracle knows them.
inline std::string csv_row(model::SeriesId id, const model::Sample& one) {
  std::string reasons;
  for (const Reason reason : one.quality.reasons()) {
    reasons += (reasons.empty() ? "" : ";") + std::string(model::text(reason));
  }
  std::string time = base::to_text(one.time);  // a file has six digits, also of a whole second
  if (!time.contains('.')) time.insert(time.size() - 1, ".000000");
  const auto* value = std::get_if<std::int64_t>(&one.value);
  return std::format("pump-1,p{0},{0},{1},{2},,{3},{4},{5}\n", number(id), time,
                     value ? std::to_string(*value) : "", model::text(one.quality.severity()),
                     one.quality.bits(), reasons);
}

TEST_P(SeriesStoreCorrections, an_export_has_what_is_seen_and_the_originals_when_asked_for) {
  base::Random random(5);
  make_plant(5);
  plant_->late = 50;
  plant_->repeated = 50;
  run_plant(10, 40);
  seal();
  run_plant(10, 40);
  correct_at_random(random, 12);
  const ExportQuery query{{ids_[1]}, kNow - 150min, kNow + 2h};
  const auto rows = store_->export_to(query, ExportFormat::kCsv, root_ / "out.csv");
  ASSERT_TRUE(rows) << base::describe(rows.error());
  std::string expected = "thing,property,series,time,value,unit,quality,quality_code,reasons\n";
  const auto seen = oracle_.raw(ids_[1], query.start, query.end);
  for (const auto& one : seen) expected += csv_row(ids_[1], one);
  EXPECT_EQ(*base::read_file(root_ / "out.csv"), expected);
  EXPECT_EQ(rows->rows, seen.size());
  EXPECT_EQ(rows->commit, store_->stats()->commit);
  ExportQuery all{ids_, kNow - 3h, kNow + 2h};
  all.with_originals = true;
  ASSERT_TRUE(store_->export_to(all, ExportFormat::kCsv, root_ / "all.csv"));
  const std::string csv = *base::read_file(root_ / "all.csv");
  EXPECT_TRUE(
      csv.starts_with("thing,property,series,time,value,unit,quality,quality_code,reasons,"
                      "correction,original_value,original_quality_code\n"));
  std::size_t count = 0;
  for (const auto id : ids_) count += oracle_.raw(id, all.start, all.end).size();
  EXPECT_EQ(static_cast<std::size_t>(std::ranges::count(csv, '\n')), count + 1);
  const auto parquet = store_->export_to(all, ExportFormat::kParquet, root_ / "all.parquet");
  ASSERT_TRUE(parquet) << base::describe(parquet.error());
  EXPECT_EQ(parquet->rows, count);
}

TEST_P(SeriesStoreCorrections, pages_of_any_size_give_what_is_seen_once_each) {
  base::Random random(8);
  make_plant(8);
  plant_->late = 100;
  plant_->repeated = 200;
  run_plant(8, 50);
  seal();
  run_plant(8, 50);
  correct_at_random(random, 15);
  for (const std::size_t limit : {1U, 3U, 17U}) {
    RawQuery query{.series = ids_[0], .start = kNow - 3h, .end = kNow + 2h, .limit = limit};
    std::vector<model::Sample> paged;
    while (true) {
      const auto page = store_->raw(query);
      ASSERT_TRUE(page && page->samples.size() <= limit);
      paged.insert(paged.end(), page->samples.begin(), page->samples.end());
      if (!page->next) break;
      query.after = page->next;
    }
    const auto expected = oracle_.raw(ids_[0], query.start, query.end);
    ASSERT_EQ(paged.size(), expected.size()) << limit;
    for (std::size_t i = 0; i < paged.size(); ++i) {
      ASSERT_TRUE(same_bits(paged[i], expected[i])) << "limit " << limit << " row " << i;
    }
  }
}

}  // namespace millrace::store::contract
