#include "store/present_series.h"

#include <gtest/gtest.h>

namespace millrace::store {
namespace {

using model::Series;
using model::SeriesId;
using model::ValueType;

Series series(int id, const std::string& property, ValueType type) {
  return {.id = SeriesId(id), .thing = "pump", .property = property, .type = type};
}

/// Series 1 has a newer sample than 2, and 3 has none.
std::optional<base::Time> last_time(SeriesId id) {
  if (number(id) > 2) return std::nullopt;
  return base::Time(std::chrono::seconds(10 - number(id)));
}

TEST(PresentSeries, is_the_one_of_the_models_type_whatever_is_newer) {
  const std::vector<Series> flow{series(2, "flow", ValueType::kF64),
                                 series(1, "flow", ValueType::kI64),
                                 series(3, "flow", ValueType::kText)};
  EXPECT_EQ(number(present_series(flow, "flow", ValueType::kF64, last_time)->id), 2);
  EXPECT_EQ(number(present_series(flow, "flow", ValueType::kText, last_time)->id), 3);
  EXPECT_EQ(number(present_series(flow, "flow", ValueType::kBool, last_time)->id), 1)
      << "nothing came in that type";
  EXPECT_EQ(number(present_series(flow, "flow", std::nullopt, last_time)->id), 1);
  EXPECT_EQ(present_series(flow, "head", std::nullopt, last_time), std::nullopt);
}

TEST(PresentSeries, of_those_without_samples_is_the_newest) {
  const auto never = [](SeriesId) { return std::optional<base::Time>(); };
  const std::vector<Series> flow{series(2, "flow", ValueType::kF64),
                                 series(7, "flow", ValueType::kI64),
                                 series(3, "flow", ValueType::kText)};
  EXPECT_EQ(number(present_series(flow, "flow", std::nullopt, never)->id), 7);
}

TEST(PresentSeries, of_a_thing_each_property_has_one) {
  const auto type_of = [](std::string_view, std::string_view property) {
    return property == "flow" ? std::optional(ValueType::kF64) : std::nullopt;
  };
  const auto present =
      present_series_of({series(2, "flow", ValueType::kF64), series(1, "flow", ValueType::kI64),
                         series(9, "head", ValueType::kF64), series(2, "speed", ValueType::kF64),
                         series(1, "speed", ValueType::kI64)},
                        type_of, last_time);
  std::vector<int> ids;
  for (const Series& one : present) ids.push_back(static_cast<int>(number(one.id)));
  EXPECT_EQ(ids, (std::vector<int>{2, 9, 1}));
}

}  // namespace
}  // namespace millrace::store
