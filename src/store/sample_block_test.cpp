#include "store/sample_block.h"

#include <gtest/gtest.h>

#include "store/series_store.h"

namespace millrace::store {
namespace {

constexpr model::SeriesId kBlockSeries{1};

TEST(SampleBlockTest, a_value_of_another_type_is_kept_where_that_is_exact_and_marked_where_not) {
  SampleBlock block;
  block.push(kBlockSeries, model::ValueType::kI64, {{}, 5.0, {}}, {});
  block.push(kBlockSeries, model::ValueType::kI64, {{}, 5.5, {}}, {});
  block.push(kBlockSeries, model::ValueType::kI64, {{}, std::string("five"), {}}, {});
  EXPECT_EQ(block.i64.value[0], 5);
  EXPECT_EQ(block.i64.present, (std::vector<std::uint8_t>{1, 0, 0}));
  EXPECT_TRUE(block.i64.quality[0].is_good());
  EXPECT_TRUE(block.i64.quality[1].has(model::Reason::kWrongType));
  EXPECT_EQ(block.size(), 3U);
}

TEST(AggregateTest, each_name_parses_back_and_others_do_not) {
  for (int i = 0; i <= static_cast<int>(Aggregate::kBadCount); ++i) {
    EXPECT_EQ(parse_aggregate(text(static_cast<Aggregate>(i))), static_cast<Aggregate>(i));
  }
  EXPECT_EQ(parse_aggregate("avrg"), std::nullopt);
}

}  // namespace
}  // namespace millrace::store
