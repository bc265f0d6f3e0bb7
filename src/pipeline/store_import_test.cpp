#include "pipeline/store_import.h"

#include <gtest/gtest.h>

#include "support/memory_store.h"

namespace millrace::pipeline {
namespace {

using model::Quality;
using model::Reason;
using model::ValueType;

model::ImportRequest request(std::uint64_t rows = 4) {
  return {.file_name = "pump.csv",
          .file_hash = std::string(64, 'a'),
          .rows_total = rows,
          .mapping = "{}",
          .targets = {{.thing = "pump-1", .property = "flow", .unit = "m3/h", .site = "riverside"},
                      {.thing = "pump-1", .property = "on", .type = ValueType::kBool}}};
}

/// Rows [first, first + count) with flow = row, and `on` in even rows only.
model::ImportChunk chunk(std::uint64_t first, std::uint64_t count) {
  model::ImportChunk made{.first_row = first, .row_count = count, .blocks = {{}}};
  model::ImportBlock& block = made.blocks[0];
  block.columns = {{.target = 0}, {.target = 1}};
  for (std::uint64_t row = first; row < first + count; ++row) {
    block.rows.push_back(row);
    block.times.emplace_back(base::Duration(static_cast<std::int64_t>(row) * 1'000'000));
    block.columns[0].values.emplace_back(static_cast<double>(row));
    block.columns[1].values.push_back(row % 2 == 0 ? model::Value(true) : model::Value());
    for (auto& column : block.columns) column.qualities.emplace_back();
  }
  return made;
}

class StoreImportTest : public testing::Test {
 protected:
  StoreImport sink() { return StoreImport({store_, index_, clock_}); }

  test::MemoryStore store_;
  store::SeriesIndex index_{{}};
  base::ManualClock clock_{base::Time(base::Duration(1'800'000'000'000'000))};
};

TEST_F(StoreImportTest, StoresRowsAndProgressInOneCommit) {
  auto import = sink();
  EXPECT_EQ(import.begin(request()).value().next_row, 0U);
  const auto state = import.append(chunk(0, 4)).value();
  EXPECT_TRUE(state.is_complete);
  EXPECT_EQ(state.samples, 6U);
  EXPECT_EQ(store_.commits(), 1);
  EXPECT_EQ(store_.f64().size(), 4U);
  EXPECT_EQ(store_.boolean().size(), 2U);
  const auto flow = index_.get(model::SeriesId(1)).value();
  EXPECT_EQ(flow.site, "riverside");
  EXPECT_EQ(flow.source, "import:" + state.id);
  EXPECT_EQ(store_.event_kinds(), std::vector<std::string>{"import.completed"});
  EXPECT_TRUE(import.finish());
  EXPECT_EQ(store_.commits(), 1);
}

TEST_F(StoreImportTest, GoesOnInAnotherProcessWithItsCounts) {
  {
    auto import = sink();
    ASSERT_TRUE(import.begin(request()));
    ASSERT_TRUE(import.append(chunk(0, 3)));
  }
  auto import = sink();
  const auto found = import.begin(request()).value();
  EXPECT_EQ(found.next_row, 3U);
  EXPECT_EQ(found.samples, 5U);
  const auto state = import.append(chunk(2, 2)).value();  // row 2 comes again
  EXPECT_TRUE(state.is_complete);
  EXPECT_EQ(state.samples, 6U);
  EXPECT_EQ(store_.f64().size(), 4U);
  auto again = sink();
  EXPECT_TRUE(again.begin(request()).value().is_complete);
}

TEST_F(StoreImportTest, DropsAChunkThatCameBeforeAndRefusesAHole) {
  auto import = sink();
  ASSERT_TRUE(import.begin(request()));
  ASSERT_TRUE(import.append(chunk(0, 2)));
  EXPECT_EQ(import.append(chunk(0, 2)).value().next_row, 2U);
  EXPECT_EQ(store_.commits(), 1);
  EXPECT_EQ(import.append(chunk(3, 1)).error().code, base::ErrorCode::kConflict);
  EXPECT_EQ(import.append(chunk(2, 9)).error().code, base::ErrorCode::kInvalid);
  EXPECT_EQ(import.finish().error().code, base::ErrorCode::kConflict);
}

TEST_F(StoreImportTest, RefusesATargetWhoseSeriesHasAnotherTypeOrUnit) {
  auto import = sink();
  ASSERT_TRUE(import.begin(request()));
  ASSERT_TRUE(import.append(chunk(0, 4)));
  auto other = request();
  other.file_hash = std::string(64, 'b');
  EXPECT_TRUE(sink().begin(other));
  other.targets[0].unit = "l/s";
  EXPECT_EQ(sink().begin(other).error().code, base::ErrorCode::kConflict);
  other.targets[0].unit = "m3/h";
  other.targets[0].type = ValueType::kI64;
  EXPECT_EQ(sink().begin(other).error().code, base::ErrorCode::kConflict);
}

TEST_F(StoreImportTest, LeavesNothingBehindWhenACommitFails) {
  auto import = sink();
  ASSERT_TRUE(import.begin(request()));
  store_.fail_next_commit();
  EXPECT_FALSE(import.append(chunk(0, 4)));
  EXPECT_EQ(index_.size(), 0U);
  // Meanwhile another writer defines a series.
  store::Commit live;
  live.series.push_back({.id = model::SeriesId(1), .thing = "other", .property = "x"});
  ASSERT_TRUE(store_.commit(live));
  index_.put(live.series[0]);
  ASSERT_TRUE(import.append(chunk(0, 4)));
  EXPECT_EQ(index_.find("pump-1", "flow", ValueType::kF64), model::SeriesId(2));
}

TEST_F(StoreImportTest, KeepsABadSampleWithoutAValue) {
  auto import = sink();
  ASSERT_TRUE(import.begin(request(1)));
  auto bad = chunk(0, 1);
  bad.blocks[0].columns[0].values[0] = {};
  bad.blocks[0].columns[0].qualities[0] = Quality().marked(Reason::kMissingValue);
  EXPECT_EQ(import.append(bad).value().samples_bad, 1U);
  ASSERT_EQ(store_.f64().size(), 1U);
  EXPECT_EQ(store_.f64().present[0], 0);
}

TEST_F(StoreImportTest, CompletesAFileWithoutRows) {
  auto import = sink();
  ASSERT_TRUE(import.begin(request(0)));
  EXPECT_TRUE(import.finish().value().is_complete);
  EXPECT_TRUE(sink().begin(request(0)).value().is_complete);
}

}  // namespace
}  // namespace millrace::pipeline
