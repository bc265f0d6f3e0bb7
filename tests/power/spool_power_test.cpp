#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <map>
#include <sstream>

#include "power/powercut_trace.h"
#include "power/spool_batches.h"
#include "spool/spool.h"

namespace millrace::power {
namespace {

namespace fs = std::filesystem;
using model::Sequence;

/// Sequence → number of the batch, of all puts that had returned when the power failed. The renewed
/// epoch of the workload begins with nothing delivered, so its sequences go on as they were.
using Promised = std::map<std::uint64_t, int>;

Promised promised(const std::vector<std::string>& marks) {
  Promised all;
  for (const std::string& mark : marks) {
    std::istringstream words(mark);
    std::string what, epoch;
    std::uint64_t sequence = 0;
    int number = 0;
    if (words >> what >> epoch >> sequence >> number && what == "put") all[sequence] = number;
  }
  return all;
}

class SpoolPowerTest : public testing::Test {
 protected:
  SpoolPowerTest() : root_(fs::temp_directory_path() / std::format("spool-power-{}", ::getpid())) {
    fs::remove_all(root_);
    fs::create_directories(root_ / "live");
  }
  ~SpoolPowerTest() override { fs::remove_all(root_); }

  /// Opens what a cut left and compares it with what had been promised.
  void check(const Promised& before) {
    base::ManualClock clock(base::Time(std::chrono::seconds(2'000'000)));
    base::Random random(99);
    auto spool =
        spool::Spool::create({.directory = root_ / "cut", .bytes_max = 64U << 10}, {clock, random})
            .value();
    const auto started = spool->start();
    ASSERT_TRUE(started) << base::describe(started.error());
    EXPECT_FALSE(spool->stats().is_after_damage);
    EXPECT_EQ(spool->stats().corrupt_batches, 0U);
    const spool::SpoolState state = spool->state();
    const auto content = spool->read({Sequence(1), Sequence(10'000)}, 1U << 30);
    ASSERT_TRUE(content);
    check_partition(*content, state);
    check_hold(*content);
    check_promises(*content, state, before);
    const model::Batch more = numbered_batch(1000);
    const auto put = spool->put({&more, 1});
    ASSERT_TRUE(put) << base::describe(put.error());
    EXPECT_EQ(*put, state.next);
    const auto again = spool->read({*put, *put}, 1);
    ASSERT_TRUE(again && again->batches.size() == 1);
    EXPECT_EQ(again->batches[0].batch, more);
    spool.reset();
    spool =
        spool::Spool::create({.directory = root_ / "cut", .bytes_max = 64U << 10}, {clock, random})
            .value();
    ASSERT_TRUE(spool->start());
    const auto later = spool->read({Sequence(1), Sequence(10'000)}, 1U << 30);
    ASSERT_TRUE(later);
    EXPECT_EQ(held(*content).size(), held(*later).size()) << "a loss of held samples is told once";
  }

  static std::vector<spool::Tombstone> held(const spool::Content& content) {
    std::vector<spool::Tombstone> all;
    for (const auto& gone : content.gone) {
      if (gone.reason == spool::GoneReason::kHeld) all.push_back(gone);
    }
    return all;
  }

  /// What was held is that of the newest put that is there, which had two batches.
  static void check_hold(const spool::Content& content) {
    const auto losses = held(content);
    ASSERT_EQ(losses.size(), content.batches.empty() ? 0U : 1U);
    if (losses.empty()) return;
    EXPECT_EQ(losses[0].thing, "held");
    EXPECT_EQ(losses[0].samples + 1, std::stoul(content.batches.back().batch.thing.substr(6)));
  }

  /// Each sequence below next is there or gone, once; each batch is whole and of exact counts.
  static void check_partition(const spool::Content& content, const spool::SpoolState& state) {
    std::map<std::uint64_t, int> seen;
    for (const auto& one : content.batches) {
      ++seen[number(one.sequence)];
      EXPECT_EQ(one.batch, numbered_batch(std::stoi(one.batch.thing.substr(6))));
    }
    for (const auto& gone : content.gone) {
      EXPECT_NE(gone.reason, spool::GoneReason::kCorrupt);
      for (auto at = gone.range.from; at <= gone.range.to; at = next(at)) ++seen[number(at)];
    }
    EXPECT_EQ(seen.size() + 1, number(state.next));
    for (const auto& [sequence, times] : seen) EXPECT_EQ(times, 1) << sequence;
  }

  static void check_promises(const spool::Content& content, const spool::SpoolState& state,
                             const Promised& before) {
    ASSERT_GT(number(state.next), before.empty() ? 0 : before.rbegin()->first);
    for (const auto& one : content.batches) {
      const auto known = before.find(number(one.sequence));
      if (known != before.end()) {
        EXPECT_EQ(one.batch.thing, numbered_batch(known->second).thing);
      }
    }
    for (const auto& gone : content.gone) {
      std::uint64_t samples = 0;
      bool is_known = true;
      for (auto at = gone.range.from; at <= gone.range.to; at = next(at)) {
        const auto known = before.find(number(at));
        is_known = is_known && known != before.end();
        if (is_known) samples += numbered_batch(known->second).samples.size();
      }
      EXPECT_TRUE(!is_known || gone.samples == samples) << number(gone.range.from);
    }
  }

  fs::path root_;
};

TEST_F(SpoolPowerTest, a_cut_at_any_write_loses_nothing_that_put_had_returned) {
  constexpr int kDisks = 3;  // what a cut leaves is drawn this often for each point
  constexpr std::uint64_t kSeed = 20251122;
  std::printf("seed %llu\n", static_cast<unsigned long long>(kSeed));
  const auto trace = record({.shim = POWERCUT_SHIM,
                             .command = {POWERCUT_WORKLOAD, (root_ / "live").native(), "7"},
                             .folder = root_ / "live",
                             .trace = root_ / "trace"});
  ASSERT_TRUE(trace) << base::describe(trace.error());
  base::Random random(kSeed);
  const auto points = trace->cut_points();
  int with_promises = 0;
  for (const std::size_t point : points) {
    const Promised before = promised(trace->marks_before(point));
    with_promises += before.empty() ? 0 : 1;
    for (int disk = 0; disk < kDisks; ++disk) {
      fs::remove_all(root_ / "cut");
      ASSERT_TRUE(rebuild(*trace, point, random, root_ / "cut"));
      check(before);
      if (HasFailure()) FAIL() << "cut before event " << point << " of " << trace->events.size();
    }
  }
  std::printf("%zu cut points, %d with promises, %d disks each\n", points.size(), with_promises,
              kDisks);
  EXPECT_GT(with_promises, 50);
}

}  // namespace
}  // namespace millrace::power
