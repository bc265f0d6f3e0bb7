#include "codec/sparkplug.h"

#include <gtest/gtest.h>

#include <limits>

#include "base/random.h"

namespace millrace::codec::sparkplug {
namespace {

std::string encoded(const Payload& payload) {
  std::string bytes;
  encode(payload, bytes);
  return bytes;
}

Payload with_metric(Metric metric) {
  Payload payload;
  payload.metrics.push_back(std::move(metric));
  return payload;
}

// One metric by hand, from the field numbers of the schema.
const std::string kByHand(
    "\x08\x01"                              // timestamp = 1
    "\x12\x14"                              // metric, 20 bytes
    "\x0a\x01\x61"                          // name = "a"
    "\x10\x05"                              // alias = 5
    "\x18\x02"                              // timestamp = 2
    "\x20\x0a"                              // datatype = Double
    "\x28\x01"                              // is_historical
    "\x69\x00\x00\x00\x00\x00\x00\xf8\x3f"  // double_value = 1.5
    "\x18\x07"                              // seq = 7
    "\x2a\x02hi",                           // body
    30);

TEST(SparkplugPayload, IsReadByFieldNumber) {
  Payload payload;
  ASSERT_TRUE(decode(kByHand, payload));
  EXPECT_EQ(payload.timestamp_ms, 1U);
  EXPECT_EQ(payload.seq, 7U);
  EXPECT_EQ(payload.body, "hi");
  ASSERT_EQ(payload.metrics.size(), 1U);
  const Metric& metric = payload.metrics.front();
  EXPECT_EQ(metric.name, "a");
  EXPECT_EQ(metric.alias, 5U);
  EXPECT_EQ(metric.timestamp_ms, 2U);
  EXPECT_EQ(metric.datatype, DataType::kDouble);
  EXPECT_TRUE(metric.is_historical);
  EXPECT_EQ(metric.value, WireValue::of_double(1.5));
}

TEST(SparkplugPayload, AnEmptyMessageIsAnEmptyPayload) {
  Payload payload = with_metric({});
  ASSERT_TRUE(decode("", payload));
  EXPECT_EQ(payload, Payload{});
}

TEST(SparkplugPayload, EveryTornPrefixIsMalformedOrShorterButNeverACrash) {
  Payload payload;
  for (std::size_t size = 0; size < kByHand.size(); ++size) {
    const std::string torn = kByHand.substr(0, size);
    if (const auto result = decode(torn, payload); !result) {
      EXPECT_EQ(result.error().code, base::ErrorCode::kMalformed);
    }
  }
}

TEST(SparkplugPayload, UnknownFieldsAndUnexpectedWireTypesAreSkipped) {
  const std::string bytes(
      "\x82\x03\x02zz"  // field 48
      "\x0a\x01\x09"    // timestamp as bytes
      "\x12\x07"
      "\x08\x01"      // name as a number
      "\x52\x01\x31"  // int_value as bytes
      "\x58\x02"      // long_value = 2
      "\x18\x03",
      19);
  Payload payload;
  ASSERT_TRUE(decode(bytes, payload));
  EXPECT_EQ(payload.timestamp_ms, std::nullopt);
  EXPECT_EQ(payload.seq, 3U);
  ASSERT_EQ(payload.metrics.size(), 1U);
  EXPECT_EQ(payload.metrics[0].name, "");
  EXPECT_EQ(payload.metrics[0].value, WireValue::of_long(2));
}

TEST(SparkplugPayload, LimitsAreErrorsOfTheirOwn) {
  Payload payload;
  EXPECT_EQ(decode(std::string(kMessageBytesMax + 1, '\0'), payload).error().code,
            base::ErrorCode::kTooLarge);
  std::string crowded;
  for (std::size_t i = 0; i < kMetricsMax; ++i) crowded += std::string("\x12\x00", 2);
  EXPECT_TRUE(decode(crowded, payload));
  EXPECT_EQ(payload.metrics.size(), kMetricsMax);
  crowded += std::string("\x12\x00", 2);
  EXPECT_EQ(decode(crowded, payload).error().code, base::ErrorCode::kTooLarge);
}

TEST(SparkplugPayload, AMetricNameOfFiveThousandCharactersIsAFaultOfThatMetricAlone) {
  const std::string long_name(5000, 'n');
  Payload sent;
  for (const std::string_view name :
       {std::string_view(long_name), std::string_view("a\xFF"), std::string_view("fine")}) {
    Metric metric;
    metric.name = name;
    metric.value = WireValue::of_int(1);
    sent.metrics.push_back(metric);
  }
  const std::string bytes = encoded(sent);
  Payload payload;
  ASSERT_TRUE(decode(bytes, payload));
  ASSERT_EQ(payload.metrics.size(), 3U);
  EXPECT_EQ(payload.metrics[0].name_fault, NameFault::kTooLong);
  EXPECT_EQ(payload.metrics[1].name_fault, NameFault::kNotUtf8);
  EXPECT_EQ(payload.metrics[2].name_fault, NameFault::kNone);
  EXPECT_EQ(payload.metrics[0].value, WireValue::of_int(1));
}

TEST(SparkplugPayload,
     tck_id_payloads_propertyset_quality_QualityAndUnitAreReadOutOfTheProperties) {
  const std::string properties = encode_properties(
      {{"readOnly", DataType::kBoolean, false, WireValue::of_bool(true)},
       {"engUnit", DataType::kString, false, WireValue::of_view(WireKind::kString, "m3/h")},
       {"Quality", DataType::kInt32, false, WireValue::of_int(500)}});
  Metric metric;
  metric.name = "flow";
  metric.properties = properties;
  const std::string bytes = encoded(with_metric(metric));
  Payload payload;
  ASSERT_TRUE(decode(bytes, payload));
  EXPECT_EQ(payload.metrics[0].quality, 500);
  EXPECT_EQ(payload.metrics[0].unit, "m3/h");
  const auto all = decode_properties(payload.metrics[0].properties);
  ASSERT_TRUE(all);
  EXPECT_EQ(all->size(), 3U);
  EXPECT_EQ((*all)[0].key, "readOnly");
}

TEST(SparkplugPayload, APropertySetWithMoreKeysThanValuesLosesTheRest) {
  const std::string crooked("\x0a\x01k\x0a\x01l\x12\x04\x08\x03\x18\x05", 12);
  const auto properties = decode_properties(crooked);
  ASSERT_TRUE(properties);
  ASSERT_EQ(properties->size(), 1U);
  EXPECT_EQ((*properties)[0], (Property{"k", DataType::kInt32, false, WireValue::of_int(5)}));
}

TEST(SparkplugPayload, TheVectorKeepsItsMemoryBetweenMessages) {
  Payload payload;
  Payload many;
  many.metrics.resize(100);
  ASSERT_TRUE(decode(encoded(many), payload));
  const Metric* memory = payload.metrics.data();
  ASSERT_TRUE(decode(encoded(with_metric({})), payload));
  EXPECT_EQ(payload.metrics.data(), memory);
}

// Texts that outlive the payloads that view them.
constexpr std::string_view kTexts[] = {"", "a", "Node Control/Rebirth", "\xE4\xB8\xAD\xE6\x96\x87"};

WireValue any_value(base::Random& random) {
  const std::string_view text = kTexts[random.below(std::size(kTexts))];
  switch (random.below(9)) {
    case 0:
      return {};
    case 1:
      return WireValue::of_int(static_cast<std::uint32_t>(random.next()));
    case 2:
      return WireValue::of_long(random.next() >> random.below(64));
    case 3:
      return {WireKind::kFloat, random.next() & 0xFFFFFFFFU, {}};
    case 4:
      return {WireKind::kDouble, random.next(), {}};
    case 5:
      return WireValue::of_bool(random.below(2) == 1);
    case 6:
      return WireValue::of_view(WireKind::kString, text);
    case 7:
      return WireValue::of_view(WireKind::kBytes, text);
    default:
      return WireValue::of_view(WireKind::kTemplate, text);
  }
}

Metric any_metric(base::Random& random) {
  Metric metric;
  const auto maybe = [&](auto& field, auto value) {
    if (random.below(2) == 1) field = value;
  };
  metric.name = kTexts[random.below(std::size(kTexts))];
  maybe(metric.alias, random.next() >> random.below(64));
  maybe(metric.timestamp_ms, random.next() >> random.below(64));
  maybe(metric.datatype, DataType(random.below(40)));
  maybe(metric.is_historical, true);
  maybe(metric.is_transient, true);
  maybe(metric.is_null, true);
  maybe(metric.metadata, std::string_view("\x08\x01"));
  metric.value = any_value(random);
  return metric;
}

TEST(SparkplugPayload, WhatIsEncodedIsDecodedAsItWas) {
  base::Random random(20261123);
  for (int round = 0; round < 2000; ++round) {
    Payload sent;
    if (random.below(2) == 1) sent.timestamp_ms = random.next();
    if (random.below(2) == 1) sent.seq = random.below(256);
    if (random.below(2) == 1) sent.body = kTexts[random.below(std::size(kTexts))];
    sent.uuid = kTexts[random.below(std::size(kTexts))];
    for (std::uint64_t i = random.below(6); i > 0; --i) sent.metrics.push_back(any_metric(random));
    const std::string bytes = encoded(sent);
    Payload got;
    ASSERT_TRUE(decode(bytes, got));
    ASSERT_EQ(got, sent) << "round " << round;
  }
}

TEST(SparkplugPayload, QualityAndUnitComeBackThroughThePropertiesMadeOfThem) {
  Metric metric;
  metric.name = "flow";
  metric.quality = -5;
  metric.unit = "m3/h";
  const std::string bytes = encoded(with_metric(metric));
  Payload got;
  ASSERT_TRUE(decode(bytes, got));
  EXPECT_FALSE(got.metrics[0].properties.empty());
  got.metrics[0].properties = {};
  EXPECT_EQ(got.metrics[0], metric);
}

TEST(SparkplugPayload, RandomBytesNeverDoHarm) {
  base::Random random(7);
  Payload payload;
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes(random.below(64), '\0');
    for (char& byte : bytes) byte = static_cast<char>(random.next());
    (void)decode(bytes, payload);
  }
}

}  // namespace
}  // namespace millrace::codec::sparkplug
