#include "pipeline/write_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace millrace::pipeline {
namespace {

using namespace std::chrono_literals;
using base::ErrorCode;
using model::Value;

TEST(WriteQueue, HandsValuesOverInOrderAndTheAnswersBack) {
  WriteQueue queue;
  queue.open();
  std::vector<std::pair<std::uint32_t, Value>> seen;
  std::atomic<bool> is_done = false;
  std::thread source([&] {
    while (!is_done) {
      queue.rest(1s);
      queue.serve([&](std::uint32_t tag, const Value& value) -> base::Result<void> {
        seen.emplace_back(tag, value);
        if (tag == 2) return base::fail(ErrorCode::kForbidden, "no");
        return {};
      });
    }
  });
  EXPECT_TRUE(queue.write(1, 1.5, 5s));
  EXPECT_EQ(queue.write(2, true, 5s).error().code, ErrorCode::kForbidden);
  is_done = true;
  queue.close();
  source.join();
  EXPECT_EQ(seen, (std::vector<std::pair<std::uint32_t, Value>>{{1, 1.5}, {2, true}}));
}

TEST(WriteQueue, AWriteThatNobodyWaitsForAnyMoreIsNotDone) {
  WriteQueue queue;
  queue.open();
  EXPECT_EQ(queue.write(1, 1.5, 1ms).error().code, ErrorCode::kTimeout);
  queue.serve([&](std::uint32_t, const Value&) -> base::Result<void> {
    ADD_FAILURE() << "late";
    return {};
  });
}

TEST(WriteQueue, RefusesBeforeItIsOpenAndEndsThoseWhoWaitWhenItCloses) {
  WriteQueue queue;
  EXPECT_EQ(queue.write(1, 1.5, 1s).error().code, ErrorCode::kUnavailable);
  queue.open();
  std::thread closer([&] {
    queue.rest(5s);  // until the write is there
    queue.close();
  });
  EXPECT_EQ(queue.write(1, 1.5, 10s).error().code, ErrorCode::kUnavailable);
  closer.join();
  EXPECT_EQ(queue.write(1, 1.5, 1s).error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace millrace::pipeline
