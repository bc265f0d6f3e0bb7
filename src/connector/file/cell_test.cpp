#include "connector/file/cell.h"

#include <gtest/gtest.h>

namespace millrace::connector::file {
namespace {

using model::Reason;
using model::Value;
using model::ValueType;

const CellFormat kPlain{'.', {"", "NA", "-999"}};

TEST(Cell, ReadsNumbersExactly) {
  EXPECT_EQ(read_cell(" 12.5 ", ValueType::kF64, kPlain).value, Value(12.5));
  EXPECT_EQ(read_cell("+1e3", ValueType::kF64, kPlain).value, Value(1000.0));
  EXPECT_EQ(read_cell("1,25", ValueType::kF64, {',', {}}).value, Value(1.25));
  EXPECT_EQ(read_cell("-7", ValueType::kI64, kPlain).value, Value(std::int64_t{-7}));
  EXPECT_EQ(read_cell("7.0", ValueType::kI64, kPlain).value, Value(std::int64_t{7}));
  EXPECT_EQ(read_cell("18446744073709551615", ValueType::kU64, kPlain).value,
            Value(std::uint64_t{18446744073709551615U}));
  EXPECT_EQ(read_cell("1.0", ValueType::kBool, kPlain).value, Value(true));
  EXPECT_EQ(read_cell("No", ValueType::kBool, kPlain).value, Value(false));
  EXPECT_EQ(read_cell(" as it is ", ValueType::kText, kPlain).value,
            Value(std::string(" as it is ")));
}

TEST(Cell, MarksWhatIsNoValueOfItsType) {
  const std::tuple<const char*, ValueType, CellFault, Reason> cases[] = {
      {"abc", ValueType::kF64, CellFault::kWrongType, Reason::kWrongType},
      {"1.5 kW", ValueType::kF64, CellFault::kWrongType, Reason::kWrongType},
      {"1,5", ValueType::kF64, CellFault::kWrongType, Reason::kWrongType},
      {"inf", ValueType::kF64, CellFault::kNotFinite, Reason::kNotFinite},
      {"nan", ValueType::kF64, CellFault::kNotFinite, Reason::kNotFinite},
      {"1e999", ValueType::kF64, CellFault::kTooLarge, Reason::kOutOfRange},
      {"1.5", ValueType::kI64, CellFault::kWrongType, Reason::kWrongType},
      {"9223372036854775808", ValueType::kI64, CellFault::kTooLarge, Reason::kOutOfRange},
      {"-1", ValueType::kU64, CellFault::kWrongType, Reason::kWrongType},
      {"2", ValueType::kBool, CellFault::kWrongType, Reason::kWrongType},
      {"\xFF", ValueType::kText, CellFault::kWrongType, Reason::kWrongType},
      {" NA ", ValueType::kF64, CellFault::kEmpty, Reason::kMissingValue},
      {"-999", ValueType::kF64, CellFault::kEmpty, Reason::kMissingValue},
      {"", ValueType::kText, CellFault::kEmpty, Reason::kMissingValue},
  };
  for (const auto& [text, type, fault, reason] : cases) {
    const Cell cell = read_cell(text, type, kPlain);
    EXPECT_EQ(cell.value.index(), 0U) << text;
    EXPECT_EQ(cell.fault, fault) << text;
    EXPECT_TRUE(cell.quality.is_bad() && cell.quality.has(reason)) << text;
  }
}

}  // namespace
}  // namespace millrace::connector::file
