#include "codec/sparkplug_value.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace millrace::codec::sparkplug {
namespace {

using model::Value;

std::string bytes(std::initializer_list<int> values) {
  std::string out;
  for (const int value : values) out += static_cast<char>(value);
  return out;
}

void expect_array(DataType type, const Array& array, const std::string& wire) {
  const auto encoded = encode_array(type, array);
  ASSERT_TRUE(encoded);
  EXPECT_EQ(*encoded, wire) << static_cast<int>(type);
  EXPECT_EQ(decode_array(type, wire), array) << static_cast<int>(type);
}

// The examples of the standard, §6.4.16, with the corrections of sparkplug#435 and #523.
TEST(SparkplugArray, tck_id_payloads_metric_datatype_IntegersAreLittleEndian) {
  using Ints = std::vector<std::int64_t>;
  using Counts = std::vector<std::uint64_t>;
  expect_array(DataType::kInt8Array, Ints{-23, 123}, bytes({0xE9, 0x7B}));
  expect_array(DataType::kInt16Array, Ints{-30000, 30000}, bytes({0xD0, 0x8A, 0x30, 0x75}));
  expect_array(DataType::kInt32Array, Ints{-1, 315338746},
               bytes({0xFF, 0xFF, 0xFF, 0xFF, 0xFA, 0xAF, 0xCB, 0x12}));
  expect_array(DataType::kInt64Array, Ints{-4270929666821191986, -3601064768563266876},
               bytes({0xCE, 0x06, 0x72, 0xAC, 0x18, 0x9C, 0xBA, 0xC4, 0xC4, 0xBA, 0x9C, 0x18, 0xAC,
                      0x72, 0x06, 0xCE}));
  expect_array(DataType::kUInt8Array, Counts{23, 250}, bytes({0x17, 0xFA}));
  expect_array(DataType::kUInt16Array, Counts{30, 52360}, bytes({0x1E, 0x00, 0x88, 0xCC}));
  expect_array(DataType::kUInt32Array, Counts{52, 3293969225},
               bytes({0x34, 0, 0, 0, 0x49, 0xFB, 0x55, 0xC4}));
  expect_array(DataType::kUInt64Array, Counts{52, 16444743074749521625U},
               bytes({0x34, 0, 0, 0, 0, 0, 0, 0, 0xD9, 0x9E, 0x02, 0xD1, 0xB2, 0x76, 0x37, 0xE4}));
  expect_array(
      DataType::kDateTimeArray, Counts{1256102875335, 1656107875000},
      bytes({0xC7, 0xD0, 0x90, 0x75, 0x24, 0x01, 0, 0, 0xB8, 0xBA, 0xB8, 0x97, 0x81, 0x01, 0, 0}));
}

TEST(SparkplugArray, FloatsAreLittleEndianToo) {
  expect_array(DataType::kFloatArray, std::vector<double>{1.23F, 89.341F},
               bytes({0xA4, 0x70, 0x9D, 0x3F, 0x98, 0xAE, 0xB2, 0x42}));
  expect_array(DataType::kDoubleArray, std::vector<double>{12.354213, 1022.9123213},
               bytes({0xD7, 0xA2, 0x05, 0x68, 0x5B, 0xB5, 0x28, 0x40, 0x8E, 0x17, 0x1C, 0x6F, 0x4C,
                      0xF7, 0x8F, 0x40}));
}

TEST(SparkplugArray, BooleansAreCountedAndFillBytesFromTheTop) {
  expect_array(DataType::kBooleanArray,
               std::vector<bool>{false, false, true, true, false, true, false, false, true, true,
                                 false, true},
               bytes({0x0C, 0, 0, 0, 0x34, 0xD0}));
  expect_array(DataType::kBooleanArray, std::vector<bool>{}, bytes({0, 0, 0, 0}));
}

TEST(SparkplugArray, StringsEndWithNul) {
  expect_array(DataType::kStringArray, std::vector<std::string>{"ABC", "hello"},
               std::string("ABC\0hello\0", 10));
  expect_array(DataType::kStringArray, std::vector<std::string>{"", ""}, std::string("\0\0", 2));
}

TEST(SparkplugArray, TornOrUnfittingArraysAreErrors) {
  EXPECT_FALSE(decode_array(DataType::kInt16Array, "abc"));
  EXPECT_FALSE(decode_array(DataType::kDoubleArray, "1234567"));
  EXPECT_FALSE(decode_array(DataType::kBooleanArray, "abc"));
  EXPECT_FALSE(decode_array(DataType::kBooleanArray, bytes({0xFF, 0xFF, 0xFF, 0xFF, 0})));
  EXPECT_FALSE(decode_array(DataType::kStringArray, "no end"));
  EXPECT_FALSE(decode_array(DataType::kInt32, "1234"));
  EXPECT_FALSE(encode_array(DataType::kInt8Array, std::vector<std::int64_t>{128}));
  EXPECT_FALSE(encode_array(DataType::kUInt16Array, std::vector<std::uint64_t>{65536}));
  EXPECT_FALSE(encode_array(DataType::kUInt16Array, std::vector<double>{1}));
  EXPECT_FALSE(
      encode_array(DataType::kStringArray, std::vector<std::string>{std::string("a\0b", 3)}));
}

Value exact(const WireValue& wire, DataType type) {
  const TypedValue typed = to_value(wire, type);
  EXPECT_EQ(typed.fit, Fit::kExact);
  return typed.value;
}

TEST(SparkplugValue, NegativeSmallIntegersTravelAsTwosComplementInIntValue) {
  EXPECT_EQ(exact(WireValue::of_int(0xFFFFFFFF), DataType::kInt8), Value(std::int64_t{-1}));
  EXPECT_EQ(exact(WireValue::of_int(0xFF), DataType::kInt8), Value(std::int64_t{-1}));
  EXPECT_EQ(exact(WireValue::of_int(0xFFFF8000), DataType::kInt16), Value(std::int64_t{-32768}));
  EXPECT_EQ(exact(WireValue::of_int(0x8000), DataType::kInt16), Value(std::int64_t{-32768}));
  EXPECT_EQ(exact(WireValue::of_int(0x80000000), DataType::kInt32),
            Value(std::int64_t{std::numeric_limits<std::int32_t>::min()}));
  EXPECT_EQ(exact(WireValue::of_long(~0ULL), DataType::kInt64), Value(std::int64_t{-1}));
  EXPECT_EQ(exact(WireValue::of_int(127), DataType::kInt8), Value(std::int64_t{127}));
}

TEST(SparkplugValue, UnsignedIntegersKeepAllTheirBits) {
  EXPECT_EQ(exact(WireValue::of_int(0xFFFFFFFF), DataType::kUInt32),
            Value(std::uint64_t{0xFFFFFFFF}));
  EXPECT_EQ(exact(WireValue::of_long(~0ULL), DataType::kUInt64), Value(std::uint64_t{~0ULL}));
  EXPECT_EQ(exact(WireValue::of_long(1'700'000'000'000), DataType::kDateTime),
            Value(std::uint64_t{1'700'000'000'000}));
}

TEST(SparkplugValue, WhatASloppyPeerMeansIsTakenWhereNothingIsLost) {
  EXPECT_EQ(exact(WireValue::of_int(5), DataType::kInt64), Value(std::int64_t{5}));
  EXPECT_EQ(exact(WireValue::of_long(5), DataType::kUInt8), Value(std::uint64_t{5}));
  EXPECT_EQ(exact(WireValue::of_long(~0ULL), DataType::kInt16), Value(std::int64_t{-1}));
  EXPECT_EQ(exact(WireValue::of_int(1), DataType::kBoolean), Value(true));
  EXPECT_EQ(exact(WireValue::of_double(0.1), DataType::kFloat), Value(0.1));
}

TEST(SparkplugValue, AFloatIsWidenedExactlyAndNanIsData) {
  EXPECT_EQ(exact(WireValue::of_float(0.1F), DataType::kFloat), Value(double{0.1F}));
  const Value nan = exact(WireValue::of_double(std::nan("")), DataType::kDouble);
  EXPECT_TRUE(std::isnan(std::get<double>(nan)));
}

TEST(SparkplugValue, AWrongTypeIsMarkedAndNeverGuessed) {
  const std::pair<WireValue, DataType> wrong[] = {
      {WireValue::of_view(WireKind::kString, "5"), DataType::kInt32},
      {WireValue::of_double(5), DataType::kInt32},
      {WireValue::of_int(5), DataType::kDouble},
      {WireValue::of_int(300), DataType::kInt8},
      {WireValue::of_int(300), DataType::kUInt8},
      {WireValue::of_int(0xFFFFFFFF), DataType::kInt64},
      {WireValue::of_int(2), DataType::kBoolean},
      {WireValue::of_int(2), DataType::kString},
      {WireValue::of_view(WireKind::kString, "5"), DataType::kBytes},
      {WireValue{}, DataType::kInt32},
      {WireValue::of_int(2), DataType::kUnknown},
      {WireValue::of_int(2), DataType(99)},
      {WireValue::of_view(WireKind::kDataSet, ""), DataType::kDataSet},
  };
  for (const auto& [wire, type] : wrong) {
    EXPECT_EQ(to_value(wire, type).fit, Fit::kWrongType) << static_cast<int>(type);
  }
}

TEST(SparkplugValue, ATextThatIsNotUtf8StaysReadableAndIsMarked) {
  const TypedValue typed =
      to_value(WireValue::of_view(WireKind::kString, "a\xFF"), DataType::kText);
  EXPECT_EQ(typed.fit, Fit::kWrongType);
  EXPECT_EQ(typed.value, Value(std::string("a\xEF\xBF\xBD")));
}

TEST(SparkplugValue, EveryValueOfOursComesBackAsItWas) {
  const Value values[] = {Value(-0.0),
                          Value(std::numeric_limits<double>::denorm_min()),
                          Value(std::numeric_limits<std::int64_t>::min()),
                          Value(std::numeric_limits<std::uint64_t>::max()),
                          Value(true),
                          Value(std::string("\xE4\xB8\xAD")),
                          Value(model::Bytes{std::string("\0\xFF", 2)})};
  for (const Value& value : values) {
    const DataType type = data_type(*model::type_of(value));
    EXPECT_EQ(value_type(type), model::type_of(value));
    EXPECT_EQ(exact(to_wire(value), type), value);
  }
  EXPECT_EQ(to_wire(Value{}).kind, WireKind::kNone);
}

}  // namespace
}  // namespace millrace::codec::sparkplug
