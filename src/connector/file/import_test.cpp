#include "connector/file/import.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "base/random.h"
#include "base/time_text.h"
#include "support/memory_import.h"

namespace millrace::connector::file {
namespace {

using model::Reason;
using model::Value;

/// A file and a mapping in a folder of its own, with everything that was reported.
class Import : public testing::Test {
 protected:
  Import()
      : folder_(std::filesystem::temp_directory_path() /
                std::format("millrace-import-{}", ::getpid())) {
    std::filesystem::create_directories(folder_);
  }
  ~Import() override { std::filesystem::remove_all(folder_); }

  void file(std::string_view text, const std::string& name = "data.csv") {
    path_ = folder_ / name;
    std::ofstream(path_, std::ios::binary) << text;
  }
  void mapping(std::string_view yaml) {
    mapping_ = parse_mapping(yaml, [](const Problem& one) { ADD_FAILURE() << one.what; }).value();
  }
  base::Result<Plan> plan() {
    reported_.clear();
    return plan_import(path_, mapping_, [this](const Problem& one) { reported_.push_back(one); });
  }
  base::Result<model::ImportState> run(const RunOptions& options = {}) {
    MILLRACE_LET(const Plan planned, plan());
    totals_ = planned.totals;
    return run_import(planned, sink_, options);
  }
  /// "time value reasons;…" of a series.
  std::string series(const std::string& key) const {
    std::string text;
    for (const auto& row : sink_.rows(key)) {
      const auto* number = std::get_if<double>(&row.sample.value);
      text += std::format("{} {}", base::to_text(row.sample.time),
                          number ? std::format("{}", *number) : "-");
      for (const Reason one : row.sample.quality.reasons())
        text += std::format(" {}", model::text(one));
      text += ";";
    }
    return text;
  }
  std::string reported(std::string_view code) const {
    std::string text;
    for (const Problem& one : reported_) {
      if (one.code == code) text += std::format("{}:{};", one.line, one.column);
    }
    return text;
  }

