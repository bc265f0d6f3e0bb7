#include "connector/modbus/schedule.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace millrace::modbus {
namespace {

using namespace std::chrono_literals;

std::vector<Address> registers(int first, int count) {
  std::vector<Address> all;
  for (int i = 0; i < count; ++i) {
    all.push_back({Table::kHolding, static_cast<std::uint16_t>(first + i), Type::kU16, Order::kAbcd,
                   std::nullopt, 0, std::uint8_t{1}});
  }
  return all;
}

class Schedule : public testing::Test {
 protected:
  /// One round against a device without the registers in `bad`; how many requests it took.
  int round(ReadSchedule& schedule) {
    int requests = 0;
    schedule.begin_round(now_);
    while (const Block* block = schedule.next()) {
      if (++requests > 1000) return requests;
      const bool is_long = block->count > longest_;
      const auto first_bad = bad_.lower_bound(block->first);
      const bool has_bad = first_bad != bad_.end() && *first_bad < block->end();
      if (is_long || has_bad) {
        schedule.refused(Refusal::kAddress, "exception 2", now_);
      } else {
        schedule.answered();
      }
    }
    return requests;
  }

  base::MonotonicTime now_{1h};
  std::set<std::uint32_t> bad_;
  std::uint32_t longest_ = 125;
};

TEST_F(Schedule, OneBadRegisterStandsAloneAndTheOthersAreReadInFewRequests) {
  ReadSchedule schedule(registers(0, 60), {});
  bad_ = {45};
  EXPECT_LE(round(schedule), 14) << "a search by halves";
  EXPECT_EQ(schedule.failed(), 1U);
  EXPECT_EQ(schedule.problems()[45], "exception 2");
  EXPECT_LE(round(schedule), 4) << "joined again around the bad one";
  EXPECT_EQ(schedule.failed(), 1U);
}

TEST_F(Schedule, ABadRegisterIsTriedAgainAfterTheRetryAndJoinsWhenItIsThere) {
  ReadSchedule schedule(registers(0, 8), {{}, 30s});
  bad_ = {3};
  round(schedule);
  const int without = round(schedule);
  now_ += 30s;
  EXPECT_EQ(round(schedule), without + 1) << "one request more";
  bad_.clear();
  now_ += 30s;
  EXPECT_EQ(round(schedule), without + 1);
  EXPECT_EQ(schedule.failed(), 0U);
  EXPECT_LE(round(schedule), 2);
}

TEST_F(Schedule, ADeviceThatGivesShorterReadsIsReadInShorterOnes) {
  ReadSchedule schedule(registers(0, 100), {});
  longest_ = 30;
  round(schedule);
  EXPECT_EQ(schedule.failed(), 0U);
  const int next = round(schedule);
  EXPECT_EQ(next, 4) << "25 each: what was answered is not exceeded";
  EXPECT_EQ(round(schedule), next);
}

TEST_F(Schedule, ADeviceThatRefusesGapsIsReadWithoutThem) {
  auto all = registers(0, 4);
  for (const Address& more : registers(8, 4)) all.push_back(more);
  ReadSchedule schedule(all, {});
  bad_ = {4, 5, 6, 7};
  EXPECT_EQ(round(schedule), 3);
  EXPECT_EQ(round(schedule), 2);
  EXPECT_EQ(schedule.failed(), 0U);
}

TEST_F(Schedule, SilenceOfOneUnitIsLeftAloneAndWhenAllAreSilentTheDeviceIsAway) {
  auto all = registers(0, 2);
  all[1].unit = std::uint8_t{2};
  ReadSchedule schedule(all, {{}, 30s});
  schedule.begin_round(now_);
  schedule.answered();
  schedule.refused(Refusal::kSilence, "no answer", now_);
  EXPECT_FALSE(schedule.is_all_silent());
  EXPECT_EQ(round(schedule), 1) << "unit 2 is not asked";
  schedule.begin_round(now_);
  schedule.refused(Refusal::kSilence, "no answer", now_);
  EXPECT_TRUE(schedule.is_all_silent());
  schedule.forgive();
  EXPECT_EQ(round(schedule), 2);
  EXPECT_EQ(schedule.failed(), 0U);
}

TEST_F(Schedule, ABusyDeviceIsAskedAgainInTheNextRound) {
  ReadSchedule schedule(registers(0, 2), {});
  schedule.begin_round(now_);
  schedule.refused(Refusal::kBusy, "exception 6", now_);
  EXPECT_EQ(schedule.failed(), 2U);
  EXPECT_EQ(round(schedule), 1);
  EXPECT_EQ(schedule.failed(), 0U);
}

TEST_F(Schedule, ARoundThatTheLineBrokeBeginsAnewWithEverything) {
  ReadSchedule schedule(registers(0, 300), {});
  schedule.begin_round(now_);
  schedule.answered();
  EXPECT_EQ(round(schedule), 3);
}

}  // namespace
}  // namespace millrace::modbus
