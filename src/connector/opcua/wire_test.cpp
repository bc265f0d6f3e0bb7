#include "connector/opcua/wire.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/time_text.h"

namespace millrace::opcua {
namespace {

using model::Reason;
using model::Value;

const base::Time kNow = *base::parse_time("2026-03-04T05:06:07Z");

template <class T>
std::optional<Value> converted(T value, std::size_t type) {
  OwnedVariant variant;
  UA_Variant_setScalarCopy(&variant.value, &value, &UA_TYPES[type]);
  return to_value(variant.value);
}

TEST(Wire, EveryScalarKeepsItsValueInOneOfTheSixTypes) {
  EXPECT_EQ(converted(true, UA_TYPES_BOOLEAN), Value(true));
  EXPECT_EQ(converted(UA_SByte(-128), UA_TYPES_SBYTE), Value(std::int64_t{-128}));
  EXPECT_EQ(converted(UA_Byte(255), UA_TYPES_BYTE), Value(std::uint64_t{255}));
  EXPECT_EQ(converted(UA_Int16(-5), UA_TYPES_INT16), Value(std::int64_t{-5}));
  EXPECT_EQ(converted(UA_UInt16(65535), UA_TYPES_UINT16), Value(std::uint64_t{65535}));
  EXPECT_EQ(converted(UA_Int32(-7), UA_TYPES_INT32), Value(std::int64_t{-7}));
  EXPECT_EQ(converted(UA_UInt32(7), UA_TYPES_UINT32), Value(std::uint64_t{7}));
  const auto low = std::numeric_limits<std::int64_t>::min();
  const auto high = std::numeric_limits<std::uint64_t>::max();
  EXPECT_EQ(converted(low, UA_TYPES_INT64), Value(low));
  EXPECT_EQ(converted(high, UA_TYPES_UINT64), Value(high));
  EXPECT_EQ(converted(0.1F, UA_TYPES_FLOAT), Value(double{0.1F}));
  EXPECT_EQ(converted(0.1, UA_TYPES_DOUBLE), Value(0.1));
  EXPECT_EQ(converted(borrow("a"), UA_TYPES_STRING), Value(std::string("a")));
  EXPECT_EQ(converted(borrow("b"), UA_TYPES_BYTESTRING), Value(model::Bytes{"b"}));
  EXPECT_EQ(converted(UA_StatusCode(0x80310000U), UA_TYPES_STATUSCODE),
            Value(std::uint64_t{0x80310000U}));
  const UA_LocalizedText localized{borrow("de"), borrow("läuft")};
  EXPECT_EQ(converted(localized, UA_TYPES_LOCALIZEDTEXT), Value(std::string("läuft")));
  EXPECT_EQ(converted(UA_DateTime(to_date_time(kNow) + 5), UA_TYPES_DATETIME),
            Value(std::string("2026-03-04T05:06:07.0000005Z")));
}

TEST(Wire, TimesSurviveThereAndBackAlsoBefore1970) {
  for (const char* text : {"2026-03-04T05:06:07.123456Z", "1969-12-31T23:59:59.999999Z"}) {
    const base::Time time = *base::parse_time(text);
    EXPECT_EQ(to_time(to_date_time(time)), time);
    EXPECT_EQ(to_time(to_date_time(time) + 9), time) << "100 ns digits are cut downwards";
  }
}

TEST(Wire, ArraysStructuresAndGiantsAreMarkedUnsupported) {
  const double array[] = {1.0, 2.0};
  OwnedDataValue value;
  UA_Variant_setArrayCopy(&value.value.value, array, 2, &UA_TYPES[UA_TYPES_DOUBLE]);
  value.value.hasValue = true;
  const model::Sample sample = to_sample(value.value, kNow);
  EXPECT_EQ(sample.value.index(), 0U);
  EXPECT_TRUE(sample.quality.is_bad() && sample.quality.has(Reason::kUnsupportedType));
  EXPECT_EQ(converted(UA_Range{0, 1}, UA_TYPES_RANGE), std::nullopt);
  const std::string giant(model::kValueBytesMax + 1, 'x');
  EXPECT_EQ(converted(borrow(giant), UA_TYPES_STRING), std::nullopt);
}

TEST(Wire, AValueWithoutSourceTimeGetsTheTimeOfReadingAndSaysSo) {
  OwnedDataValue value;
  const double number = 4.5;
  UA_Variant_setScalarCopy(&value.value.value, &number, &UA_TYPES[UA_TYPES_DOUBLE]);
  value.value.hasValue = true;
  value.value.hasServerTimestamp = true;
  value.value.serverTimestamp = 1;
  const model::Sample sample = to_sample(value.value, kNow);
  EXPECT_EQ(sample.time, kNow);
  EXPECT_TRUE(sample.quality.has(Reason::kNoSourceTime));
  EXPECT_EQ(sample.value, Value(4.5));
}

TEST(Wire, NothingWithAGoodStatusIsAMissingValue) {
  OwnedDataValue value;
  value.value.hasSourceTimestamp = true;
  value.value.sourceTimestamp = to_date_time(kNow);
  const model::Sample sample = to_sample(value.value, kNow);
  EXPECT_TRUE(sample.quality.is_bad() && sample.quality.has(Reason::kMissingValue));
}

TEST(Wire, StatusBecomesQualityAndTheOverflowBitIsSeen) {
  OwnedDataValue value;
  const double number = 4.5;
  UA_Variant_setScalarCopy(&value.value.value, &number, &UA_TYPES[UA_TYPES_DOUBLE]);
  value.value.hasValue = value.value.hasStatus = true;
  value.value.status = 0x40920480U;  // uncertain, with the info bits of an overflow
  EXPECT_EQ(to_sample(value.value, kNow).quality.to_opcua(), 0x40920000U);
  EXPECT_TRUE(has_overflow(value.value));
  value.value.status = 0x40920000U;
  EXPECT_FALSE(has_overflow(value.value));
}

TEST(Wire, AValueIsWrittenAsTheVariablesTypeOrNotAtAll) {
  const auto written = [](const Value& value, std::size_t type) -> std::optional<Value> {
    const auto variant = to_variant(value, UA_TYPES[type]);
    if (!variant) return std::nullopt;
    EXPECT_EQ(variant->value.type, &UA_TYPES[type]);
    return to_value(variant->value);
  };
  EXPECT_EQ(written(5.0, UA_TYPES_INT16), Value(std::int64_t{5}));
  EXPECT_EQ(written(std::int64_t{255}, UA_TYPES_BYTE), Value(std::uint64_t{255}));
  EXPECT_EQ(written(std::int64_t{256}, UA_TYPES_BYTE), std::nullopt);
  EXPECT_EQ(written(std::int64_t{-1}, UA_TYPES_UINT64), std::nullopt);
  EXPECT_EQ(written(2.5, UA_TYPES_INT32), std::nullopt);
  EXPECT_EQ(written(0.1, UA_TYPES_FLOAT), Value(double{0.1F}));
  EXPECT_EQ(written(1e300, UA_TYPES_FLOAT), std::nullopt);
  EXPECT_EQ(written(std::uint64_t{7}, UA_TYPES_DOUBLE), Value(7.0));
  EXPECT_EQ(written(1.0, UA_TYPES_BOOLEAN), Value(true));
  EXPECT_EQ(written(std::string("on"), UA_TYPES_BOOLEAN), std::nullopt);
  EXPECT_EQ(written(std::string("on"), UA_TYPES_STRING), Value(std::string("on")));
  EXPECT_EQ(written(std::string("on"), UA_TYPES_LOCALIZEDTEXT), Value(std::string("on")));
  EXPECT_EQ(written(model::Bytes{"b"}, UA_TYPES_BYTESTRING), Value(model::Bytes{"b"}));
  EXPECT_EQ(written(Value{}, UA_TYPES_DOUBLE), std::nullopt);
  EXPECT_EQ(to_variant(1.0, UA_TYPES[UA_TYPES_RANGE]).error().code, base::ErrorCode::kUnsupported);
}

TEST(Wire, ASampleSurvivesTheWayThereAndBack) {
  const auto bad = model::Quality::from_opcua(0x80310000U);
  const std::vector<model::Sample> samples = {
      {kNow, 1.5, {}},   {kNow, std::int64_t{-1}, {}}, {kNow, std::uint64_t{1}, {}},
      {kNow, false, {}}, {kNow, std::string("x"), {}}, {kNow, model::Bytes{"y"}, {}},
      {kNow, {}, bad}};
  for (const model::Sample& sample : samples) {
    EXPECT_EQ(to_sample(to_data_value(sample).value, kNow + std::chrono::seconds(1)), sample);
  }
}

}  // namespace
}  // namespace millrace::opcua
