#include "model/value.h"

#include <gtest/gtest.h>

#include <limits>

namespace millrace::model {
namespace {

TEST(Value, TypesKeepTheirStoredNumbersAndNames) {
  EXPECT_EQ(static_cast<int>(ValueType::kBytes), 6);
  for (const char* name : {"f64", "i64", "u64", "bool", "text", "bytes"}) {
    EXPECT_EQ(text(parse_value_type(name).value()), name);
  }
  EXPECT_FALSE(parse_value_type("float"));
  EXPECT_EQ(type_of(Value(Bytes{"x"})), ValueType::kBytes);
  EXPECT_EQ(type_of(Value()), std::nullopt);
}

TEST(Value, ConvertsOnlyWhereNothingIsLost) {
  EXPECT_EQ(convert_exactly(std::int64_t{5}, ValueType::kF64), Value(5.0));
  EXPECT_EQ(convert_exactly(5.0, ValueType::kI64), Value(std::int64_t{5}));
  EXPECT_EQ(convert_exactly(true, ValueType::kU64), Value(std::uint64_t{1}));
  EXPECT_EQ(convert_exactly(5.5, ValueType::kI64), std::nullopt);
  EXPECT_EQ(convert_exactly(std::int64_t{-1}, ValueType::kU64), std::nullopt);
  EXPECT_EQ(convert_exactly(std::numeric_limits<std::uint64_t>::max(), ValueType::kF64),
            std::nullopt);
  EXPECT_EQ(convert_exactly(std::numeric_limits<std::int64_t>::min(), ValueType::kF64),
            std::nullopt);
  EXPECT_EQ(convert_exactly(std::numeric_limits<double>::quiet_NaN(), ValueType::kI64),
            std::nullopt);
  EXPECT_EQ(convert_exactly(std::string("1"), ValueType::kF64), std::nullopt);
  EXPECT_EQ(convert_exactly(2.0, ValueType::kBool), std::nullopt);
}

}  // namespace
}  // namespace millrace::model
