#include "pipeline/topic_turns.h"

#include <gtest/gtest.h>

namespace millrace::pipeline {
namespace {

using namespace std::chrono_literals;

/// What is heard each minute, a letter for each topic; "!" where devices are found to be mixed.
std::string turns(TopicTurns& turns, std::string_view topics, base::Duration begin = 0s) {
  std::string found;
  base::Time at = base::Time(1'700'000'000s) + begin;
  for (const char topic : topics) {
    const bool is_news = turns.heard(std::string(1, topic), at);
    found += is_news ? '!' : turns.is_mixed() ? 'x' : '.';
    at += 1min;
  }
  return found;
}

TEST(TopicTurns, HardwareThatIsReplacedAlsoForAndBackIsOneDevice) {
  TopicTurns row;
  EXPECT_EQ(turns(row, "aaabbbb"), ".......");
  EXPECT_EQ(turns(row, "aaa", 1h), "...");
  EXPECT_EQ(turns(row, "bbb", 50h), "...") << "two days later";
  EXPECT_EQ(turns(row, "aaa", 100h), "...");
}

TEST(TopicTurns, DevicesThatTakeTurnsAreMixedAndThatIsNewsOnce) {
  TopicTurns two;
  EXPECT_EQ(turns(two, "aabbab"), ".....!");
  EXPECT_EQ(two.last_two(), (std::pair<std::string, std::string>("a", "b")));
  EXPECT_EQ(turns(two, "abab", 1h), "xxxx");
  TopicTurns three;
  EXPECT_EQ(turns(three, "abcabc"), "....!x");
}

TEST(TopicTurns, TheyAreNoMoreWhenAllButOneHaveBeenSilentForADay) {
  TopicTurns row;
  EXPECT_EQ(turns(row, "abab"), "...!");
  EXPECT_EQ(turns(row, "b", 23h), "x");
  EXPECT_EQ(turns(row, "b", 25h), ".");
  EXPECT_EQ(turns(row, "abab", 26h), "..!x") << "it begins again";
}

TEST(TopicTurns, AGreatManyTopicsAreNotAllKept) {
  TopicTurns row;
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(row.heard(std::to_string(i), base::Time(1s)));
  EXPECT_FALSE(row.heard("0", base::Time(1s))) << "forgotten";
  EXPECT_FALSE(row.heard("999", base::Time(1s)));
  EXPECT_TRUE(row.heard("0", base::Time(1s)));
}

}  // namespace
}  // namespace millrace::pipeline
