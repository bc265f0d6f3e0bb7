#include "store/duckdb/seal_plan.h"

#include <gtest/gtest.h>

namespace millrace::store::duckdb {
namespace {

using namespace std::chrono_literals;
using std::chrono::sys_days;
using std::chrono::year;

const base::Time kMay = sys_days(year(2026) / 5 / 1);
const base::Time kJune = sys_days(year(2026) / 6 / 1);
const base::Time kSealNow = kMay + 20 * 24h;
const SealPolicy kPolicy{.rows_min = 100,
                         .rows_target = 250,
                         .month_grace = 24h,
                         .lateness = 5min,
                         .hot_rows_max = 1'000,
                         .late_rows_min = 50,
                         .late_share_min = 0.5,
                         .late_age_max = 24h};

PartitionTable sealed_table(base::Time from, base::Time to, std::uint64_t rows = 1'000) {
  return {
      .number = TableNumber(7), .type = model::ValueType::kF64, .range = {from, to}, .rows = rows};
}

/// `rows` rows from `time` on, `apart` from each other, received just now.
void add(SealPlanner& planner, int rows, base::Time time, base::Duration apart = 1s) {
  for (int i = 0; i < rows; ++i) planner.add(time + i * apart, kSealNow);
}

/// In order, none empty, none over another.
void expect_disjoint(const std::vector<SealPlanner::Output>& outputs) {
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    EXPECT_FALSE(outputs[i].range.is_empty());
    EXPECT_TRUE(i == 0 || outputs[i - 1].range.to <= outputs[i].range.from) << i;
  }
}

TEST(SealPlanner, a_month_ends_where_the_next_begins_also_in_december_and_before_1970) {
  EXPECT_EQ(month_of(kMay), (TimeRange{kMay, kJune}));
  EXPECT_EQ(month_of(kJune - 1us), (TimeRange{kMay, kJune}));
  const base::Time december = sys_days(year(1969) / 12 / 1);
  EXPECT_EQ(month_of(december + 5h), (TimeRange{december, sys_days(year(1970) / 1 / 1)}));
}

TEST(SealPlanner, few_rows_of_this_month_stay_hot) {
  SealPlanner planner({}, kPolicy, kSealNow);
  EXPECT_TRUE(planner.plan().empty());
  add(planner, 99, kSealNow - 2h);
  EXPECT_TRUE(planner.plan().empty());
}

TEST(SealPlanner, enough_settled_rows_become_a_partition_that_ends_before_the_lateness) {
  SealPlanner planner({}, kPolicy, kSealNow);
  add(planner, 200, kSealNow - 6min);  // the last 140 of them are newer than the lateness
  EXPECT_TRUE(planner.plan().empty());
  add(planner, 40, kSealNow - 1h);
  const auto outputs = planner.plan();
  ASSERT_EQ(outputs.size(), 1U);
  EXPECT_EQ(outputs[0].range, (TimeRange{kMay, kSealNow - kPolicy.lateness}));
  EXPECT_TRUE(outputs[0].merged.empty());
}

TEST(SealPlanner, a_partition_of_old_rows_ends_behind_its_newest_row) {
  SealPlanner planner({}, kPolicy, kSealNow);
  add(planner, 100, kSealNow - 10h);
  const auto outputs = planner.plan();
  ASSERT_EQ(outputs.size(), 1U);
  EXPECT_EQ(outputs[0].range, (TimeRange{kMay, kSealNow - 10h + 99s + 1us}));
}

TEST(SealPlanner, a_month_that_is_over_becomes_a_partition_however_few_its_rows_are) {
  const base::Time april = sys_days(year(2026) / 4 / 1);
  SealPlanner planner({}, kPolicy, kSealNow);
  add(planner, 1, april + 100h);
  auto outputs = planner.plan();
  ASSERT_EQ(outputs.size(), 1U);
  EXPECT_EQ(outputs[0].range, (TimeRange{april, kMay}));
  SealPlanner in_grace({}, kPolicy, kMay + 23h);
  add(in_grace, 1, april + 100h);
  EXPECT_TRUE(in_grace.plan().empty());
}

TEST(SealPlanner, a_flood_of_rows_that_are_not_settled_is_sealed_as_it_comes) {
  SealPlanner planner({}, kPolicy, kSealNow);
  add(planner, 999, kSealNow - 1min, 1us);
  EXPECT_TRUE(planner.plan().empty());
  add(planner, 1, kSealNow);
  const auto outputs = planner.plan();
  ASSERT_EQ(outputs.size(), 2U);
  EXPECT_EQ(outputs[0].range, (TimeRange{kMay, kSealNow}));  // a whole hour
  EXPECT_EQ(outputs[1].range, (TimeRange{kSealNow, kSealNow + 1us}));
}

TEST(SealPlanner, many_rows_are_cut_on_whole_hours_near_the_target) {
  SealPlanner planner({}, kPolicy, kSealNow);
  add(planner, 1'000, kSealNow - 48h, 2min);  // 30 in each hour
  const auto outputs = planner.plan();
  expect_disjoint(outputs);
  ASSERT_EQ(outputs.size(), 5U);
  EXPECT_EQ(outputs.front().range.from, kMay);
  for (std::size_t i = 0; i + 1 < outputs.size(); ++i) {
    EXPECT_EQ(outputs[i].range.to, floor_to(outputs[i].range.to, kHour));
    EXPECT_EQ(outputs[i].range.to, outputs[i + 1].range.from);
  }
}

/// One after the other from `from`, a day each, with so many rows.
std::vector<PartitionTable> days(base::Time from, const std::vector<std::uint64_t>& rows) {
  std::vector<PartitionTable> tables;
  for (const std::uint64_t count : rows) {
    tables.push_back(sealed_table(from, from + 24h, count));
    from += 24h;
  }
  return tables;
}

TEST(SealPlanner, neighbours_of_one_month_join_when_none_outweighs_the_others) {
  const auto range_of = [](const std::vector<PartitionTable>& tables) {
    const auto outputs = SealPlanner(tables, kPolicy, kSealNow).plan();
    EXPECT_LE(outputs.size(), 1U);
    return outputs.empty() ? TimeRange{} : outputs[0].range;
  };
  EXPECT_EQ(range_of(days(kMay, {100, 100, 100})), TimeRange{});
  EXPECT_EQ(range_of(days(kMay, {100, 100, 100, 100})), (TimeRange{kMay, kMay + 96h}));
  EXPECT_EQ(range_of(days(kMay, {800, 100, 100, 100})), TimeRange{});
  EXPECT_EQ(range_of(days(kMay, {800, 100, 100, 100, 100})), (TimeRange{kMay + 24h, kMay + 120h}));
  EXPECT_EQ(range_of(days(kJune - 48h, {100, 100, 100, 100})), TimeRange{});  // two months
  const std::uint64_t large = kPolicy.joined_rows_max / 3;
  EXPECT_EQ(range_of(days(kMay, {large, large, large, large})), TimeRange{});
}

TEST(SealPlanner, late_rows_go_into_their_partition_before_it_joins) {
  const auto tables = days(kMay, {100, 100, 100, 100});
  SealPlanner planner(tables, kPolicy, kSealNow);
  add(planner, 50, kMay + 30h);
  const auto outputs = planner.plan();
  ASSERT_EQ(outputs.size(), 1U);
  EXPECT_EQ(outputs[0].range, tables[1].range);
}

TEST(SealPlanner, late_rows_wait_until_they_are_many_a_large_share_or_old) {
  const std::vector<PartitionTable> sealed{sealed_table(kMay, kSealNow - 24h)};
  SealPlanner few(sealed, kPolicy, kSealNow);
  add(few, 49, kMay + 1h);
  EXPECT_TRUE(few.plan().empty());
  SealPlanner many(sealed, kPolicy, kSealNow);
  add(many, 50, kMay + 1h);
  ASSERT_EQ(many.plan().size(), 1U);
  EXPECT_EQ(many.plan()[0].range, sealed[0].range);
  ASSERT_EQ(many.plan()[0].merged.size(), 1U);
  EXPECT_EQ(many.plan()[0].merged[0].number, sealed[0].number);
  SealPlanner share({sealed_table(kMay, kSealNow - 24h, 10)}, kPolicy, kSealNow);
  add(share, 5, kMay + 1h);
  EXPECT_EQ(share.plan().size(), 1U);
  SealPlanner old(sealed, kPolicy, kSealNow);
  old.add(kMay + 1h, kSealNow - kPolicy.late_age_max);
  EXPECT_EQ(old.plan().size(), 1U);
}

TEST(SealPlanner, rows_between_partitions_get_one_that_fills_the_gap_and_no_more) {
  const base::Time april = sys_days(year(2026) / 4 / 1);
  const std::vector<PartitionTable> sealed{sealed_table(april, april + 100h),
                                           sealed_table(april + 200h, april + 300h)};
  SealPlanner planner(sealed, kPolicy, kSealNow);
  add(planner, 3, april + 150h);
  add(planner, 3, april + 400h);
  add(planner, 3, kMay - 1h, 1h);  // the last of them are May's
  const auto outputs = planner.plan();
  expect_disjoint(outputs);
  ASSERT_EQ(outputs.size(), 2U);
  EXPECT_EQ(outputs[0].range, (TimeRange{april + 100h, april + 200h}));
  EXPECT_EQ(outputs[1].range, (TimeRange{april + 300h, kMay}));
}

}  // namespace
}  // namespace millrace::store::duckdb
