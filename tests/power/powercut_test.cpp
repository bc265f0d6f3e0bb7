// The power-cut test is worth nothing if it cannot fail: programs that forget a sync must be
// caught, those that do not must never be.

#include "power/powercut_trace.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <format>
#include <fstream>

#include "base/files.h"

namespace millrace::power {
namespace {

namespace fs = std::filesystem;

class PowerCutTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::temp_directory_path() / std::format("powercut-{}", ::getpid());
    fs::remove_all(root_);
    fs::create_directories(root_);
  }
  void TearDown() override { fs::remove_all(root_); }

  Trace run(const std::string& how) {
    fs::remove_all(root_ / "live");
    fs::create_directories(root_ / "live");
    auto trace = record({.shim = POWERCUT_SHIM,
                         .command = {POWERCUT_WORKLOAD, how, (root_ / "live/journal").native()},
                         .folder = root_ / "live",
                         .trace = root_ / "trace"});
    EXPECT_TRUE(trace.has_value()) << (trace ? "" : trace.error().what);
    return trace.value_or(Trace{});
  }

  std::string journal_after(const Trace& trace, std::size_t position, base::Random& random) {
    const fs::path folder = root_ / "cut";
    fs::remove_all(folder);
    EXPECT_TRUE(rebuild(trace, position, random, folder).has_value());
    return base::read_file(folder / "journal").value_or("");
  }

  /// How many cuts lose a line that was marked durable.
  int losses_of_appends(const std::string& how) {
    const Trace trace = run(how);
    int losses = 0;
    base::Random random(1);
    for (const std::size_t position : trace.cut_points()) {
      const std::string journal = journal_after(trace, position, random);
      std::string expected;
      for (const std::string& mark : trace.marks_before(position)) {
        expected += std::format("{:0>1023}\n", mark);
      }
      losses += journal.starts_with(expected) ? 0 : 1;
    }
    return losses;
  }

  /// How many cuts leave a file that is not wholly the last marked line or the next.
  int losses_of_replacements(const std::string& how) {
    const Trace trace = run(how);
    int losses = 0;
    base::Random random(1);
    for (const std::size_t position : trace.cut_points()) {
      const std::string journal = journal_after(trace, position, random);
      const auto marks = trace.marks_before(position);
      const int newest = marks.empty() ? 0 : std::stoi(marks.back());
      const bool is_one_of_the_last_two =
          journal == std::format("{:0>1023}\n", newest) ||
          journal == std::format("{:0>1023}\n", newest + 1);
      if (newest > 0 && !is_one_of_the_last_two) ++losses;
    }
    return losses;
  }

  fs::path root_;
};

TEST_F(PowerCutTest, a_program_that_syncs_each_line_loses_none) {
  EXPECT_EQ(losses_of_appends("careful"), 0);
  EXPECT_EQ(losses_of_appends("dsync"), 0);
}

TEST_F(PowerCutTest, a_program_that_never_syncs_is_caught) {
  EXPECT_GT(losses_of_appends("sloppy"), 10);
}

TEST_F(PowerCutTest, a_durable_replacement_is_always_whole_and_a_bare_rename_is_caught) {
  EXPECT_EQ(losses_of_replacements("replace"), 0);
  EXPECT_GT(losses_of_replacements("rename"), 10);
}

TEST_F(PowerCutTest, a_cut_behind_the_last_event_after_a_sync_leaves_the_file_as_it_was) {
  const Trace trace = run("careful");
  base::Random random(7);
  EXPECT_EQ(journal_after(trace, trace.events.size(), random),
            base::read_file(root_ / "live/journal").value());
}

TEST_F(PowerCutTest, the_same_seed_gives_the_same_disk) {
  const Trace trace = run("sloppy");
  base::Random one(42), other(42);
  const std::size_t middle = trace.events.size() / 2;
  EXPECT_EQ(journal_after(trace, middle, one), journal_after(trace, middle, other));
}

}  // namespace
}  // namespace millrace::power
