#include "connector/wot/command_queue.h"

#include <gtest/gtest.h>

#include <format>
#include <thread>

namespace millrace::connector::wot {
namespace {

using namespace std::chrono_literals;
using Put = CommandQueue::Put;

ThingCommand set(std::string thing, std::string name, std::string json) {
  return {.thing = std::move(thing), .name = std::move(name), .json = std::move(json)};
}

/// What would be carried out now, "thing name json"; its lane stays busy.
std::string taken(CommandQueue& queue) {
  const auto next = queue.take(0ms);
  return next ? next->command.thing + " " + next->command.name + " " + next->command.json : "";
}

TEST(CommandQueueTest, ALaneIsCarriedOutInOrderOneAtATime) {
  CommandQueue queue;
  EXPECT_EQ(queue.put(set("a", "x", "1"), "line"), Put::kWaits);
  EXPECT_EQ(queue.put(set("b", "y", "2"), "line"), Put::kWaits);
  EXPECT_EQ(taken(queue), "a x 1");
  EXPECT_EQ(taken(queue), "") << "the first is under way";
  queue.done("line");
  EXPECT_EQ(taken(queue), "b y 2");
}

TEST(CommandQueueTest, ALaneThatHangsHoldsUpNoOther) {
  CommandQueue queue;
  for (int i = 0; i < 100; ++i) queue.put(set(std::format("a{}", i), "x", "1"), "hangs");
  EXPECT_EQ(queue.put(set("b", "x", "2"), "works"), Put::kWaits);
  EXPECT_EQ(taken(queue), "a0 x 1");
  EXPECT_EQ(taken(queue), "b x 2");
  EXPECT_EQ(taken(queue), "");
}

TEST(CommandQueueTest, OfOnePropertyTheNewestWaitsBehindWhatCameBetween) {
  CommandQueue queue;
  queue.put(set("a", "x", "1"), "line");
  queue.put(set("a", "y", "2"), "line");
  EXPECT_EQ(queue.put(set("a", "x", "3"), "line"), Put::kReplaced);
  ThingCommand action = set("a", "x", "4");
  action.is_action = true;
  EXPECT_EQ(queue.put(action, "line"), Put::kWaits) << "an action may be called as a property is";
  std::vector<std::string> all;
  for (std::string one = taken(queue); !one.empty(); one = taken(queue)) {
    all.push_back(one);
    queue.done("line");
  }
  EXPECT_EQ(all, (std::vector<std::string>{"a y 2", "a x 3", "a x 4"}));
}

TEST(CommandQueueTest, OneThatIsUnderWayIsNotReplaced) {
  CommandQueue queue;
  queue.put(set("a", "x", "1"), "line");
  EXPECT_EQ(taken(queue), "a x 1");
  EXPECT_EQ(queue.put(set("a", "x", "2"), "line"), Put::kWaits);
  queue.done("line");
  EXPECT_EQ(taken(queue), "a x 2");
}

TEST(CommandQueueTest, AnActionIsCarriedOutAsOftenAsItWasInvoked) {
  CommandQueue queue;
  ThingCommand dose = set("a", "dose", "5");
  dose.is_action = true;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(queue.put(dose, "line"), Put::kWaits);
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(taken(queue).empty());
    queue.done("line");
  }
  EXPECT_TRUE(taken(queue).empty());
}

TEST(CommandQueueTest, AFullLaneRefusesAndOthersStillTake) {
  CommandQueue queue;
  for (std::size_t i = 0; i < CommandQueue::kLaneWaitingMax; ++i) {
    ASSERT_EQ(queue.put(set(std::format("a{}", i), "x", "1"), "hangs"), Put::kWaits);
  }
  EXPECT_EQ(queue.put(set("more", "x", "1"), "hangs"), Put::kRefused);
  EXPECT_EQ(queue.put(set("a0", "x", "2"), "hangs"), Put::kReplaced) << "this needs no more room";
  EXPECT_EQ(queue.put(set("b", "x", "1"), "works"), Put::kWaits);
}

TEST(CommandQueueTest, WhoWaitsGetsWhatComesAndNothingAfterTheEnd) {
  CommandQueue queue;
  std::optional<CommandQueue::Taken> got;
  std::jthread waiter([&] { got = queue.take(30s); });
  queue.put(set("a", "x", "1"), "line");
  waiter.join();
  ASSERT_TRUE(got);
  queue.put(set("a", "x", "2"), "line");
  EXPECT_EQ(queue.close(), 1U);
  queue.done("line");
  EXPECT_FALSE(queue.take(30s)) << "at once";
  EXPECT_EQ(queue.put(set("a", "x", "3"), "line"), Put::kRefused);
}

}  // namespace
}  // namespace millrace::connector::wot
