#include "codec/import_json.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "base/random.h"

namespace millrace::codec {
namespace {

using model::Quality;
using model::Reason;
using model::ValueType;

model::ImportRequest request() {
  return {.file_name = "pump.csv.gz",
          .file_hash = std::string(64, 'a'),
          .file_bytes = 52428,
          .rows_total = 1000,
          .mapping = R"({"time":{"column":["t"]}})",
          .targets = {{.thing = "pump-1", .property = "flow", .unit = "m³/h", .site = "riverside"},
                      {.thing = "pump-1", .property = "count", .type = ValueType::kU64},
                      {.thing = "pump-1", .property = "on", .type = ValueType::kBool},
                      {.thing = "pump-1", .property = "note", .type = ValueType::kText}}};
}

const std::vector<ValueType> kTypes = {ValueType::kF64, ValueType::kU64, ValueType::kBool,
                                       ValueType::kText};

TEST(ImportJson, ReadsBackWhatItWrites) {
  EXPECT_EQ(parse_import_request(to_json(request())).value(), request());

  const Quality bad = Quality().marked(Reason::kMissingValue);
  model::ImportChunk chunk{.first_row = 40, .row_count = 5, .blocks = {}};
  chunk.blocks.push_back(
      {.rows = {40, 42},
       .times = {base::Time(base::Duration(-1)), base::Time(base::Duration(1772344800000000))},
       .columns = {{0, {0.1, std::monostate{}}, {Quality(), bad}},
                   {1, {std::numeric_limits<std::uint64_t>::max(), std::uint64_t{7}}, {{}, {}}},
                   {2, {true, false}, {{}, {}}},
                   {3, {std::string("a\"\n\x01µ"), std::string()}, {{}, {}}}}});
  EXPECT_EQ(parse_import_chunk(to_json(chunk), 40, kTypes).value(), chunk);
}

TEST(ImportJson, KeepsEveryBitOfANumber) {
  base::Random random(7);
  model::ImportChunk chunk{.first_row = 0, .row_count = 2000, .blocks = {{}}};
  model::ImportBlock& block = chunk.blocks[0];
  block.columns.push_back({});
  for (std::uint64_t row = 0; row < 2000; ++row) {
    const double value = std::bit_cast<double>(random.next());
    if (!std::isfinite(value)) continue;
    block.rows.push_back(row);
    block.times.emplace_back(base::Duration(static_cast<std::int64_t>(random.next() >> 12)));
    block.columns[0].values.emplace_back(value);
    block.columns[0].qualities.emplace_back();
  }
  EXPECT_EQ(parse_import_chunk(to_json(chunk), 0, kTypes).value(), chunk);
}

TEST(ImportJson, RefusesRequestsThatCannotBeMeant) {
  const auto code_of = [](model::ImportRequest changed) {
    const auto parsed = parse_import_request(to_json(changed));
    return parsed ? base::ErrorCode::kInternal : parsed.error().code;
  };
  model::ImportRequest changed = request();
  changed.targets.push_back(changed.targets[0]);
  EXPECT_EQ(code_of(changed), base::ErrorCode::kInvalid);
  changed = request();
  changed.targets[0].thing = "Pump 1";
  EXPECT_EQ(code_of(changed), base::ErrorCode::kInvalid);
  changed = request();
  changed.targets.clear();
  EXPECT_EQ(code_of(changed), base::ErrorCode::kInvalid);
  changed = request();
  changed.file_hash = "abc";
  EXPECT_EQ(code_of(changed), base::ErrorCode::kInvalid);
  changed = request();
  changed.targets[0].type = ValueType::kBytes;
  EXPECT_EQ(code_of(changed), base::ErrorCode::kInvalid);
  for (const char* bad : {"", "[]", "{}", "null", "{\"file_name\":1}"}) {
    EXPECT_EQ(parse_import_request(bad).error().code, base::ErrorCode::kMalformed) << bad;
  }
}

TEST(ImportJson, RefusesChunksThatDoNotFitTheirImport) {
  for (
      const char* bad : {
          R"({"row_count":2})",
          R"({"row_count":-2,"blocks":[]})",
          R"({"row_count":2,"blocks":[{"rows":[0],"times_us":[],"columns":[]}]})",
          R"({"row_count":2,"blocks":[{"rows":[2],"times_us":[0],"columns":[]}]})",
          R"({"row_count":2,"blocks":[{"rows":[1,1],"times_us":[0,0],"columns":[]}]})",
          R"({"row_count":2,"blocks":[{"rows":[1],"times_us":[0.5],"columns":[]}]})",
          R"({"row_count":2,"blocks":[{"rows":[1],"times_us":[0],"columns":[{"target":9,"values":[1]}]}]})",
          R"({"row_count":2,"blocks":[{"rows":[1],"times_us":[0],"columns":[{"target":0,"values":[]}]}]})",
          R"({"row_count":2,"blocks":[{"rows":[1],"times_us":[0],"columns":[{"target":0,"values":["1"]}]}]})",
          R"({"row_count":2,"blocks":[{"rows":[1],"times_us":[0],"columns":[{"target":1,"values":[-1]}]}]})",
          R"({"row_count":2,"blocks":[{"rows":[1],"times_us":[0],"columns":[{"target":0,"values":[1],"quality_codes":[4294967296]}]}]})",
      }) {
    EXPECT_FALSE(parse_import_chunk(bad, 0, kTypes)) << bad;
  }
}

TEST(ImportJson, TellsImportsApartByContentAndMapping) {
  model::ImportRequest other = request();
  EXPECT_EQ(import_identity(other), import_identity(request()));
  other.file_name = "renamed.csv";
  EXPECT_EQ(import_identity(other), import_identity(request()));
  other.mapping = "{}";
  EXPECT_NE(import_identity(other), import_identity(request()));
}

}  // namespace
}  // namespace millrace::codec
