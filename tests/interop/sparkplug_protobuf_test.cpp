// Ours against libprotobuf, both ways, on random payloads.
#include <gtest/gtest.h>

#include <bit>

#include "base/random.h"
#include "codec/sparkplug.h"
#include "codec/sparkplug_complex.h"
#include "sparkplug_peer.pb.h"

namespace {

namespace ours = millrace::codec::sparkplug;
namespace peer = millrace::peer;
using millrace::base::Random;
using ours::WireKind;

constexpr std::string_view kTexts[] = {"", "a", "Node Control/Rebirth", "\xE4\xB8\xAD"};

std::string text(Random& random) { return std::string(kTexts[random.below(std::size(kTexts))]); }

void set_any_value(Random& random, peer::Metric& metric) {
  switch (random.below(9)) {
    case 0: break;
    case 1: metric.set_int_value(static_cast<std::uint32_t>(random.next())); break;
    case 2: metric.set_long_value(random.next()); break;
    case 3: metric.set_float_value(static_cast<float>(random.normal())); break;
    case 4: metric.set_double_value(std::bit_cast<double>(random.next())); break;
    case 5: metric.set_boolean_value(random.below(2) == 1); break;
    case 6: metric.set_string_value(text(random)); break;
    case 7: metric.set_bytes_value(std::string("\0\xFF", 2)); break;
    default: {
      auto* set = metric.mutable_dataset_value();
      set->set_num_of_columns(2);
      *set->add_columns() = "a";
      *set->add_columns() = "b";
      set->add_types(3);
      set->add_types(12);
      auto* row = set->add_rows();
      row->add_elements()->set_int_value(static_cast<std::uint32_t>(random.next()));
      if (auto* cell = row->add_elements(); random.below(2) == 1) cell->set_string_value("x");
    }
  }
}

peer::Metric any_metric(Random& random) {
  peer::Metric metric;
  if (random.below(2) == 1) metric.set_name("n" + text(random));
  if (random.below(2) == 1) metric.set_alias(random.next());
  metric.set_timestamp(random.next());
  if (random.below(2) == 1) metric.set_datatype(static_cast<std::uint32_t>(random.below(40)));
  if (random.below(2) == 1) metric.set_is_historical(true);
  if (random.below(2) == 1) metric.set_is_transient(true);
  if (random.below(4) == 0) metric.set_is_null(true);
  if (random.below(4) == 0) {
    auto* properties = metric.mutable_properties();
    *properties->add_keys() = "engUnit";
    auto* unit = properties->add_values();
    unit->set_type(12);
    unit->set_string_value("m3/h");
    *properties->add_keys() = "Quality";
    auto* quality = properties->add_values();
    quality->set_type(3);
    quality->set_int_value(500);
  }
  set_any_value(random, metric);
  return metric;
}

peer::Payload any_payload(Random& random) {
  peer::Payload payload;
  payload.set_timestamp(random.next());
  payload.set_seq(random.below(256));
  if (random.below(2) == 1) payload.set_uuid("u" + text(random));
  if (random.below(2) == 1) payload.set_body(std::string("\x01\x00\xFF", 3));
  for (auto i = random.below(5); i > 0; --i) *payload.add_metrics() = any_metric(random);
  return payload;
}

void expect_same_value(const ours::WireValue& value, const peer::Metric& metric) {
  switch (value.kind) {
    case WireKind::kNone: EXPECT_EQ(metric.value_case(), peer::Metric::VALUE_NOT_SET); break;
    case WireKind::kInt: EXPECT_EQ(value.bits, metric.int_value()); break;
    case WireKind::kLong: EXPECT_EQ(value.bits, metric.long_value()); break;
    case WireKind::kFloat:
      EXPECT_EQ(value.bits, std::bit_cast<std::uint32_t>(metric.float_value()));
      break;
    case WireKind::kDouble:
      EXPECT_EQ(value.bits, std::bit_cast<std::uint64_t>(metric.double_value()));
      break;
    case WireKind::kBoolean: EXPECT_EQ(value.bits == 1, metric.boolean_value()); break;
    case WireKind::kString: EXPECT_EQ(value.bytes, metric.string_value()); break;
    case WireKind::kBytes: EXPECT_EQ(value.bytes, metric.bytes_value()); break;
    default: {
      ASSERT_TRUE(metric.has_dataset_value());
      const auto set = ours::decode_data_set(value.bytes);
      ASSERT_TRUE(set);
      const auto& row = metric.dataset_value().rows(0);
      EXPECT_EQ(set->cells.at(0).bits, row.elements(0).int_value());
      EXPECT_EQ(set->cells.at(1).kind == WireKind::kString, row.elements(1).has_string_value());
    }
  }
}

void expect_same(const ours::Metric& metric, const peer::Metric& theirs) {
  EXPECT_EQ(metric.name, theirs.name());
  EXPECT_EQ(metric.alias.has_value(), theirs.has_alias());
  EXPECT_EQ(metric.alias.value_or(0), theirs.alias());
  EXPECT_EQ(metric.timestamp_ms.value_or(0), theirs.timestamp());
  EXPECT_EQ(metric.datatype.has_value(), theirs.has_datatype());
  EXPECT_EQ(static_cast<std::uint32_t>(metric.datatype.value_or(ours::DataType::kUnknown)),
            theirs.datatype());
  EXPECT_EQ(metric.is_historical, theirs.is_historical());
  EXPECT_EQ(metric.is_transient, theirs.is_transient());
  EXPECT_EQ(metric.is_null, theirs.is_null());
  EXPECT_EQ(metric.quality.has_value(), theirs.has_properties());
  if (theirs.has_properties()) {
    EXPECT_EQ(metric.quality, 500);
    EXPECT_EQ(metric.unit, "m3/h");
  }
  expect_same_value(metric.value, theirs);
}

void expect_same(const ours::Payload& payload, const peer::Payload& theirs) {
  EXPECT_EQ(payload.timestamp_ms.value_or(0), theirs.timestamp());
  EXPECT_EQ(payload.seq.value_or(0), theirs.seq());
  EXPECT_EQ(payload.uuid, theirs.uuid());
  EXPECT_EQ(payload.body.value_or(""), theirs.body());
  ASSERT_EQ(payload.metrics.size(), static_cast<std::size_t>(theirs.metrics_size()));
  for (int i = 0; i < theirs.metrics_size(); ++i) {
    expect_same(payload.metrics[static_cast<std::size_t>(i)], theirs.metrics(i));
  }
}

TEST(SparkplugInterop, WeReadWhatLibprotobufWrites) {
  Random random(1);
  for (int round = 0; round < 2000; ++round) {
    const peer::Payload theirs = any_payload(random);
    const std::string bytes = theirs.SerializeAsString();
    ours::Payload payload;
    ASSERT_TRUE(ours::decode(bytes, payload));
    expect_same(payload, theirs);
    ASSERT_FALSE(::testing::Test::HasFailure()) << "round " << round;
  }
}

TEST(SparkplugInterop, LibprotobufReadsWhatWeWrite) {
  Random random(2);
  for (int round = 0; round < 2000; ++round) {
    const std::string theirs = any_payload(random).SerializeAsString();
    ours::Payload payload;
    ASSERT_TRUE(ours::decode(theirs, payload));
    std::string bytes;
    ours::encode(payload, bytes);
    peer::Payload again;
    ASSERT_TRUE(again.ParseFromString(bytes));
    expect_same(payload, again);
    ASSERT_FALSE(::testing::Test::HasFailure()) << "round " << round;
  }
}

TEST(SparkplugInterop, LibprotobufReadsOurTemplates) {
  ours::Metric member;
  member.name = "speed";
  member.datatype = ours::DataType::kDouble;
  member.value = ours::WireValue::of_double(1.5);
  const ours::Template definition{
      .version = "v1",
      .reference = "machine",
      .metrics = {member},
      .parameters = {{"index", ours::DataType::kInt32, ours::WireValue::of_int(7)}}};
  peer::Template theirs;
  ASSERT_TRUE(theirs.ParseFromString(ours::encode_template(definition)));
  EXPECT_EQ(theirs.version(), "v1");
  EXPECT_EQ(theirs.template_ref(), "machine");
  EXPECT_TRUE(theirs.has_is_definition());
  EXPECT_EQ(theirs.metrics(0).double_value(), 1.5);
  EXPECT_EQ(theirs.parameters(0).int_value(), 7U);
}

}  // namespace
