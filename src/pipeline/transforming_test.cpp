#include "pipeline/transforming.h"

#include <gtest/gtest.h>

namespace millrace::pipeline {
namespace {

using model::Reason;
using model::Transform;
using model::Value;
using model::ValueType;

model::Sample raw(Value value) { return {base::Time{}, std::move(value), {}}; }

TEST(TransformingTest, ANumberIsScaledAndShiftedIntoTheTypeOfTheProperty) {
  const Transform kelvin_tenths{.factor = 0.1, .offset = -273.15};
  EXPECT_NEAR(std::get<double>(transformed(kelvin_tenths, raw(std::int64_t{2981})).value), 24.95,
              1e-12);
  const Transform count{.factor = 0.5, .type = ValueType::kI64};
  EXPECT_EQ(transformed(count, raw(std::int64_t{7})).value, Value(std::int64_t{4}));
}

TEST(TransformingTest, ATableNamesTheStates) {
  const Transform states{.values = {{"0", "false"}, {"1", "true"}}, .type = ValueType::kBool};
  EXPECT_EQ(transformed(states, raw(std::int64_t{1})).value, Value(true));
  const auto unknown = transformed(states, raw(std::int64_t{2}));
  EXPECT_EQ(unknown.value, Value(std::int64_t{2}));
  EXPECT_TRUE(unknown.quality.has(Reason::kWrongType));
}

TEST(TransformingTest, WhatCannotBeScaledIsKeptAndMarked) {
  const auto text = transformed({.factor = 2}, raw(std::string("stuck")));
  EXPECT_EQ(text.value, Value(std::string("stuck")));
  EXPECT_TRUE(text.quality.has(Reason::kWrongType));
  const Transform narrow{.factor = 1e30, .type = ValueType::kI64};
  EXPECT_TRUE(transformed(narrow, raw(1.0)).quality.has(Reason::kWrongType));
  EXPECT_TRUE(transformed({.factor = 2}, raw({})).quality.is_good());
}

TEST(TransformingTest, WritingGoesTheOtherWay) {
  const Transform kelvin_tenths{.factor = 0.1, .offset = -273.15};
  EXPECT_NEAR(std::get<double>(*untransformed(kelvin_tenths, Value(24.95))), 2981.0, 1e-9);
  EXPECT_EQ(untransformed({.factor = 0.1}, Value(12.3)), Value(123.0));
  EXPECT_EQ(untransformed({.factor = 0.1}, Value(12.34)), Value(12.34 / 0.1));
  EXPECT_EQ(untransformed({.factor = 2}, Value(1e-12)), Value(5e-13)) << "small is not whole";
  const Transform states{.values = {{"0", "off"}, {"1", "on"}}, .type = ValueType::kText};
  EXPECT_EQ(untransformed(states, Value(std::string("on"))), Value(std::string("1")));
  EXPECT_FALSE(untransformed(states, Value(std::string("open"))));
  EXPECT_FALSE(untransformed(kelvin_tenths, Value(std::string("warm"))));
}

}  // namespace
}  // namespace millrace::pipeline
