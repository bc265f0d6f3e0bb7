#include "spool/spool.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "spool/record.h"

namespace millrace::spool {
namespace {

using namespace std::chrono_literals;
using base::ErrorCode;
using model::Sequence;
using model::SequenceRange;
using model::SequenceSet;

constexpr SequenceRange kAll{Sequence(1), Sequence(1'000'000)};

SequenceSet set_of(std::uint64_t from, std::uint64_t to) {
  SequenceSet set;
  set.add({Sequence(from), Sequence(to)});
  return set;
}

class SpoolTest : public testing::Test {
 protected:
  SpoolTest() {
    options_.directory = std::filesystem::temp_directory_path() /
                         std::format("millrace-spool-{}-{}", ::getpid(),
                                     testing::UnitTest::GetInstance()->random_seed());
    std::filesystem::remove_all(options_.directory);
    options_.bytes_max = 1U << 20;
    options_.slack_bytes = 4U << 20;
    open();
  }
  ~SpoolTest() override {
    spool_.reset();
    std::filesystem::remove_all(options_.directory);
  }

  void open() {
    spool_.reset();  // like a kill
    spool_ = Spool::create(options_, {clock_, random_}).value();
    const auto started = spool_->start();
    ASSERT_TRUE(started) << base::describe(started.error());
  }

  /// `samples` samples of about 10 bytes each, the first at `number` seconds.
  static model::Batch batch(std::int64_t number, std::size_t samples = 3) {
    model::Batch made{.thing = "pump-1", .properties = {{"flow", model::ValueType::kF64, "m3/h"}}};
    for (std::size_t i = 0; i < samples; ++i) {
      const base::Time time(std::chrono::seconds(number) + std::chrono::milliseconds(i));
      made.samples.push_back({0, {time, static_cast<double>(number), {}}});
    }
    return made;
  }
  void put(std::int64_t number, std::size_t samples = 3) {
    const model::Batch one = batch(number, samples);
    const auto done = spool_->put({&one, 1});
    ASSERT_TRUE(done) << base::describe(done.error());
  }
  Content read(SequenceRange range = kAll, std::size_t bytes_max = 1U << 30) {
    auto content = spool_->read(range, bytes_max);
    EXPECT_TRUE(content);
    return content ? std::move(*content) : Content{};
  }
  /// "3 4 5" and "1-2 evicted 6" for what stands in the spool.
  static std::string sketch(const Content& content) {
    std::string text;
    for (const auto& one : content.batches) text += std::format("{} ", number(one.sequence));
    for (const Tombstone& gone : content.gone) {
      text += std::format("[{}-{} {} {}] ", number(gone.range.from), number(gone.range.to),
                          spool::text(gone.reason), gone.samples);
    }
    return text;
  }

