#include "codec/sparkplug.h"

#include <gtest/gtest.h>

#include <algorithm>
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

TEST(SparkplugPayload, MetricsOfAnyLengthStandBetweenTheOtherFields) {
  for (const std::size_t size : {0U, 1U, 127U, 128U, 300U, 20'000U}) {
    const std::string text(size, 't');
    Payload sent = with_metric({});
    sent.metrics[0].value = WireValue::of_view(WireKind::kString, text);
    sent.metrics.push_back(sent.metrics[0]);
    sent.timestamp_ms = size;
    sent.seq = 7;
    const std::string bytes = encoded(sent) + "\x12\x02\x10\x05\x18\x08";
    Payload got;
    ASSERT_TRUE(decode(bytes, got)) << size;
    ASSERT_EQ(got.metrics.size(), 3U);
    EXPECT_EQ(got.metrics[1], sent.metrics[0]);
    EXPECT_EQ(got.metrics[2].alias, 5U);
    EXPECT_EQ(got.seq, 8U);
    EXPECT_EQ(got.timestamp_ms, size);
  }
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

// A field that nobody knows: what follows it in a metric is read by the general reader.
const std::string kUnknownField("\xF8\x01\x00", 3);

struct WrittenField {
  std::string bytes;
  void (*says)(Metric& metric);
};

// Fields in their plain form and in forms that few senders write.
const std::vector<WrittenField>& written_fields() {
  using namespace std::string_literals;
  static const std::vector<WrittenField> fields = {
      {"\x0a\x01n", [](Metric& m) { m.name = "n"; }},
      {"\x0a\x81\x00o"s, [](Metric& m) { m.name = "o"; }},
      {"\x0a\x01\xFF", [](Metric& m) { m.name = "\xFF"; }},
      {"\x10\x05", [](Metric& m) { m.alias = 5; }},
      {"\x10\xE8\x07", [](Metric& m) { m.alias = 1000; }},
      {"\x90\x00\x06"s, [](Metric& m) { m.alias = 6; }},
      {"\x10\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F", [](Metric& m) { m.alias = (1ULL << 56) - 1; }},
      {"\x18\x80\x80\x80\x80\x80\x40", [](Metric& m) { m.timestamp_ms = 1ULL << 41; }},
      {"\x18\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F",
       [](Metric& m) { m.timestamp_ms = (1ULL << 63) - 1; }},
      {"\x18\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01", [](Metric& m) { m.timestamp_ms = ~0ULL; }},
      {"\x18\x81\x80\x00"s, [](Metric& m) { m.timestamp_ms = 1; }},
      {"\x1a\x02\x10\x63", [](Metric&) {}},  // a timestamp as bytes
      {"\x20\x0a", [](Metric& m) { m.datatype = DataType::kDouble; }},
      {"\x20\x83\x80\x80\x80\x10", [](Metric& m) { m.datatype = DataType::kInt32; }},
      {"\x28\x01", [](Metric& m) { m.is_historical = true; }},
      {"\x28\x00"s, [](Metric& m) { m.is_historical = false; }},
      {"\x30\x01", [](Metric& m) { m.is_transient = true; }},
      {"\x38\x01", [](Metric& m) { m.is_null = true; }},
      {"\x50\x7F", [](Metric& m) { m.value = WireValue::of_int(127); }},
      {"\x50\x80\x80\x80\x80\x10", [](Metric& m) { m.value = WireValue::of_int(0); }},
      {"\x58\xAC\x02", [](Metric& m) { m.value = WireValue::of_long(300); }},
      {"\x65\x00\x00\xC0\x3F"s, [](Metric& m) { m.value = WireValue::of_float(1.5F); }},
      {"\x69\x00\x00\x00\x00\x00\x00\xF8\x3F"s,
       [](Metric& m) { m.value = WireValue::of_double(1.5); }},
      {"\x70\x02", [](Metric& m) { m.value = WireValue::of_bool(true); }},
      {"\x7A\x02hi", [](Metric& m) { m.value = WireValue::of_view(WireKind::kString, "hi"); }},
      {"\x82\x01\x01x", [](Metric& m) { m.value = WireValue::of_view(WireKind::kBytes, "x"); }},
      {kUnknownField, [](Metric&) {}},
  };
  return fields;
}

NameFault name_fault_of(std::string_view name) {
  return name == "\xFF" ? NameFault::kNotUtf8 : NameFault::kNone;
}

TEST(SparkplugMetric, FieldsInAnyOrderFormAndNumberSayWhatTheLastOfEachSays) {
  base::Random random(20261124);
  const auto& fields = written_fields();
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes;
    Metric expected;
    std::vector<std::size_t> order(1 + random.below(6));
    for (std::size_t& one : order) one = random.below(fields.size());
    if (random.below(2) == 1) std::ranges::sort(order);  // as encoders write
    for (const std::size_t one : order) {
      bytes += fields[one].bytes;
      fields[one].says(expected);
    }
    expected.name_fault = name_fault_of(expected.name);
    const auto metric = decode_metric(bytes);
    ASSERT_TRUE(metric) << "round " << round;
    ASSERT_EQ(*metric, expected) << "round " << round;
    std::string message("\x12");
    message += static_cast<char>(bytes.size());
    message += bytes;
    message += message;
    Payload payload;
    ASSERT_TRUE(decode(message, payload));
    ASSERT_EQ(payload.metrics, std::vector<Metric>(2, expected)) << "round " << round;
  }
}

TEST(SparkplugMetric, TornAnywhereItIsReadOrRefusedAsTheGeneralReaderWould) {
  for (const WrittenField& last : written_fields()) {
    for (const char* before : {"", "\x10\x05", "\x10\x05\x18\x80\x80\x80\x80\x80\x40\x20\x0a"}) {
      const std::string bytes = before + last.bytes;
      for (std::size_t size = 0; size <= bytes.size(); ++size) {
        // Exactly as long as what is left of it, so that a sanitizer sees a read beyond.
        const std::vector<char> torn(bytes.begin(), bytes.begin() + static_cast<long>(size));
        const auto metric = decode_metric({torn.data(), torn.size()});
        const std::string other = kUnknownField + bytes.substr(0, size);
        const auto general = decode_metric(other);
        ASSERT_EQ(metric.has_value(), general.has_value()) << bytes.size() << " torn at " << size;
        if (metric) {
          EXPECT_EQ(*metric, *general);
        }
      }
    }
  }
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