  std::filesystem::path folder_, path_;
  Mapping mapping_;
  std::vector<Problem> reported_;
  test::MemoryImport sink_;
  Totals totals_;
};

TEST_F(Import, ReadsNoMoreContentThanTheSourceAllows) {
  file("t,v\n2020-01-01,1\n2020-01-02,2\n");
  mapping("thing: p\ntime: {column: t}\nproperties: [{column: v}]\n");
  FileSource source(path_);
  source.name = "sent.csv";
  source.content_bytes_max = 29;
  const auto planned = plan_import(source, mapping_, [](const Problem&) {});
  EXPECT_EQ(planned.error().code, base::ErrorCode::kTooLarge);
  EXPECT_NE(planned.error().hint.find("millrace import"), std::string::npos);
  source.content_bytes_max = 30;
  EXPECT_EQ(plan_import(source, mapping_, [](const Problem&) {})->request.file_name, "sent.csv");
}

TEST_F(Import, BringsAWideTableIn) {
  file("time;flow;p;note\r\n2020-01-01 00:00:00;1,5;2;x\r\n2020-01-01 00:00:01;;3;y\r\n");
  mapping(
      "format: {delimiter: ';', decimal: ','}\nthing: pump-1\nsite: riverside\n"
      "time: {column: time, zone: Europe/Berlin}\nskip: [note]\nproperties:\n"
      "  - {column: flow, unit: m3/h}\n  - {column: p, name: pressure, unit: bar}\n");
  const auto state = run();
  ASSERT_TRUE(state) << base::describe(state.error());
  EXPECT_TRUE(state->is_complete);
  EXPECT_EQ(series("pump-1/flow"), "2019-12-31T23:00:00Z 1.5;");
  EXPECT_EQ(series("pump-1/pressure"), "2019-12-31T23:00:00Z 2;2019-12-31T23:00:01Z 3;");
  EXPECT_EQ(totals_.rows, 2U);
  EXPECT_EQ(totals_.samples, 3U);
  EXPECT_EQ(totals_.empty_cells, 1U);
  EXPECT_EQ(sink_.request().targets[0].site, "riverside");
  EXPECT_EQ(sink_.request().targets[0].unit, "m3/h");
  EXPECT_TRUE(reported_.empty());
}

TEST_F(Import, BringsALongTableInWithThingsFromAColumn) {
  file(
      "when,asset,tag,val,unit\n1577836800,Pump A,Flow,1,m3/h\n1577836800,Pump A,Temp,20,degC\n"
      "1577836801,Pump B,Flow,,m3/h\n1577836802,Pump A,Flow,3,l/s\n");
  mapping(
      "layout: long\nthing: '{asset}'\nlong: {property: tag, value: val, unit: unit}\n"
      "time: {column: when, format: epoch_s}\nproperties:\n  - {column: Flow}\n"
      "  - {column: '*', name: 'raw-{column}'}\n");
  ASSERT_TRUE(run());
  EXPECT_EQ(series("pump-a/flow"), "2020-01-01T00:00:00Z 1;2020-01-01T00:00:02Z 3 wrong_unit;");
  EXPECT_EQ(series("pump-b/flow"), "2020-01-01T00:00:01Z - missing_value;");
  EXPECT_EQ(series("pump-a/raw-temp"), "2020-01-01T00:00:00Z 20;");
  EXPECT_EQ(totals_.things, 2U);
  EXPECT_EQ(totals_.series, 3U);
  EXPECT_EQ(sink_.request().targets[0].thing_title, "Pump A");
  EXPECT_EQ(reported("wrong_unit"), "5:unit;");
}

TEST_F(Import, GivesRowsWithoutTimeASyntheticClockForEachThing) {
  file("1 3 10 \n1 4 11 \n2 1 12 \n", "engines.txt");
  mapping(
      "format: {delimiter: space, header: false, columns: [unit, cycle, t]}\n"
      "thing: '{file}-{unit}'\nproperties: [{column: t}]\n"
      "time: {start: '2000-01-01T00:00:00Z', step: 1h, counter: cycle, counter_start: 1}\n");
  ASSERT_TRUE(run());
  EXPECT_EQ(series("engines-1/t"), "2000-01-01T02:00:00Z 10;2000-01-01T03:00:00Z 11;");
  EXPECT_EQ(series("engines-2/t"), "2000-01-01T00:00:00Z 12;");
  EXPECT_NE(sink_.request().mapping.find(R"("names":{"file":"engines"})"), std::string::npos);
}

TEST_F(Import, KeepsBothPassesThroughARepeatedHour) {
  file(
      "t,v\n2019-11-03 00:00,1\n2019-11-03 01:00,2\n2019-11-03 01:00,3\n2019-11-03 02:00,4\n"
      "2020-03-08 01:00,5\n2020-03-08 02:00,6\n2020-03-08 03:00,7\n2020-11-01 01:00,8\n");
  mapping("thing: x\ntime: {column: t, zone: America/Los_Angeles}\nproperties: [{column: v}]\n");
  ASSERT_TRUE(run());
  EXPECT_EQ(series("x/v"),
            "2019-11-03T07:00:00Z 1;2019-11-03T08:00:00Z 2;2019-11-03T09:00:00Z 3;"
            "2019-11-03T10:00:00Z 4;2020-03-08T09:00:00Z 5;2020-03-08T10:00:00Z 6 ambiguous_time;"
            "2020-03-08T10:00:00Z 7;2020-11-01T08:00:00Z 8 ambiguous_time;");
  EXPECT_EQ(totals_.ambiguous_rows, 3U);
  EXPECT_EQ(totals_.unresolved_rows, 1U);
  EXPECT_EQ(totals_.nonexistent_rows, 1U);
  EXPECT_EQ(totals_.samples_uncertain, 2U);
  EXPECT_EQ(totals_.repeated_times, 1U);
  EXPECT_EQ(base::to_text(*totals_.first), "2019-11-03T07:00:00Z");
  EXPECT_EQ(base::to_text(*totals_.last), "2020-11-01T08:00:00Z");
}

TEST_F(Import, ReportsEveryProblemWithItsLineAndImportsNothing) {
  file(
      "t,v,w\n2020-01-01,1,2\nnever,1,2\n\n2020-01-02,1\n2020-01-03,x,2\n\"2020-01-04,1,2\n2020-01-"
      "05,1");
  mapping("thing: x\ntime: {column: t}\nproperties: [{column: '*'}]\n");
  const auto state = run();
  ASSERT_FALSE(state);
  EXPECT_EQ(state.error().code, base::ErrorCode::kInvalid);
  EXPECT_TRUE(sink_.all().empty());
  EXPECT_EQ(reported("bad_time"), "3:;");
  EXPECT_EQ(reported("field_count"), "5:;");
  EXPECT_EQ(reported("bad_value"), "6:v;");
  EXPECT_EQ(reported("bad_line"), "7:;");
  EXPECT_EQ(reported("torn_line"), "8:;");
  for (const Problem& one : reported_) EXPECT_FALSE(one.hint.empty()) << one.what;

  const auto skipped = run({.bad_rows = BadRows::kSkip});
  ASSERT_TRUE(skipped);
  EXPECT_TRUE(skipped->is_complete);
  EXPECT_EQ(series("x/v"), "2020-01-01T00:00:00Z 1;2020-01-03T00:00:00Z - wrong_type;");
  EXPECT_EQ(totals_.rows, 6U);
  EXPECT_EQ(totals_.refused_rows, 4U);
}

TEST_F(Import, SaysThatALastLineWithoutEndMayBeTorn) {
  file("t,v\n2020-01-01,1\n2020-01-02,2");
  mapping("thing: x\ntime: {column: t}\nproperties: [{column: v}]\n");
  ASSERT_TRUE(run());
  EXPECT_EQ(reported("no_line_end"), "3:;");
  EXPECT_EQ(sink_.rows("x/v").size(), 2U);
}

TEST_F(Import, DoesNotLetTwoTextsBecomeOneThing) {
  file("t,unit,v\n2020-01-01,A 1,1\n2020-01-01,a-1,2\n2020-01-02,A 1,3\n");
  mapping("thing: '{unit}'\ntime: {column: t}\nproperties: [{column: v}]\n");
  EXPECT_FALSE(run());
  EXPECT_EQ(reported("bad_name"), "3:v;");
}

TEST_F(Import, NamesTheNearestColumnAndTheOnesItLeavesOut) {
  file("Time,flow,p\n2020-01-01,1,2\n");
  mapping("thing: x\ntime: {column: Time}\nproperties: [{column: flw}]\n");
  const auto wrong = run();
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().hint, "Did you mean 'flow'?");
  mapping(
      "thing: x\ntime: {column: Time}\nproperties: [{column: flow}, {column: q, required: "
      "false}]\n");
  ASSERT_TRUE(run());
  EXPECT_EQ(reported("unused_column"), "0:p;");
}

TEST_F(Import, FeedsAThingForEachColumnWithAStar) {
  file("t,Fox_A,Fox_B\n2020-01-01,1,\n2020-01-02,,4\n");
  mapping(
      "time: {column: t}\nproperties:\n"
      "  - {column: '*', thing: '{column}', name: electricity, unit: kWh}\n");
  ASSERT_TRUE(run());
  EXPECT_EQ(series("fox_a/electricity"), "2020-01-01T00:00:00Z 1;");
  EXPECT_EQ(series("fox_b/electricity"), "2020-01-02T00:00:00Z 4;");
  EXPECT_EQ(totals_.empty_cells, 2U);
}

TEST_F(Import, ShowsTheFirstRowsAsTheyWouldBeStored) {
  file("t,v\n2020-01-01,1\nnever,2\n2020-01-03,3\n");
  mapping("thing: x\ntime: {column: t}\nproperties: [{column: v}]\n");
  const auto planned = plan().value();
  const auto rows = preview(planned, 10).value();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[1].line, 4U);
  EXPECT_EQ(rows[1].cells[0].value, Value(3.0));
}

