#include "fleet/origin_book.h"

#include <gtest/gtest.h>

namespace millrace::fleet {
namespace {

using namespace std::chrono_literals;
using pipeline::OriginKind;

constexpr base::Time kStart{std::chrono::seconds(1'800'000'000)};

pipeline::BatchArrived batch(std::size_t samples, base::Time made, base::Time received) {
  pipeline::BatchArrived arrived{.origin = "edge-1", .received = received};
  arrived.position = pipeline::Position{};
  arrived.batch.made.wall = made;
  arrived.batch.samples.resize(samples);
  return arrived;
}

TEST(OriginBook, CountsStoredSamplesOverTheLastTenSeconds) {
  base::ManualClock clock(kStart);
  OriginBook book(clock, {}, {});
  for (int second = 0; second < 10; ++second) {
    book.note(batch(50, clock.now(), clock.now()), true);
    book.note(batch(50, clock.now(), clock.now()), false);
    clock.advance(1s);
  }
  EXPECT_DOUBLE_EQ(book.origins().at(0).samples_per_second, 50);
  clock.advance(20s);
  EXPECT_DOUBLE_EQ(book.origins().at(0).samples_per_second, 0);
}

TEST(OriginBook, EstimatesTheClockFromTheFastestMessage) {
  base::ManualClock clock(kStart);
  OriginBook book(clock, {}, {});
  book.note(batch(1, kStart - 7s, kStart + 300ms), true);  // 300 ms on the way, clock 7 s behind
  book.note(batch(1, kStart - 6s, kStart + 1s + 2ms), true);
  EXPECT_EQ(book.origins().at(0).clock_offset, base::Duration(-7s - 2ms));
}

TEST(OriginBook, RemembersSinceWhenAnOriginIsAsItIs) {
  base::ManualClock clock(kStart);
  OriginBook book(clock, {}, {});
  book.note(pipeline::OriginUp{.origin = "a", .received = kStart}, true);
  book.note(pipeline::OriginUp{.origin = "a", .received = kStart + 5s}, true);  // a rebirth
  EXPECT_EQ(book.origins().at(0).since, kStart);
  book.note(pipeline::OriginDown{.origin = "a", .received = kStart + 9s}, true);
  EXPECT_FALSE(book.origins().at(0).is_connected);
  EXPECT_EQ(book.origins().at(0).since, kStart + 9s);
}

TEST(OriginBook, KnowsWhichThingsAreDownWhileTheirOriginIsThere) {
  base::ManualClock clock(kStart);
  OriginBook book(clock, {}, {});
  book.note(pipeline::OriginUp{.origin = "a", .received = kStart}, true);
  book.note(pipeline::ThingDown{"a", "pump", kStart + 1s, kStart + 2s}, true);
  book.note(pipeline::ThingDown{"a", "fan", kStart + 3s, kStart + 4s}, true);
  EXPECT_EQ(book.origins().at(0).things_down.at("pump"), kStart + 1s);
  book.note(pipeline::ThingUp{"a", "pump", {}}, true);
  EXPECT_FALSE(book.origins().at(0).things_down.contains("pump"));
  EXPECT_TRUE(book.origins().at(0).things_down.contains("fan"));
  book.note(pipeline::OriginUp{.origin = "a", .received = kStart + 5s}, true);  // born again
  EXPECT_TRUE(book.origins().at(0).things_down.empty());
}

TEST(OriginBook, StartsFromWhatTheStoreRemembers) {
  base::ManualClock clock(kStart);
  store::DeliveryState state{.origin = "edge-1", .updated = kStart};
  state.committed.add({model::Sequence(1), model::Sequence(9)});
  state.committed.add({model::Sequence(12), model::Sequence(13)});
  const store::LossInterval loss{
      .origin = "edge-1", .range = {model::Sequence(2), model::Sequence(4)}, .samples = 30};
  OriginBook book(clock, {state}, {loss});
  const auto snapshot = book.origins().at(0);
  EXPECT_EQ(snapshot.kind, OriginKind::kMillrace);
  EXPECT_EQ(snapshot.acked_to, 9U);
  EXPECT_EQ(snapshot.committed_above, 2U);
  EXPECT_EQ(snapshot.losses.batches, 3U);
  EXPECT_EQ(snapshot.losses.samples, 30U);
}

}  // namespace
}  // namespace millrace::fleet
