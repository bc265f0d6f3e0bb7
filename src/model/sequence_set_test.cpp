#include "model/sequence_set.h"

#include <gtest/gtest.h>

#include <set>

#include "base/random.h"

namespace millrace::model {
namespace {

SequenceRange range(std::uint64_t from, std::uint64_t to) { return {Sequence(from), Sequence(to)}; }

TEST(SequenceSet, HasAWatermarkOnlyFromOneOn) {
  SequenceSet set;
  EXPECT_TRUE(set.add(range(5, 7)));
  EXPECT_EQ(number(set.acked_to()), 0U);
  EXPECT_TRUE(set.add(range(1, 3)));
  EXPECT_EQ(number(set.acked_to()), 3U);
  EXPECT_EQ(set.ranges_above(), (std::vector{range(5, 7)}));
  EXPECT_TRUE(set.add(range(4, 4)));
  EXPECT_EQ(number(set.acked_to()), 7U);
  EXPECT_FALSE(set.add(range(2, 6)));
}

TEST(SequenceSet, AgreesWithAPlainSetUnderRandomUse) {
  base::Random random(42);
  SequenceSet set;
  std::set<std::uint64_t> plain;
  for (int step = 0; step < 5000; ++step) {
    const std::uint64_t from = 1 + random.below(200), to = from + random.below(9);
    const bool adding = random.below(3) > 0;
    if (adding) {
      set.add(range(from, to));
    } else {
      set.remove(range(from, to));
    }
    for (std::uint64_t s = from; s <= to; ++s)
      adding ? void(plain.insert(s)) : void(plain.erase(s));
    std::uint64_t members = 0;
    for (const SequenceRange& part : set.ranges()) members += count(part);
    ASSERT_EQ(members, plain.size());
    const std::uint64_t probe = 1 + random.below(210);
    ASSERT_EQ(set.contains(Sequence(probe)), plain.contains(probe));
    std::uint64_t missing = 0;
    for (const SequenceRange& part : set.missing(range(1, 210))) missing += count(part);
    ASSERT_EQ(missing, 210 - plain.size());
  }
}

TEST(SequenceSet, FindsTheNextOneThatItHolds) {
  SequenceSet set;
  set.add({Sequence(3), Sequence(5)});
  set.add({Sequence(9), Sequence(9)});
  EXPECT_EQ(set.first_present(Sequence(0)), Sequence(3));
  EXPECT_EQ(set.first_present(Sequence(4)), Sequence(4));
  EXPECT_EQ(set.first_present(Sequence(6)), Sequence(9));
  EXPECT_EQ(set.first_present(Sequence(10)), std::nullopt);
}

}  // namespace
}  // namespace millrace::model