TEST_F(Import, StoresNothingTwiceWhereverItWasInterrupted) {
  std::string text = "t,unit,v,w\n";
  for (int i = 0; i < 1000; ++i) {
    text += std::format("{},{},{},{}\n", 1577836800 + i, i % 7, i, i % 3 ? "" : "1");
  }
  file(text);
  mapping(
      "thing: 'u-{unit}'\ntime: {column: t, format: epoch_s}\nproperties: [{column: v}, {column: "
      "w}]\n");
  test::MemoryImport whole;
  const Plan planned = plan().value();
  ASSERT_TRUE(run_import(planned, whole));
  EXPECT_EQ(whole.appends(), 1);
  const std::uint64_t seed = base::Random::from_system().next();
  SCOPED_TRACE(std::format("seed {}", seed));
  base::Random random(seed);
  for (int round = 0; round < 50; ++round) {
    test::MemoryImport sink;
    for (int attempt = 0; attempt < 100; ++attempt) {
      sink.fail_before_append(random.below(2) == 0 ? static_cast<int>(random.below(4)) : 0);
      sink.fail_after_append(random.below(2) == 0 ? static_cast<int>(random.below(4)) : 0);
      const auto state = run_import(planned, sink, {.chunk_samples = 1 + random.below(300)});
      if (state && attempt > 3) break;
    }
    ASSERT_EQ(sink.all().size(), whole.all().size());
    for (const auto& [key, rows] : whole.all()) {
      ASSERT_EQ(sink.rows(key).size(), rows.size()) << key;
      for (std::size_t i = 0; i < rows.size(); ++i) {
        ASSERT_EQ(sink.rows(key)[i].sample, rows[i].sample) << key;
      }
    }
  }
}

TEST_F(Import, StopsWhenTheFileChangesUnderIt) {
  file("t,v\n2020-01-01,1\n2020-01-02,2\n");
  mapping("thing: x\ntime: {column: t}\nproperties: [{column: v}]\n");
  const Plan planned = plan().value();
  file("t,v\n2020-01-01,1\n2020-01-02,3\n");
  const auto state = run_import(planned, sink_);
  ASSERT_FALSE(state);
  EXPECT_EQ(state.error().code, base::ErrorCode::kConflict);
  EXPECT_TRUE(sink_.all().empty());
}

}  // namespace
}  // namespace millrace::connector::file
