#include "connector/sparkplug/alias_table.h"

#include <gtest/gtest.h>

namespace millrace::connector::sparkplug {
namespace {

using Place = AliasTable::Place;

constexpr std::uint64_t kAliases[] = {0, 1, 16, 16'383, 16'384, 1'000'000, UINT64_MAX};

TEST(AliasTable, FindsSmallAndLargeAliasesAndNothingBetweenThem) {
  AliasTable table;
  std::uint32_t metric = 0;
  for (const std::uint64_t alias : kAliases) table.put(alias, {7, metric++});
  metric = 0;
  for (const std::uint64_t alias : kAliases) {
    ASSERT_NE(table.find(alias), nullptr) << alias;
    EXPECT_EQ(*table.find(alias), (Place{7, metric++}));
  }
  for (const std::uint64_t alias : {2ULL, 15ULL, 17ULL, 16'382ULL, 16'385ULL, UINT64_MAX - 1ULL}) {
    EXPECT_EQ(table.find(alias), nullptr) << alias;
  }
}

TEST(AliasTable, TheLastMeaningOfAnAliasCounts) {
  AliasTable table;
  for (const std::uint64_t alias : kAliases) {
    table.put(alias, {0, 1});
    table.put(alias, {2, 3});
    EXPECT_EQ(*table.find(alias), (Place{2, 3}));
  }
}

TEST(AliasTable, ForgetsTheAliasesOfOneDeviceAlone) {
  AliasTable table;
  for (const std::uint64_t alias : {16ULL, 20'000ULL}) table.put(alias, {0, 0});
  for (const std::uint64_t alias : {17ULL, 20'001ULL}) table.put(alias, {1, 0});
  table.erase_device(0);
  EXPECT_EQ(table.find(16), nullptr);
  EXPECT_EQ(table.find(20'000), nullptr);
  EXPECT_EQ(*table.find(17), (Place{1, 0}));
  EXPECT_EQ(*table.find(20'001), (Place{1, 0}));
  table.clear();
  EXPECT_EQ(table.find(17), nullptr);
  EXPECT_EQ(table.find(20'001), nullptr);
}

}  // namespace
}  // namespace millrace::connector::sparkplug
