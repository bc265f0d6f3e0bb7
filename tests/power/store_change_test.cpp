// Power cuts while a store is brought from format 1 to the present one, and while rows expire.
//
// MILLRACE_POWER_CUTS and MILLRACE_POWER_SEED as in store_power_test.

#include "power/store_change.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <format>
#include <print>

#include "power/powercut_trace.h"
#include "power/store_script.h"

namespace millrace::power {
namespace {

namespace fs = std::filesystem;

class StoreChangePowerTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::temp_directory_path() / std::format("store-change-{}", ::getpid());
    fs::remove_all(root_);
    fs::create_directories(root_ / "live");
  }
  void TearDown() override { fs::remove_all(root_); }

  /// Runs the workload and calls `check(store, marks)` for what cuts behind "ready" leave, opened
  /// again. It says what is wrong, or nothing.
  template <class Check>
  void cut_everywhere(const std::string& mode, Check check) {
    const auto trace =
        record({.shim = POWERCUT_SHIM,
                .command = {POWERCUT_WORKLOAD, (root_ / "live/store").native(), mode},
                .folder = root_ / "live",
                .trace = root_ / "trace"});
    ASSERT_TRUE(trace) << base::describe(trace.error());
    const std::uint64_t seed = setting("MILLRACE_POWER_SEED", 20261126);
    base::Random random(seed);
    const auto most = setting("MILLRACE_POWER_CUTS", 60);
    std::vector<std::size_t> points;
    for (const std::size_t point : trace->cut_points()) {
      if (!trace->marks_before(point).empty()) points.push_back(point);
    }
    ASSERT_GT(points.size(), 5U);
    const std::size_t stride = most == 0 ? 1 : std::max<std::size_t>(1, points.size() / most);
    std::println("{} of {} cut points, seed {}", points.size() / stride, points.size(), seed);
    for (std::size_t i = 0; i < points.size(); i += stride) {
      const fs::path folder = root_ / "cut";
      fs::remove_all(folder);
      ASSERT_TRUE(rebuild(*trace, points[i], random, folder));
      const base::ManualClock clock(change_time());
      const auto store = make_changing_store(folder / "store", clock);
      const auto started = store->start();
      ASSERT_TRUE(started) << base::describe(started.error()) << " at " << points[i];
      const std::string wrong = check(*store, trace->marks_before(points[i]));
      ASSERT_EQ(wrong, "") << "cut before event " << points[i] << ", seed " << seed;
    }
  }

  fs::path root_;
};

TEST_F(StoreChangePowerTest, a_store_of_format_1_is_brought_up_to_date_or_is_as_it_was) {
  int corrected = 0;
  cut_everywhere("upgrade", [&](store::SeriesStore& store, const auto& marks) -> std::string {
    const auto stats = store.stats();
    const auto made = store.corrections({});
    if (!stats || !made) return "it does not answer";
    if (number(stats->commit) != 3 + static_cast<std::int64_t>(made->size())) return "commits";
    if (stats->sealed_rows != 7'222 || stats->hot_rows != 49) return "rows";
    if (marks.back() == "corrected" && made->size() != 1) return "the correction is lost";
    corrected += static_cast<int>(made->size());
    if (auto done = store.commit({.corrections = {golden_correction()}}); !done) {
      return base::describe(done.error());
    }
    return {};
  });
  EXPECT_GT(corrected, 0);
}

TEST_F(StoreChangePowerTest, rows_expire_by_whole_partitions_and_charts_never_notice) {
  const base::ManualClock clock(change_time());
  const auto whole = make_changing_store(root_ / "whole", clock);
  ASSERT_TRUE(whole->start() && whole->commit(two_months()));
  const auto expected = hours_of(*whole);
  ASSERT_TRUE(expected && !expected->empty());
  std::size_t with_rows = 0, without = 0;
  cut_everywhere("retain", [&](store::SeriesStore& store, const auto& marks) -> std::string {
    const auto hours = hours_of(store);
    if (!hours) return base::describe(hours.error());
    if (hours->size() != expected->size()) return "a chart has other buckets";
    for (std::size_t i = 0; i < hours->size(); ++i) {
      for (std::size_t k = 0; k < 4; ++k) {
        const double difference = (*hours)[i].values[k] - (*expected)[i].values[k];
        if (std::abs(difference) > 1e-6) return "a chart differs";
      }
    }
    const std::uint64_t rows = store.stats()->sealed_rows;
    if (rows % 4'000 != 0) return "a part of a partition";
    if (marks.back() == "retained" && rows != 0) return "rows are back";
    (rows == 8'000 ? with_rows : without) += 1;
    if (auto done = store.retain(kRetention, change_time()); !done) {
      return base::describe(done.error());
    }
    return store.stats()->sealed_rows == 0 ? "" : "it does not go on";
  });
  EXPECT_GT(with_rows, 0U);
  EXPECT_GT(without, 0U);
}

}  // namespace
}  // namespace millrace::power
