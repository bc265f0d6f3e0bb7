#pragma once

// Which sample every SeriesStore takes for the newest. Joined like the suite it builds on.

#include "contract/series_store_suite.h"

namespace millrace::store::contract {

class SeriesStoreNewest : public SeriesStoreContract {};

/// As it came at `received`, of a clock that was `ahead` (behind: negative).
inline Commit arrived(model::SeriesId id, base::Time received, base::Duration ahead, double value) {
  Commit commit;
  commit.samples.push(id, ValueType::kF64, {received + ahead, value, {}}, received);
  return commit;
}

TEST_P(SeriesStoreNewest, a_clock_that_was_ahead_does_not_hold_the_newest_sample) {
  const auto swapped = define(ValueType::kF64), set_back = define(ValueType::kF64),
             backlog = define(ValueType::kF64);
  const auto value = [&](model::SeriesId id) {
    return std::get<double>(store_->last_value(id)->sample.value);
  };
  for (int i = 0; i < 5; ++i) {
    for (const auto id : {swapped, set_back, backlog}) {
      ASSERT_TRUE(store_->commit(arrived(id, kNow - 4h + i * 1s, 3h, i)));
    }
    // What the same clock took before, on its way for longer.
    ASSERT_TRUE(store_->commit(arrived(backlog, kNow - 4h + i * 1s + 100ms, 1h, -1)));
  }
  EXPECT_EQ(value(swapped), 4);
  EXPECT_EQ(value(backlog), 4);
  for (int i = 60; i < 360; ++i) {
    ASSERT_TRUE(store_->commit(arrived(swapped, kNow - 4h + i * 1s, -50ms, i)));
    ASSERT_EQ(value(swapped), i) << "by another clock";
    if (i % 10 != 0) continue;
    ASSERT_TRUE(store_->commit(arrived(set_back, kNow - 4h + i * 1s, 2h, i)));
    ASSERT_EQ(value(set_back), i) << "by a clock that was set back and is still ahead";
  }
  ASSERT_TRUE(store_->commit(arrived(swapped, kNow - 4h + 360s, -1h, -1)));
  const auto check = [&] {
    EXPECT_EQ(value(swapped), 359) << "what was late is not the newest";
    EXPECT_EQ(value(set_back), 350);
    EXPECT_EQ(value(backlog), 4);
    EXPECT_EQ(all(swapped).size(), 306U);
    EXPECT_EQ(all(swapped).back().value, model::Value(4.0)) << "the order of time stays";
  };
  check();
  kill_and_reopen();
  check();
  seal();
  check();
  kill_and_reopen();
  check();
}

}  // namespace millrace::store::contract
