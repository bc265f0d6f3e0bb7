#include "connector/modbus/plan.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.h"

namespace millrace::modbus {
namespace {

std::vector<Address> addresses(std::initializer_list<const char*> texts) {
  std::vector<Address> all;
  for (const char* text : texts) {
    all.push_back(*parse_address(text));
    if (!all.back().unit) all.back().unit = 1;
  }
  return all;
}

TEST(ModbusPlan, JoinsNeighboursOfOneTableAndUnitOverSmallGapsOnly) {
  const auto all = addresses({"holding:20:f32", "holding:10", "holding:11:f32", "input:12",
                              "holding:14:unit=2", "holding:40", "coil:0", "coil:100", "coil:300"});
  const auto blocks = plan_blocks(all, {.gap_registers_max = 8});
  const std::vector<Block> expected = {
      {1, Table::kCoil, 0, 101, {6, 7}}, {1, Table::kCoil, 300, 1, {8}},
      {1, Table::kInput, 12, 1, {3}},    {1, Table::kHolding, 10, 12, {1, 2, 0}},
      {1, Table::kHolding, 40, 1, {5}},  {2, Table::kHolding, 14, 1, {4}}};
  EXPECT_EQ(blocks, expected);
}

TEST(ModbusPlan, NeverExceedsTheLimitsNorCutsAValueWhateverTheAddresses) {
  const std::uint64_t seed = base::Random::from_system().next();
  base::Random random(seed);
  const char* types[] = {"u16", "f32", "f64", "text:len=31"};
  for (int round = 0; round < 200; ++round) {
    std::vector<Address> all;
    for (int i = 0; i < 60; ++i) {
      const auto text = i % 5 ? std::format("{}:{}:{}", random.below(2) ? "input" : "holding",
                                            random.below(600), types[random.below(4)])
                              : std::format("coil:{}", random.below(6000));
      all.push_back(*parse_address(text));
      all.back().unit = static_cast<std::uint8_t>(random.below(2));
    }
    const PlanLimits limits{static_cast<std::uint32_t>(1 + random.below(125)),
                            static_cast<std::uint32_t>(1 + random.below(2000)),
                            static_cast<std::uint32_t>(random.below(20))};
    std::vector<int> seen(all.size(), 0);
    for (const Block& block : plan_blocks(all, limits)) {
      const bool is_bits = block.table == Table::kCoil;
      const std::uint32_t most = is_bits ? limits.bits_max : limits.registers_max;
      EXPECT_TRUE(block.count <= most || block.tags.size() == 1 ||
                  block.count == all[block.tags[0]].count())
          << seed;
      for (const std::size_t tag : block.tags) {
        ++seen[tag];
        EXPECT_GE(all[tag].number, block.first) << seed;
        EXPECT_LE(all[tag].end(), block.end()) << seed;
        EXPECT_TRUE(all[tag].table == block.table && all[tag].unit == block.unit) << seed;
      }
    }
    EXPECT_EQ(std::ranges::count(seen, 1), std::ssize(all)) << seed;
  }
}

TEST(ModbusPlan, SplitsAtGapsFirstThenInHalvesThenRangeByRange) {
  const auto all = addresses({"holding:10", "holding:11", "holding:12", "holding:20"});
  const auto whole = plan_blocks(all, {});
  ASSERT_EQ(whole.size(), 1U);
  const auto parts = split_block(whole[0], all);
  EXPECT_EQ(parts, (std::vector<Block>{{1, Table::kHolding, 10, 3, {0, 1, 2}},
                                       {1, Table::kHolding, 20, 1, {3}}}));
  const auto halves = split_block(parts[0], all);
  EXPECT_EQ(halves, (std::vector<Block>{{1, Table::kHolding, 10, 1, {0}},
                                        {1, Table::kHolding, 11, 2, {1, 2}}}));
  EXPECT_TRUE(split_block(halves[0], all).empty());
}

TEST(ModbusPlan, OverlappingValuesStayTogetherUntilNothingElseIsLeft) {
  const auto all =
      addresses({"holding:10:bit=0", "holding:10:bit=1", "holding:10:f32", "holding:12"});
  const auto whole = plan_blocks(all, {});
  ASSERT_EQ(whole.size(), 1U);
  const auto halves = split_block(whole[0], all);
  ASSERT_EQ(halves.size(), 2U);
  EXPECT_EQ(halves[0], (Block{1, Table::kHolding, 10, 2, {0, 1, 2}}));
  EXPECT_EQ(split_block(halves[0], all), (std::vector<Block>{{1, Table::kHolding, 10, 1, {0, 1}},
                                                             {1, Table::kHolding, 10, 2, {2}}}));
}

}  // namespace
}  // namespace millrace::modbus
