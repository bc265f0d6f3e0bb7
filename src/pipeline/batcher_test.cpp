#include "pipeline/batcher.h"

#include <gtest/gtest.h>

namespace millrace::pipeline {
namespace {

using model::Sample;
using namespace std::chrono_literals;

constexpr base::Time kStart{std::chrono::seconds(1'800'000'000)};
constexpr base::MonotonicTime kZero{};

TEST(Batcher, ClosesABatchWhenItIsFullOrOld) {
  Batcher batcher({.samples_max = 3, .bytes_max = 100, .age_max = 1s});
  for (int i = 0; i < 4; ++i) {
    batcher.add("pump-1", {"flow"}, {kStart + std::chrono::seconds(i), double(i), {}}, kZero);
  }
  auto batches = batcher.take(kZero, {});
  ASSERT_EQ(batches.size(), 1U);
  EXPECT_EQ(batches[0].samples.size(), 3U);
  EXPECT_EQ(batcher.due(), kZero + 1s);
  EXPECT_TRUE(batcher.take(kZero + 999ms, {}).empty());
  batches = batcher.take(kZero + 1s, {.wall = kStart});
  ASSERT_EQ(batches.size(), 1U);
  EXPECT_EQ(batches[0].made.wall, kStart);
  EXPECT_EQ(batcher.due(), std::nullopt);
}

TEST(Batcher, KeepsOrderAndSharesPropertiesInsideAThing) {
  Batcher batcher({});
  batcher.add("a", {"x"}, {kStart, 1.0, {}}, kZero);
  batcher.add("b", {"x"}, {kStart, 2.0, {}}, kZero);
  batcher.add("a", {"y", model::ValueType::kText}, {kStart, std::string("on"), {}}, kZero);
  batcher.add("a", {"x"}, {kStart + 1s, 3.0, {}}, kZero);
  const auto batches = batcher.take(kZero, {}, true);
  ASSERT_EQ(batches.size(), 2U);
  EXPECT_EQ(batches[0].properties.size(), 2U);
  EXPECT_EQ(batches[0].samples[2].property, 0);
  EXPECT_EQ(batches[0].samples[2].sample.value, model::Value(3.0));
}

TEST(Batcher, ABatchIsOpenUntilItIsFullOrTaken) {
  Batcher batcher({.samples_max = 2});
  const auto first = batcher.add("a", {"x"}, {kStart, 1.0, {}}, kZero);
  EXPECT_TRUE(batcher.is_open("a", first));
  EXPECT_EQ(batcher.add("a", {"x"}, {kStart + 1s, 2.0, {}}, kZero), first);
  EXPECT_FALSE(batcher.is_open("a", first));
  const auto second = batcher.add("a", {"x"}, {kStart + 2s, 3.0, {}}, kZero);
  EXPECT_NE(second, first);
  EXPECT_FALSE(batcher.is_open("a", first));
  batcher.take(kZero, {}, true);
  EXPECT_FALSE(batcher.is_open("a", second));
}

TEST(Batcher, LargeTextClosesABatch) {
  Batcher batcher({.bytes_max = 10});
  batcher.add("a", {"note", model::ValueType::kText}, {kStart, std::string(11, 'x'), {}}, kZero);
  EXPECT_EQ(batcher.take(kZero, {}).size(), 1U);
}

}  // namespace
}  // namespace millrace::pipeline
