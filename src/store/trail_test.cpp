#include "store/trail.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "base/random.h"

namespace millrace::store {
namespace {

struct Row {
  base::Time time;
  Reading reading;
};

base::Time micro(std::int64_t us) { return base::Time(base::Duration(us)); }

std::vector<Row> rows_of(const Trail& trail, const TimeRange& range) {
  std::vector<Row> rows;
  trail.for_each(range, [&](base::Time time, const Reading& one) { rows.push_back({time, one}); });
  return rows;
}

void expect_same(const Row& got, const Row& added) {
  ASSERT_EQ(got.time, added.time);
  ASSERT_EQ(got.reading.is_usable, added.reading.is_usable);
  ASSERT_EQ(got.reading.is_bad, added.reading.is_bad);
  if (!added.reading.is_usable) return;
  ASSERT_EQ(got.reading.value, added.reading.value);
}

double any_value(base::Random& random, double& level) {
  constexpr double kOdd[] = {0.0,     -0.5,      1e300,
                             -1e-300, 0.1 + 0.2, 4503599627370497.0,
                             1e16,    3.0,       std::numeric_limits<double>::denorm_min()};
  switch (random.below(4)) {
    case 0:
      return kOdd[random.below(std::size(kOdd))];
    case 1:
      return random.normal();
    default:
      level += 0.01 * (static_cast<double>(random.below(11)) - 5);
      return std::round(level * 100) / 100;
  }
}

TEST(TrailTest, what_is_read_is_what_was_added) {
  const std::uint64_t seed = base::Random::from_system().next();
  SCOPED_TRACE(std::format("seed {}", seed));
  base::Random random(seed);
  for (int round = 0; round < 50; ++round) {
    Trail trail;
    std::vector<Row> added;
    double level = 50;
    std::int64_t time = static_cast<std::int64_t>(random.below(2)) * 1'772'000'000'000'000;
    for (auto n = random.below(1000) + 1; n > 0; --n) {
      time +=
          1 + static_cast<std::int64_t>(random.below(3) == 0 ? random.below(1U << 30) : 999'999);
      Reading one{any_value(random, level), true, false};
      if (random.below(10) == 0) one = {0, false, random.below(2) == 0};
      added.push_back({micro(time), one});
      trail.add(added.back().time, one);
    }
    const auto all = rows_of(trail, {base::Time::min(), base::Time::max()});
    ASSERT_EQ(all.size(), added.size());
    for (std::size_t i = 0; i < all.size(); ++i) expect_same(all[i], added[i]);
    const std::size_t first = random.below(added.size()),
                      last = first + random.below(added.size() - first);
    const TimeRange range{added[first].time, added[last].time};
    const auto some = rows_of(trail.part(range), range);
    ASSERT_EQ(some.size(), last - first);
    for (std::size_t i = 0; i < some.size(); ++i) expect_same(some[i], added[first + i]);
  }
}

TEST(TrailTest, a_walk_with_two_decimals_takes_few_bytes) {
  Trail walk, noise;
  base::Random random(1);
  double level = 50;
  for (int i = 0; i < 10'000; ++i) {
    level += 0.01 * (static_cast<double>(random.below(11)) - 5);
    walk.add(micro(i * 1'000'000LL), {std::round(level * 100) / 100, true, false});
    noise.add(micro(i * 1'000'000LL), {random.normal(), true, false});
  }
  EXPECT_LT(walk.bytes(), 10'000U * 5);
  EXPECT_LT(noise.bytes(), 10'000U * 20);
}

}  // namespace
}  // namespace millrace::store
