#include "store/series_index.h"

#include <gtest/gtest.h>

namespace millrace::store {
namespace {

using model::BatchProperty;
using model::SeriesId;
using model::ValueType;
using Ids = std::vector<std::optional<SeriesId>>;

model::Series series(std::int32_t id, std::string thing, std::string property,
                     ValueType type = ValueType::kF64) {
  model::Series made;
  made.id = SeriesId(id);
  made.thing = std::move(thing);
  made.property = std::move(property);
  made.type = type;
  return made;
}

SeriesIndex two_things() {
  return SeriesIndex({series(1, "pump", "flow"), series(2, "fan", "flow"),
                      series(3, "pump", "head"), series(4, "pump", "state", ValueType::kText),
                      series(5, "pump", "flow", ValueType::kI64)});
}

TEST(SeriesIndex, FindsManyInTheOrderInWhichTheyWerePut) {
  const SeriesIndex index = two_things();
  EXPECT_EQ(index.find_all("pump", {{"flow", ValueType::kF64, ""},
                                    {"head", ValueType::kF64, ""},
                                    {"state", ValueType::kText, ""},
                                    {"flow", ValueType::kI64, ""}}),
            (Ids{SeriesId(1), SeriesId(3), SeriesId(4), SeriesId(5)}));
}

TEST(SeriesIndex, FindsManyInAnyOrderAndEachAsOftenAsItIsAsked) {
  const SeriesIndex index = two_things();
  EXPECT_EQ(index.find_all("pump", {{"flow", ValueType::kI64, ""},
                                    {"head", ValueType::kF64, ""},
                                    {"head", ValueType::kF64, ""},
                                    {"flow", ValueType::kF64, ""}}),
            (Ids{SeriesId(5), SeriesId(3), SeriesId(3), SeriesId(1)}));
}

TEST(SeriesIndex, LeavesAGapForWhatItDoesNotKnow) {
  const SeriesIndex index = two_things();
  EXPECT_EQ(index.find_all("pump", {{"flow", ValueType::kF64, ""},
                                    {"head", ValueType::kI64, ""},
                                    {"speed", ValueType::kF64, ""},
                                    {"head", ValueType::kF64, ""}}),
            (Ids{SeriesId(1), std::nullopt, std::nullopt, SeriesId(3)}));
  EXPECT_EQ(index.find_all("valve", {{"flow", ValueType::kF64, ""}}), Ids{std::nullopt});
  EXPECT_EQ(index.find_all("pump", {}), Ids{});
}

TEST(SeriesIndex, FindsOneByOneWhatItFindsTogether) {
  const SeriesIndex index = two_things();
  for (const model::Series& one : index.all()) {
    const Ids expected{one.id};
    EXPECT_EQ(index.find_all(one.thing, {{one.property, one.type, ""}}), expected);
    EXPECT_EQ(index.find(one.thing, one.property, one.type), one.id);
  }
}

TEST(SeriesIndex, ForgetsWhatACommitThatFailedHadAdded) {
  SeriesIndex index = two_things();
  const std::vector<BatchProperty> wanted = {{"flow", ValueType::kF64, ""},
                                             {"head", ValueType::kF64, ""},
                                             {"state", ValueType::kText, ""}};
  index.drop_from(SeriesId(3));
  EXPECT_EQ(index.find_all("pump", wanted), (Ids{SeriesId(1), std::nullopt, std::nullopt}));
  index.put(series(3, "pump", "state", ValueType::kText));
  EXPECT_EQ(index.find_all("pump", wanted), (Ids{SeriesId(1), std::nullopt, SeriesId(3)}));
  index.drop_from(SeriesId(1));
  EXPECT_EQ(index.find_all("pump", wanted), Ids(3));
  EXPECT_TRUE(index.things("", 10).empty());
}

}  // namespace
}  // namespace millrace::store
