#include "codec/import_json.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/random.h"

namespace millrace::codec {
namespace {

using model::Quality;
using model::Reason;
using nlohmann::json;

TEST(ImportJson, WritesARequestAsTheContractHasIt) {
  const model::ImportRequest request = {
      .file_name = "pump.csv.gz",
      .file_hash = std::string(64, 'a'),
      .file_bytes = 52428,
      .rows_total = 1000,
      .mapping = R"({"time":{"column":"t"}})",
      .targets = {{.thing = "pump-1", .property = "flow", .unit = "m³/h", .site = "riverside"}}};
  const json expected = {{"file_name", "pump.csv.gz"},
                         {"file_hash", std::string(64, 'a')},
                         {"file_bytes", 52428},
                         {"rows_total", 1000},
                         {"mapping", {{"time", {{"column", "t"}}}}},
                         {"targets",
                          {{{"thing", "pump-1"},
                            {"property", "flow"},
                            {"type", "f64"},
                            {"unit", "m³/h"},
                            {"site", "riverside"}}}}};
  EXPECT_EQ(json::parse(to_json(request)), expected);
}

TEST(ImportJson, WritesEveryKindOfValue) {
  const Quality bad = Quality().marked(Reason::kMissingValue);
  constexpr std::int64_t kExact = 9007199254740991;
  const model::ImportChunk chunk{
      .first_row = 40,
      .row_count = 5,
      .blocks = {
          {.rows = {40, 42},
           .times = {base::Time(base::Duration(-1)), base::Time(base::Duration(1772344800000000))},
           .columns = {{0, {0.1, std::monostate{}}, {Quality(), bad}},
                       {1, {std::numeric_limits<std::uint64_t>::max(), std::uint64_t{7}}, {{}, {}}},
                       {2, {-kExact, kExact + 1}, {{}, {}}},
                       {3, {true, false}, {{}, {}}},
                       {4, {std::string("a\"\n\x01µ"), std::string("\xFF")}, {{}, {}}}}}}};
  const json expected = json::parse(R"({"row_count":5,"blocks":[{"rows":[40,42],
    "times_us":[-1,1772344800000000],"columns":[
    {"target":0,"values":[0.1,null],"quality_codes":[0,2147483665]},
    {"target":1,"values":["18446744073709551615",7]},
    {"target":2,"values":[-9007199254740991,"9007199254740992"]},
    {"target":3,"values":[true,false]},
    {"target":4,"values":["a\"\n\u0001µ","\ufffd"]}]}]})");
  EXPECT_EQ(json::parse(to_json(chunk)), expected);
}

TEST(ImportJson, KeepsEveryBitOfANumber) {
  base::Random random(7);
  model::ImportChunk chunk{.first_row = 0, .row_count = 2000, .blocks = {{}}};
  model::ImportBlock& block = chunk.blocks[0];
  block.columns.push_back({});
  for (std::uint64_t row = 0; row < 2000; ++row) {
    const double value = row == 0 ? -0.0 : std::bit_cast<double>(random.next());
    if (!std::isfinite(value)) continue;
    block.rows.push_back(row);
    block.times.emplace_back();
    block.columns[0].values.emplace_back(value);
    block.columns[0].qualities.emplace_back();
  }
  const json written = json::parse(to_json(chunk))["blocks"][0]["columns"][0]["values"];
  ASSERT_EQ(written.size(), block.rows.size());
  for (std::size_t i = 0; i < written.size(); ++i) {
    const double value = std::get<double>(block.columns[0].values[i]);
    EXPECT_EQ(std::bit_cast<std::uint64_t>(written[i].get<double>()),
              std::bit_cast<std::uint64_t>(value));
  }
}

TEST(ImportJson, ReadsTheStateOfAnImportOnly) {
  const auto state = parse_import_state(
      R"({"id":"3f1f","state":"complete","rows_total":9,"next_row":9,"samples":8,
          "samples_uncertain":2,"samples_bad":1,"file_name":"a.csv"})");
  EXPECT_EQ(state.value(), (model::ImportState{.id = "3f1f",
                                               .rows_total = 9,
                                               .next_row = 9,
                                               .samples = 8,
                                               .samples_uncertain = 2,
                                               .samples_bad = 1,
                                               .is_complete = true}));
  for (const char* bad : {"", "[]", "{}", R"({"id":"3f1f","state":"open"})",
                          R"({"id":"a","state":"odd","rows_total":9,"next_row":9,"samples":8,
                              "samples_uncertain":2,"samples_bad":1})"}) {
    EXPECT_EQ(parse_import_state(bad).error().code, base::ErrorCode::kMalformed) << bad;
  }
}

}  // namespace
}  // namespace millrace::codec