  SpoolOptions options_;
  base::ManualClock clock_{base::Time(1'000'000s)};
  base::Random random_{42};
  std::unique_ptr<Spool> spool_;
};

TEST_F(SpoolTest, GivesBackWhatWasPutUnderSequencesWithoutHolesAlsoAfterAKill) {
  const std::vector<model::Batch> three = {batch(1), batch(2), batch(3)};
  EXPECT_EQ(spool_->put(three), Sequence(1));
  EXPECT_EQ(spool_->put({three.data(), 1}), Sequence(4));
  const base::Uuid epoch = spool_->state().epoch;
  open();
  EXPECT_EQ(spool_->state().epoch, epoch);
  EXPECT_EQ(spool_->state().oldest, Sequence(1));
  EXPECT_EQ(spool_->state().next, Sequence(5));
  const Content content = read();
  EXPECT_EQ(sketch(content), "1 2 3 4 ");
  EXPECT_EQ(content.batches[1].batch, three[1]);
  EXPECT_EQ(content.next, Sequence(5));
  EXPECT_EQ(spool_->stats().unacknowledged_batches, 4U);
}

TEST_F(SpoolTest, ReadsUpToACapOfBytesButAtLeastOneBatch) {
  for (int i = 1; i <= 5; ++i) put(i, 100);
  EXPECT_EQ(sketch(read(kAll, 1)), "1 ");
  const std::size_t bytes = read(kAll, 1).batches[0].bytes;
  EXPECT_EQ(sketch(read({Sequence(2), Sequence(5)}, 2 * bytes)), "2 3 ");
  EXPECT_EQ(sketch(read({Sequence(4), Sequence(4)})), "4 ");
  EXPECT_EQ(sketch(read({Sequence(6), Sequence(9)})), "");
}

TEST_F(SpoolTest, KeepsBatchesOfMegabytesInFragments) {
  options_.bytes_max = 64U << 20;
  open();
  model::Batch big = batch(1, 1);
  big.properties.push_back({"wave", model::ValueType::kBytes, ""});
  for (const std::size_t size : {65'535UL, 65'536UL, 131'072UL - 90, 8UL << 20}) {
    big.samples.push_back({1, {base::Time(1s), model::Bytes{std::string(size, 'w')}, {}}});
    ASSERT_TRUE(spool_->put({&big, 1}));
    open();
    EXPECT_EQ(read().batches.back().batch, big);
  }
}

TEST_F(SpoolTest, EvictsAcknowledgedBatchesFirstAndSilently) {
  for (int i = 1; i <= 10; ++i) put(i, 400);
  spool_->committed(set_of(4, 6));
  EXPECT_EQ(spool_->stats().unacknowledged_batches, 7U);
  while (read({Sequence(5), Sequence(5)}).gone.empty()) put(11, 400);
  const Content content = read({Sequence(1), Sequence(10)});
  EXPECT_EQ(sketch(content).substr(0, 6), "1 2 3 ");
  EXPECT_EQ(content.gone[0].reason, GoneReason::kErased);
  EXPECT_EQ(content.gone[0].samples, count(content.gone[0].range) * 400);
  EXPECT_EQ(spool_->stats().evicted_batches, 0U);
  EXPECT_LE(spool_->stats().bytes, options_.bytes_max);
}

TEST_F(SpoolTest, LeavesATombstoneWithExactCountsForEveryBatchItGaveUp) {
  std::uint64_t samples = 0;
  for (int i = 1; i <= 1500; ++i) {
    put(i, static_cast<std::size_t>(i % 400 + 1));
    samples += static_cast<std::uint64_t>(i % 400 + 1);
  }
  open();
  const Content content = read();
  std::uint64_t there = 0, gone = 0;
  for (const auto& one : content.batches) there += one.batch.samples.size();
  for (const Tombstone& one : content.gone) gone += one.samples;
  EXPECT_GT(gone, 0U);
  EXPECT_EQ(there + gone, samples);
  ASSERT_EQ(content.gone.size(), 1U);
  EXPECT_EQ(content.gone[0].each.size(), count(content.gone[0].range));
  EXPECT_EQ(content.gone[0].each[4], 6U);
  EXPECT_EQ(content.gone[0].range.from, Sequence(1));
  EXPECT_EQ(next(content.gone[0].range.to), content.batches[0].sequence);
  EXPECT_EQ(content.gone[0].time_from, base::Time(1s));
  EXPECT_EQ(spool_->stats().evicted_batches, count(content.gone[0].range));
  EXPECT_EQ(spool_->stats().evicted_samples, gone);
  EXPECT_LE(std::filesystem::file_size(options_.directory / "spool.mdb"),
            2 * options_.bytes_max + options_.slack_bytes);
}

TEST_F(SpoolTest, GivesThePartOfATombstoneThatIsAskedFor) {
  for (int i = 1; i <= 1500; ++i) put(i, 300);
  const Content part = read({Sequence(3), Sequence(7)});
  EXPECT_EQ(sketch(part), "[3-7 evicted 1500] ");
  EXPECT_EQ(part.gone[0].time_from, base::Time(3s));
  EXPECT_EQ(part.gone[0].time_to, base::Time(7s + 299ms));
}

TEST_F(SpoolTest, GivesUpWhatIsTooOldByItsOwnAgeAndNotByTheWallClock) {
  options_.age_max = 10h;
  options_.keep_acked = 1h;
  open();
  put(1);
  put(2);
  spool_->committed(set_of(2, 2));
  clock_.set_wall(base::Time(1'000'000'000s));  // NTP has found out what year it is
  put(3);
  EXPECT_EQ(sketch(read()), "1 2 3 ");
  clock_.advance(2h);
  put(4);
  EXPECT_EQ(sketch(read()), "1 3 4 [2-2 erased 3] ");
  open();
  clock_.advance(9h);
  put(5);
  EXPECT_EQ(sketch(read()), "4 5 [1-1 evicted 3] [2-2 erased 3] [3-3 evicted 3] ");
}

TEST_F(SpoolTest, WritesTheAcknowledgedSetWithTheNextPutAndWhenItStops) {
  for (int i = 1; i <= 4; ++i) put(i);
  spool_->committed(set_of(1, 2));
  put(5);
  spool_->committed(set_of(1, 3));
  open();
  EXPECT_EQ(spool_->stats().unacknowledged_batches, 3U);
  EXPECT_EQ(spool_->committed(), set_of(1, 2));
  spool_->committed(set_of(1, 4));
  spool_->stop();
  open();
  EXPECT_EQ(spool_->stats().unacknowledged_batches, 1U);
}

TEST_F(SpoolTest, TakesBackAnAcknowledgementThatARestoredHubNoLongerGives) {
  for (int i = 1; i <= 4; ++i) put(i);
  const auto before = spool_->stats();
  spool_->committed(set_of(1, 4));
  EXPECT_EQ(spool_->stats().unacknowledged_bytes, 0U);
  spool_->committed({});
  EXPECT_EQ(spool_->stats().unacknowledged_batches, 4U);
  EXPECT_EQ(spool_->stats().unacknowledged_bytes, before.unacknowledged_bytes);
}

TEST_F(SpoolTest, NotesDurablyWhatMayHaveBeenOffered) {
  put(1);
  EXPECT_EQ(spool_->state().offered, Sequence(0));
  ASSERT_TRUE(spool_->begin_offering());
  open();
  EXPECT_EQ(spool_->state().offered, Sequence(1));
  put(2);
  EXPECT_EQ(spool_->state().offered, Sequence(1));
  ASSERT_TRUE(spool_->begin_offering());
  put(3);
  spool_->end_offering();
  put(4);
  open();
  EXPECT_EQ(spool_->state().offered, Sequence(3));
}

TEST_F(SpoolTest, GivesEverythingUndeliveredANewSequenceInANewEpoch) {
  for (int i = 1; i <= 8; ++i) put(i);
  SequenceSet delivered = set_of(1, 3);
  delivered.add({Sequence(6), Sequence(6)});
  const base::Uuid before = spool_->state().epoch;
  ASSERT_TRUE(spool_->begin_offering());
  ASSERT_TRUE(spool_->renew_epoch(delivered));
  open();
  EXPECT_NE(spool_->state().epoch, before);
  EXPECT_EQ(spool_->state().oldest, Sequence(1));
  EXPECT_EQ(spool_->state().next, Sequence(6));
  EXPECT_EQ(spool_->state().offered, Sequence(0));
  EXPECT_EQ(sketch(read()), "1 2 4 5 [3-3 delivered 0] ");
  EXPECT_EQ(read().batches[0].batch, batch(4));
  EXPECT_EQ(spool_->stats().unacknowledged_batches, 4U);
  EXPECT_EQ(spool_->stats().renewals, 1U);
  EXPECT_EQ(spool_->committed(), SequenceSet());
  spool_->committed(set_of(1, 5));
  ASSERT_TRUE(spool_->renew_epoch(set_of(1, 5)));
  EXPECT_EQ(spool_->state().oldest, Sequence(1));
  EXPECT_EQ(spool_->state().next, Sequence(1));
  put(9);
  EXPECT_EQ(sketch(read()), "1 ");
}

TEST_F(SpoolTest, TurnsADamagedBatchIntoATombstoneAndLosesNothingElse) {
  for (int i = 1; i <= 5; ++i) put(i, 200);
  spool_->stop();
  const auto path = options_.directory / "spool.mdb";
  std::string file = base::read_file(path).value();
  const std::string record = encode_record(batch(3, 200));
  const std::size_t at = file.find(record.substr(100, 200));
  ASSERT_NE(at, std::string::npos);
  std::fstream(path, std::ios::in | std::ios::out | std::ios::binary)
          .seekp(static_cast<std::streamoff>(at))
      << "damage";
  open();
  EXPECT_EQ(sketch(read()), "1 2 4 5 [3-3 corrupt 200] ");
  EXPECT_EQ(spool_->stats().corrupt_batches, 1U);
  open();
  EXPECT_EQ(sketch(read()), "1 2 4 5 [3-3 corrupt 200] ");
  EXPECT_EQ(spool_->stats().corrupt_batches, 1U);
}

TEST_F(SpoolTest, SetsAFileAsideThatCannotBeReadAndBeginsANewEpoch) {
  put(1);
  const base::Uuid before = spool_->state().epoch;
  spool_.reset();
  const auto path = options_.directory / "spool.mdb";
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  open();
  EXPECT_NE(spool_->state().epoch, before);
  EXPECT_EQ(spool_->state().next, Sequence(1));
  EXPECT_TRUE(spool_->stats().is_after_damage);
  EXPECT_TRUE(std::filesystem::exists(path.native() + ".damaged-1"));
  put(2);
  EXPECT_EQ(sketch(read()), "1 ");
}

TEST_F(SpoolTest, IsRefusedToASecondProcessWithAHint) {
  const pid_t child = ::fork();
  if (child == 0) {
    const auto second = Spool::create(options_, {clock_, random_}).value()->start();
    const bool is_clear =
        !second && second.error().code == ErrorCode::kConflict && !second.error().hint.empty();
    ::_exit(is_clear ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

/// Runs in a process of its own, whose files may not grow: the disk is full at some write. Gives 0
/// when the spool refused, kept what it had, and went on without a hole once there was room.
int outlive_a_full_disk(Spool& spool, const model::Batch& one) {
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit before{RLIM_INFINITY, RLIM_INFINITY};
  const rlimit tight{1U << 20, RLIM_INFINITY};
  if (::setrlimit(RLIMIT_FSIZE, &tight) != 0) return 2;
  std::uint64_t put = 0;
  base::Result<Sequence> done;
  while ((done = spool.put({&one, 1})) && put < 10'000) ++put;
  if (done || done.error().retry != base::Retry::kLater) return 3;
  if (spool.put({&one, 1})) return 4;
  if (spool.read(kAll, 1U << 30)->batches.size() != put) return 5;
  ::setrlimit(RLIMIT_FSIZE, &before);
  if (spool.put({&one, 1}) != Sequence(put + 1)) return 6;
  return spool.read(kAll, 1U << 30)->batches.size() == put + 1 ? 0 : 7;
}

TEST_F(SpoolTest, RefusesOnAFullDiskKeepsWhatItHasAndGoesOnWithoutAHole) {
  options_.bytes_max = 64U << 20;
  const pid_t child = ::fork();
  if (child == 0) {
    options_.directory += "-full";
    auto spool = Spool::create(options_, {clock_, random_}).value();
    const int code = spool->start() ? outlive_a_full_disk(*spool, batch(1, 400)) : 1;
    spool.reset();
    std::filesystem::remove_all(options_.directory);
    ::_exit(code);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST_F(SpoolTest, EvictsMoreWhenBadlyFilledPagesExhaustTheMapBeforeTheCap) {
  options_.bytes_max = 4U << 20;
  options_.slack_bytes = 0;
  open();
  // Four records a page, of which the hub acknowledges three: only quarters of pages stay.
  const std::vector<model::Batch> group(100, batch(1, 73));
  SequenceSet acked;
  for (int i = 0; i < 160; ++i) {
    const auto first = spool_->put(group);
    ASSERT_TRUE(first) << base::describe(first.error());
    for (std::uint64_t n = number(*first); n < number(*first) + 100; n += 4) {
      acked.add({Sequence(n), Sequence(n + 2)});
    }
    spool_->committed(acked);
  }
  const Content content = read();
  std::uint64_t there = content.batches.size(), gone = 0;
  for (const Tombstone& one : content.gone) gone += count(one.range);
  EXPECT_EQ(there + gone, 16'000U);
  EXPECT_LE(spool_->stats().bytes, options_.bytes_max);
  EXPECT_LT(std::filesystem::file_size(options_.directory / "spool.mdb"), 5 * options_.bytes_max);
}

TEST_F(SpoolTest, WhatWasHeldInMemoryAtAKillIsALossAtAPlaceOfItsOwnOnce) {
  const base::Time noon(900'000s);
  const model::Batch one = batch(1);
  const std::vector<Hold> holds = {
      {"pump-1", "flow", noon, noon + 3s, noon + 600s, 30},
      {"pump-2", "flow", noon + 1s, noon + 2s, base::Time(2'000'000s), 7}};
  ASSERT_TRUE(spool_->put({&one, 1}, holds));
  open();
  const Content content = read();
  EXPECT_EQ(sketch(content), "1 [2-2 held 30] [3-3 held 7] ");
  ASSERT_EQ(content.gone.size(), 2U);
  EXPECT_EQ(content.gone[0].thing, "pump-1");
  EXPECT_EQ(content.gone[0].property, "flow");
  EXPECT_EQ(content.gone[0].time_from, noon);
  EXPECT_EQ(content.gone[0].time_to, noon + 600s);
  EXPECT_EQ(content.gone[1].time_to, clock_.now()) << "nothing is held later than the start";
  EXPECT_EQ(spool_->state().next, Sequence(4));
  open();
  EXPECT_EQ(sketch(read()), "1 [2-2 held 30] [3-3 held 7] ");
  put(2);
  EXPECT_EQ(read().batches.back().sequence, Sequence(4));
}

TEST_F(SpoolTest, AHoldFollowsTheBatchesOfItsTransactionAndACleanEndLeavesNone) {
  const base::Time noon(900'000s);
  Hold hold{"pump-1", "flow", noon, noon + 3s, noon + 600s, 30};
  ASSERT_TRUE(spool_->put({}, {&hold, 1}));
  EXPECT_EQ(spool_->state().next, Sequence(1)) << "a trace takes no sequence";
  hold = {"pump-1", "flow", noon + 4s, noon + 5s, noon + 600s, 2};
  const model::Batch one = batch(1);
  EXPECT_EQ(spool_->put({&one, 1}, {&hold, 1}), Sequence(1));
  open();
  EXPECT_EQ(sketch(read()), "1 [2-2 held 2] ");
  EXPECT_EQ(read().gone[0].time_from, noon + 4s);
  ASSERT_TRUE(spool_->put({}, {&hold, 1}));
  hold.samples = 0;
  ASSERT_TRUE(spool_->put({}, {&hold, 1}));
  open();
  EXPECT_EQ(sketch(read()), "1 [2-2 held 2] ");
}

TEST_F(SpoolTest, ALossOfWhatWasHeldStaysWithTheEpochIsAcknowledgedAndEvictedLikeABatch) {
  const Hold hold{"pump-1", "flow", base::Time(1s), base::Time(4s), base::Time(9s), 30};
  ASSERT_TRUE(spool_->put({}, {&hold, 1}));
  open();
  put(2);
  ASSERT_TRUE(spool_->renew_epoch({}));
  EXPECT_EQ(sketch(read()), "2 [1-1 held 30] ");
  EXPECT_EQ(spool_->stats().unacknowledged_batches, 2U);
  spool_->committed(set_of(1, 1));
  EXPECT_EQ(spool_->stats().unacknowledged_batches, 1U);
  spool_->committed({});
  for (int i = 3; i < 2000; ++i) put(i, 100);
  EXPECT_EQ(read({Sequence(1), Sequence(1)}, 1).gone.front().reason, GoneReason::kEvicted);
  EXPECT_EQ(spool_->stats().corrupt_batches, 0U);
}

TEST_F(SpoolTest, ManyLossesOfHeldSamplesAreReadOneByOne) {
  std::vector<Hold> holds;
  for (int i = 0; i < 3000; ++i) {
    holds.push_back({std::format("pump-{:04}", i), "flow", base::Time(1s), base::Time(4s),
                     base::Time(9s), std::uint64_t(i + 1)});
  }
  ASSERT_TRUE(spool_->put({}, holds));
  open();
  const Content first = read({Sequence(1), Sequence(3000)}, 1);
  EXPECT_EQ(first.gone.size(), 1U) << "of one byte, one";
  const Content content = read();
  ASSERT_EQ(content.gone.size(), 3000U);
  EXPECT_EQ(content.gone.back().samples, 3000U);
  EXPECT_EQ(content.gone.back().thing, "pump-2999");
}

TEST_F(SpoolTest, RefusesABatchThatItsCapCannotHoldAndOptionsThatMakeNoSense) {
  model::Batch big = batch(1, 1);
  big.properties[0].type = model::ValueType::kText;
  big.samples[0].sample.value = std::string(600'000, 'x');
  EXPECT_EQ(spool_->put({&big, 1}).error().code, ErrorCode::kTooLarge);
  put(1);
  options_.bytes_max = 100;
  EXPECT_EQ(Spool::create(options_, {clock_, random_}).error().code, ErrorCode::kInvalid);
}

TEST_F(SpoolTest, ShrinksStepByStepWhenTheCapIsLowered) {
  for (int i = 1; i <= 1000; ++i) put(i, 60);
  options_.bytes_max = 64U << 10;
  open();
  put(1001, 60);
  EXPECT_LE(spool_->stats().bytes, options_.bytes_max);
  EXPECT_EQ(read().batches.back().sequence, Sequence(1001));
}

}  // namespace
}  // namespace millrace::spool
