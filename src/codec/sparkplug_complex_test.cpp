#include "codec/sparkplug_complex.h"

#include <gtest/gtest.h>

namespace millrace::codec::sparkplug {
namespace {

DataSet table() {
  return {.columns = {"a", "b"},
          .types = {DataType::kInt32, DataType::kString},
          .cells = {WireValue::of_int(1), WireValue::of_view(WireKind::kString, "x"),
                    WireValue::of_int(0xFFFFFFFF), WireValue{}},
          .rows = 2};
}

Metric named(std::string_view name, DataType type, WireValue value) {
  Metric metric;
  metric.name = name;
  metric.datatype = type;
  metric.value = value;
  return metric;
}

TEST(SparkplugDataSet, IsReadAsWrittenWithItsEmptyCells) {
  const std::string bytes = encode_data_set(table());
  EXPECT_EQ(decode_data_set(bytes), table());
}

TEST(SparkplugDataSet, tck_id_payloads_dataset_column_num_headers_RowsMustFitTheColumns) {
  DataSet crooked = table();
  crooked.types.pop_back();
  EXPECT_FALSE(decode_data_set(encode_data_set(crooked)));
  // columns "a", types 3, one row of two empty cells
  const std::string wide("\x12\x01\x61\x18\x03\x22\x04\x0a\x00\x0a\x00", 11);
  EXPECT_EQ(decode_data_set(wide).error().code, base::ErrorCode::kMalformed);
}

TEST(SparkplugDataSet, PackedTypesAreReadToo) {
  const std::string packed("\x12\x01\x61\x12\x01\x62\x1a\x02\x03\x0c", 10);
  const auto set = decode_data_set(packed);
  ASSERT_TRUE(set);
  EXPECT_EQ(set->types, (std::vector{DataType::kInt32, DataType::kString}));
}

TEST(SparkplugDataSet, TooManyColumnsAreTooLarge) {
  DataSet wide;
  wide.columns.assign(kDataSetColumnsMax + 1, "c");
  wide.types.assign(kDataSetColumnsMax + 1, DataType::kInt32);
  EXPECT_EQ(decode_data_set(encode_data_set(wide)).error().code, base::ErrorCode::kTooLarge);
}

Template machine() {
  return {.version = "v1",
          .reference = "machine",
          .is_definition = false,
          .metrics = {named("speed", DataType::kDouble, WireValue::of_double(1.5))},
          .parameters = {{"index", DataType::kInt32, WireValue::of_int(7)},
                         {"label", DataType::kString, WireValue::of_view(WireKind::kString, "l")}}};
}

TEST(SparkplugTemplate, IsReadAsWritten) {
  EXPECT_EQ(decode_template(encode_template(machine())), machine());
}

TEST(SparkplugTemplate, tck_id_payloads_template_definition_is_definition_IsAlwaysWritten) {
  const std::string bytes = encode_template(Template{});
  EXPECT_EQ(bytes, std::string("\x28\x00", 2));
}

TEST(SparkplugFlatten, MembersAndCellsGetPaths) {
  const std::string set = encode_data_set(table());
  Template outer = machine();
  outer.metrics.push_back(
      named("table", DataType::kDataSet, WireValue::of_view(WireKind::kDataSet, set)));
  const std::string bytes = encode_template(outer);
  const Metric metric =
      named("m", DataType::kTemplate, WireValue::of_view(WireKind::kTemplate, bytes));
  const auto flat = flatten(metric, DataType::kTemplate, 100);
  ASSERT_TRUE(flat);
  std::vector<std::string> paths;
  for (const FlatValue& value : *flat) paths.push_back(value.path);
  EXPECT_EQ(paths, (std::vector<std::string>{"m/speed", "m/table/0/a", "m/table/0/b", "m/table/1/a",
                                             "m/table/1/b"}));
  EXPECT_TRUE(flat->back().is_null);
  EXPECT_EQ(flatten(metric, DataType::kTemplate, 4).error().code, base::ErrorCode::kTooLarge);
}

TEST(SparkplugFlatten, TemplatesInTemplatesEndAtTheirDepth) {
  std::string bytes = encode_template(machine());
  for (int i = 0; i < kTemplateDepthMax; ++i) {
    Template outer;
    outer.metrics = {
        named("t", DataType::kTemplate, WireValue::of_view(WireKind::kTemplate, bytes))};
    bytes = encode_template(outer);
  }
  const Metric deep =
      named("m", DataType::kTemplate, WireValue::of_view(WireKind::kTemplate, bytes));
  EXPECT_EQ(flatten(deep, DataType::kTemplate, 100).error().code, base::ErrorCode::kTooLarge);
}

TEST(SparkplugFlatten, APlainMetricIsItself) {
  const Metric metric = named("x", DataType::kBoolean, WireValue::of_bool(true));
  const auto flat = flatten(metric, DataType::kBoolean, 1);
  ASSERT_TRUE(flat);
  ASSERT_EQ(flat->size(), 1U);
  EXPECT_EQ(flat->front().path, "x");
}

}  // namespace
}  // namespace millrace::codec::sparkplug
