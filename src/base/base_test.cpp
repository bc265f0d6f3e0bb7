#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <thread>

#include "base/bounded_queue.h"
#include "base/files.h"
#include "base/metrics.h"
#include "base/uuid.h"

namespace millrace::base {
namespace {

using namespace std::chrono_literals;

std::filesystem::path scratch(const char* name) {
  const auto path =
      std::filesystem::temp_directory_path() / std::format("millrace-base-{}-{}", ::getpid(), name);
  std::filesystem::remove_all(path);
  return path;
}

TEST(Error, EveryCodeHasItsOwnTextAndAnHttpStatus) {
  std::set<std::string_view> texts;
  for (int i = 0; i <= static_cast<int>(ErrorCode::kNoSpace); ++i) {
    const auto code = static_cast<ErrorCode>(i);
    EXPECT_TRUE(texts.insert(text(code)).second);
    EXPECT_GE(http_status(code), 400);
    EXPECT_FALSE(sentence(code).empty());
  }
}

TEST(BoundedQueue, RefusesWhatDoesNotFitAndLeavesItUntouched) {
  BoundedQueue<std::string> queue(10);
  std::string first = "first", second = "second";
  EXPECT_TRUE(queue.try_push(first, 6));
  EXPECT_FALSE(queue.try_push(second, 6));
  EXPECT_EQ(second, "second");
  EXPECT_EQ(queue.pop(1ms), "first");
  EXPECT_TRUE(queue.try_push(second, 6));
}

TEST(BoundedQueue, AnItemHeavierThanTheCapFitsIntoAnEmptyQueue) {
  BoundedQueue<int> queue(10);
  int item = 1;
  EXPECT_TRUE(queue.try_push(item, 100));
  EXPECT_FALSE(queue.try_push(item, 1));
}

TEST(BoundedQueue, WakesAWaiterOnCloseAndDrainsFirst) {
  BoundedQueue<int> queue(10);
  int item = 7;
  queue.try_push(item);
  queue.close();
  EXPECT_FALSE(queue.try_push(item));
  EXPECT_EQ(queue.pop(1s), 7);
  EXPECT_EQ(queue.pop(1s), std::nullopt);
}

TEST(BoundedQueue, GivesSomeOfTheOldestAndTheirRoomBack) {
  BoundedQueue<int> queue(10);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(queue.try_push(i, 2));
  EXPECT_EQ(queue.pop_some(3, 1ms), (std::vector{0, 1, 2}));
  EXPECT_EQ(queue.weight(), 4U);
  int heavy = 5;
  EXPECT_TRUE(queue.try_push(heavy, 6));
  EXPECT_EQ(queue.pop_some(100, 1ms), (std::vector{3, 4, 5}));
  EXPECT_EQ(queue.weight(), 0U);
  EXPECT_TRUE(queue.pop_some(100, 1ms).empty());
}

TEST(BoundedQueue, GivesSomeAfterItsCloseUntilItIsDrained) {
  BoundedQueue<int> queue(10);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(queue.try_push(i));
  queue.close();
  EXPECT_EQ(queue.pop_some(2, 1h), (std::vector{0, 1}));
  EXPECT_EQ(queue.pop_some(2, 1h), (std::vector{2}));
  EXPECT_TRUE(queue.pop_some(2, 1h).empty());
}

TEST(BoundedQueue, HandsSomeAtATimeOverOnceBetweenThreads) {
  BoundedQueue<int> queue(16);
  std::thread producer([&] {
    for (int i = 0; i < 10000; ++i) {
      while (!queue.try_push(i)) std::this_thread::yield();
    }
    queue.close();
  });
  int expected = 0;
  for (auto some = queue.pop_some(7, 5s); !some.empty(); some = queue.pop_some(7, 5s)) {
    EXPECT_LE(some.size(), 7U);
    for (const int item : some) EXPECT_EQ(item, expected++);
  }
  producer.join();
  EXPECT_EQ(expected, 10000);
}

TEST(BoundedQueue, HandsEveryItemOverOnceBetweenThreads) {
  BoundedQueue<int> queue(16);
  std::thread producer([&] {
    for (int i = 0; i < 10000; ++i) {
      while (!queue.try_push(i)) std::this_thread::yield();
    }
    queue.close();
  });
  int expected = 0;
  while (auto item = queue.pop(5s)) EXPECT_EQ(*item, expected++);
  producer.join();
  EXPECT_EQ(expected, 10000);
}

TEST(Files, AreReplacedAsAWholeAndKeptPrivate) {
  const auto path = scratch("durable");
  ASSERT_TRUE(write_file_durably(path, "one", FileMode::kPrivate));
  ASSERT_TRUE(write_file_durably(path, "two", FileMode::kPrivate));
  EXPECT_EQ(read_file(path), "two");
  EXPECT_EQ(std::filesystem::status(path).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  EXPECT_EQ(read_file(path, 2).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(read_file(path / "none").error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(read_file(scratch("absent")).error().code, ErrorCode::kNotFound);
}

TEST(Files, ALockIsHeldByOneAtATime) {
  const auto path = scratch("lock");
  auto first = lock_file(path);
  ASSERT_TRUE(first);
  EXPECT_EQ(lock_file(path).error().code, ErrorCode::kConflict);
  first->close();
  EXPECT_TRUE(lock_file(path));
}

TEST(Uuid, SurvivesItsTextAndRefusesOthers) {
  Random random(1);
  const Uuid uuid = Uuid::make(random);
  EXPECT_EQ(parse_uuid(to_text(uuid)), uuid);
  EXPECT_EQ(to_text(uuid)[14], '4');
  EXPECT_FALSE(parse_uuid("123"));
  EXPECT_FALSE(parse_uuid("zzzzzzzz-zzzz-4zzz-8zzz-zzzzzzzzzzzz"));
}

TEST(Metrics, CountInPrometheusText) {
  Metrics metrics;
  metrics.counter("samples_total", "Samples stored.", {{"edge", "a"}}).add(2);
  metrics.counter("samples_total", "Samples stored.", {{"edge", "a"}}).add(3);
  metrics.gauge("depth", "Depth.").set(4);
  const std::string text = metrics.render();
  EXPECT_NE(text.find("samples_total{edge=\"a\"} 5"), std::string::npos) << text;
  EXPECT_NE(text.find("depth 4"), std::string::npos) << text;
}

}  // namespace
}  // namespace millrace::base
