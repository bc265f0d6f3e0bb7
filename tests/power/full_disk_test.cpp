// The series store on a disk that is full, for as long as it is. The program runs under
// powercut_shim, which lets the files below $POWERCUT_DIR grow so far and no further.
//
// MILLRACE_FULL_DISKS (how many disks, default 24) and MILLRACE_POWER_SEED change a run.

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <format>
#include <print>

#include "base/random.h"
#include "power/powercut.h"
#include "power/store_script.h"

namespace millrace::power {
namespace {

namespace fs = std::filesystem;

constexpr int kCommitsBefore = 6;
constexpr int kCommitsMax = 200;

class FullDiskTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(limit_disk(-1)) << "powercut_shim is not loaded";
    root_ = fs::path(std::getenv("POWERCUT_DIR")) / std::to_string(::getpid());
    renew();
  }
  void TearDown() override {
    limit_disk(-1);
    store_.reset();
    fs::remove_all(root_);
  }

  /// An empty folder and a store with some commits in it.
  void renew() {
    store_.reset();
    fs::remove_all(root_);
    fs::create_directories(root_);
    open();
    for (int i = 1; i <= kCommitsBefore; ++i) ASSERT_TRUE(store_->commit(StoreScript::commit(i)));
    ASSERT_TRUE(store_->seal());
  }
  void open() {
    store_.reset();
    store_ = StoreScript::make_store(root_ / "store", clock_);
    const auto started = store_->start();
    ASSERT_TRUE(started) << base::describe(started.error());
  }

  /// Commits until one is refused; gives its number. How it is refused is checked.
  int fill(int next) {
    for (; next < kCommitsMax; ++next) {
      const auto done = store_->commit(StoreScript::commit(next));
      if (done) continue;
      expect_full(done.error());
      return next;
    }
    ADD_FAILURE() << "the disk never became full";
    return next;
  }
  static void expect_full(const base::Error& error) {
    EXPECT_EQ(error.code, base::ErrorCode::kNoSpace) << base::describe(error);
    EXPECT_EQ(error.retry, base::Retry::kLater) << base::describe(error);
    EXPECT_FALSE(error.hint.empty()) << base::describe(error);
  }
  void expect_commits(int commits, const char* when) {
    const auto stats = store_->stats();
    ASSERT_TRUE(stats) << when << ": " << base::describe(stats.error());
    EXPECT_EQ(number(stats->commit), commits) << when;
    EXPECT_EQ(StoreScript::difference(*store_, commits), "") << when;
  }
  void go_on(int from, int to) {
    for (int i = from; i <= to; ++i) {
      const auto done = store_->commit(StoreScript::commit(i));
      ASSERT_TRUE(done) << i << ": " << base::describe(done.error());
    }
  }

  const base::ManualClock clock_{StoreScript::now()};
  fs::path root_;
  std::unique_ptr<store::SeriesStore> store_;
};

TEST_F(FullDiskTest, a_commit_fails_whole_reads_go_on_and_commits_do_when_there_is_room) {
  const std::uint64_t seed = setting("MILLRACE_POWER_SEED", 20261123);
  base::Random random(seed);
  const auto disks = static_cast<int>(setting("MILLRACE_FULL_DISKS", 24));
  std::println("{} disks, seed {}", disks, seed);
  for (int disk = 0; disk < disks; ++disk) {
    ASSERT_NO_FATAL_FAILURE(renew());
    const auto room = static_cast<long long>(random.below(disk % 2 == 0 ? 300'000 : 3'000'000));
    SCOPED_TRACE(std::format("disk {} with room for {} bytes, seed {}", disk, room, seed));
    limit_disk(room);
    const int refused = fill(kCommitsBefore + 1);
    expect_commits(refused - 1, "full");
    for (int again = 0; again < 3; ++again) {
      const auto done = store_->commit(StoreScript::commit(refused));
      ASSERT_FALSE(done);
      expect_full(done.error());
    }
    expect_commits(refused - 1, "still full");
    limit_disk(-1);
    ASSERT_NO_FATAL_FAILURE(go_on(refused, refused + 3));
    ASSERT_TRUE(store_->seal());
    expect_commits(refused + 3, "with room again");
    ASSERT_NO_FATAL_FAILURE(open());
    expect_commits(refused + 3, "opened again");
    if (HasFailure()) return;
  }
}

TEST_F(FullDiskTest, sealing_fails_and_leaves_the_store_as_it_was) {
  limit_disk(100'000);
  const int refused = fill(kCommitsBefore + 1);
  limit_disk(4'096);
  const auto sealed = store_->seal();
  if (!sealed) expect_full(sealed.error());
  expect_commits(refused - 1, "after a seal on a full disk");
  limit_disk(-1);
  ASSERT_NO_FATAL_FAILURE(go_on(refused, refused + 1));
  ASSERT_TRUE(store_->seal());
  expect_commits(refused + 1, "with room again");
}

TEST_F(FullDiskTest, a_store_that_is_killed_on_a_full_disk_opens_there_and_is_read) {
  limit_disk(200'000);
  const int refused = fill(kCommitsBefore + 1);
  limit_disk(0);
  ASSERT_NO_FATAL_FAILURE(open());
  expect_commits(refused - 1, "opened on a full disk");
  const auto done = store_->commit(StoreScript::commit(refused));
  ASSERT_FALSE(done);
  expect_full(done.error());
  limit_disk(-1);
  ASSERT_NO_FATAL_FAILURE(go_on(refused, refused + 1));
  expect_commits(refused + 1, "with room again");
}

}  // namespace
}  // namespace millrace::power
