// The series store under power cuts at the writes of its engine, and under SIGKILL.
//
// MILLRACE_POWER_CUTS (how many cuts, default 120; 0: all) and MILLRACE_POWER_SEED change a run.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <format>
#include <print>

#include "power/powercut_trace.h"
#include "power/store_script.h"

namespace millrace::power {
namespace {

namespace fs = std::filesystem;

constexpr int kCommits = 60;

class StorePowerTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::temp_directory_path() / std::format("store-power-{}", ::getpid());
    fs::remove_all(root_);
    fs::create_directories(root_ / "live");
  }
  void TearDown() override { fs::remove_all(root_); }

  /// Opens what is left and compares it with the commits that must, and may, be there.
  std::string check(const fs::path& folder, int acknowledged, bool is_used_on) {
    const base::ManualClock clock(StoreScript::now());
    const auto store = StoreScript::make_store(folder, clock);
    if (auto done = store->start(); !done) return "start: " + base::describe(done.error());
    const auto stats = store->stats();
    if (!stats) return "stats: " + base::describe(stats.error());
    const int there = static_cast<int>(number(stats->commit));
    if (there < acknowledged) return std::format("{} of {} commits", there, acknowledged);
    if (there > acknowledged + 1) return std::format("{} commits, {} made", there, acknowledged);
    if (auto differs = StoreScript::difference(*store, there); !differs.empty()) return differs;
    if (!is_used_on) return {};
    if (auto done = store->commit(StoreScript::commit(there + 1)); !done) {
      return "commit: " + base::describe(done.error());
    }
    if (auto done = store->seal(); !done) return "seal: " + base::describe(done.error());
    return StoreScript::difference(*store, there + 1);
  }

  fs::path root_;
};

std::vector<std::size_t> some_of(std::vector<std::size_t> points, std::size_t count,
                                 base::Random& random) {
  if (count == 0 || count >= points.size()) return points;
  for (std::size_t i = 0; i < count; ++i) {
    std::swap(points[i], points[i + random.below(points.size() - i)]);
  }
  points.resize(count);
  return points;
}

TEST_F(StorePowerTest, after_a_power_cut_every_acknowledged_commit_is_there_and_no_part_of_more) {
  const auto trace = record(
      {.shim = POWERCUT_SHIM,
       .command = {POWERCUT_WORKLOAD, (root_ / "live/store").native(), std::to_string(kCommits)},
       .folder = root_ / "live",
       .trace = root_ / "trace"});
  ASSERT_TRUE(trace) << base::describe(trace.error());
  const std::uint64_t seed = setting("MILLRACE_POWER_SEED", 20261123);
  base::Random random(seed);
  const auto points = some_of(trace->cut_points(), setting("MILLRACE_POWER_CUTS", 120), random);
  std::println("{} of {} cut points, seed {}", points.size(), trace->cut_points().size(), seed);
  ASSERT_EQ(trace->marks_before(trace->events.size()).size(), std::size_t(kCommits));
  int used_on = 0;
  for (const std::size_t position : points) {
    const auto marks = trace->marks_before(position);
    const int acknowledged = marks.empty() ? 0 : std::stoi(marks.back());
    const fs::path folder = root_ / "cut";
    fs::remove_all(folder);
    ASSERT_TRUE(rebuild(*trace, position, random, folder));
    const std::string differs = check(folder / "store", acknowledged, ++used_on % 4 == 0);
    ASSERT_EQ(differs, "") << "cut before event " << position << " of " << trace->events.size()
                           << ", seed " << seed;
  }
}

/// The workload as a child whose acknowledgements are read from a pipe.
class Child {
 public:
  explicit Child(const fs::path& folder) {
    int ends[2];
    MILLRACE_CHECK(::pipe(ends) == 0);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::close(ends[0]);
      ::execl(POWERCUT_WORKLOAD, POWERCUT_WORKLOAD, folder.c_str(), "1000", nullptr);
      ::_exit(127);
    }
    ::close(ends[1]);
    pipe_ = ends[0];
  }
  ~Child() { ::close(pipe_); }

  /// Waits for so many acknowledgements and some time, kills, and gives the newest one.
  int kill_after(int acknowledgements, unsigned microseconds) {
    read_until(acknowledgements);
    ::usleep(microseconds);
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    read_until(1 << 30);
    const auto whole = text_.substr(0, text_.rfind('\n') + 1);
    if (whole.empty()) return 0;
    const auto line = whole.find_last_of('\n', whole.size() - 2);
    return std::stoi(whole.substr(line == std::string::npos ? 0 : line + 1));
  }

 private:
  void read_until(int lines) {
    char buffer[256];
    while (std::ranges::count(text_, '\n') < lines) {
      const ssize_t got = ::read(pipe_, buffer, sizeof buffer);
      if (got <= 0) return;
      text_.append(buffer, static_cast<std::size_t>(got));
    }
  }

  pid_t pid_ = -1;
  int pipe_ = -1;
  std::string text_;
};

TEST_F(StorePowerTest, a_store_that_is_killed_again_and_again_goes_on_where_it_was) {
  const std::uint64_t seed = setting("MILLRACE_POWER_SEED", 20261123);
  base::Random random(seed);
  int acknowledged = 0;
  for (int round = 0; round < 12; ++round) {
    Child child(root_ / "live/store");
    const int newest = child.kill_after(static_cast<int>(random.below(14)),
                                        static_cast<unsigned>(random.below(40'000)));
    acknowledged = std::max(acknowledged, newest);
    const base::ManualClock clock(StoreScript::now());
    const auto store = StoreScript::make_store(root_ / "live/store", clock);
    ASSERT_TRUE(store->start());
    const int there = static_cast<int>(number(store->stats()->commit));
    ASSERT_GE(there, acknowledged) << "seed " << seed;
    ASSERT_LE(there, acknowledged + 1) << "seed " << seed;
    ASSERT_EQ(StoreScript::difference(*store, there), "") << "round " << round << " seed " << seed;
    acknowledged = there;
  }
  EXPECT_GT(acknowledged, 24);
}

}  // namespace
}  // namespace millrace::power
