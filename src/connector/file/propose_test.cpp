#include "connector/file/propose.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "connector/file/header_unit.h"
#include "connector/file/mapping.h"
#include "model/name.h"
#include "twin/twin_fixture.h"

namespace millrace::connector::file {
namespace {

const unit::Units& all_units() {
  static const auto kUnits = unit::Units::create().value();
  return kUnits;
}

MappingProposal proposal_of(std::string_view text, const std::string& name = "pump 1.csv") {
  auto made =
      propose_mapping({.beginning = text, .is_whole = true, .file_name = name}, all_units());
  EXPECT_TRUE(made) << base::describe(made.error());
  return made ? *std::move(made) : MappingProposal{};
}

Mapping mapping_of(const MappingProposal& proposal) {
  auto mapping = parse_mapping(proposal.yaml, [](const Problem&) {});
  EXPECT_TRUE(mapping) << proposal.yaml << base::describe(mapping.error());
  return mapping ? *std::move(mapping) : Mapping{};
}

std::string properties_of(const Mapping& mapping) {
  std::string text;
  for (const PropertyRule& rule : mapping.properties) {
    text += std::format("{}={}:{}:{};", rule.column, rule.name, model::text(rule.type), rule.unit);
  }
  return text;
}

bool has_note(const MappingProposal& proposal, std::string_view words) {
  return std::ranges::any_of(proposal.notes,
                             [&](const std::string& note) { return note.contains(words); });
}

TEST(HeaderUnit, TellsTheUnitFromTheName) {
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"temp [°C]", "temp", "°C"},
      {"flow (m3/h)", "flow", "m3/h"},
      {"flow_m3h", "flow", "m3/h"},
      {"power kW", "power", "kW"},
      {"Flow_l_min", "Flow", "l/min"},
      {"temp_c", "temp", "°C"},
      {"current_a", "current", "A"},
      {"phase_a", "phase_a", ""},
      {"Volume (RMS)", "Volume (RMS)", ""},
      {"Torque [Nm]", "Torque", "N·m"},
      {"pressure", "pressure", ""},
      {"eload", "eload", ""},
      {"_kw", "_kw", ""},
      {"", "", ""},
  };
  for (const auto& [column, name, unit] : cases) {
    const HeaderUnit found = header_unit(column, all_units());
    EXPECT_EQ(found.name, name) << column;
    if (std::string_view(unit) == "N·m") {
      EXPECT_FALSE(found.unit.empty());
    } else {
      EXPECT_EQ(found.unit, unit) << column;
    }
  }
}

TEST(Proposal, ReadsDelimiterDecimalTimeUnitsAndTypes) {
  const auto proposal = proposal_of(
      "Zeit;Druck [bar];flow_m3h;läuft;Hinweis\r\n01.03.2026 06:00;1,5;20;true;Start\r\n"
      "13.03.2026 06:01;1,6;;false;\r\n");
  EXPECT_TRUE(proposal.is_complete);
  const Mapping mapping = mapping_of(proposal);
  EXPECT_EQ(mapping.format.delimiter, ";");
  EXPECT_EQ(mapping.format.decimal, ",");
  EXPECT_EQ(mapping.thing, "pump-1");
  EXPECT_EQ(mapping.time.column, "Zeit");
  EXPECT_EQ(mapping.time.format, "%d.%m.%Y %H:%M");
  EXPECT_EQ(properties_of(mapping),
            "Druck [bar]=druck:f64:bar;flow_m3h=flow:f64:m3/h;läuft=:bool:;Hinweis=:text:;");
  EXPECT_TRUE(has_note(proposal, "taken as UTC"));
}

TEST(Proposal, SaysWhatThePersonMustGive) {
  const auto proposal = proposal_of("load,speed\n1,2\n3,4\n");
  EXPECT_FALSE(proposal.is_complete);
  EXPECT_TRUE(has_note(proposal, "No column is a time"));
  EXPECT_TRUE(has_note(proposal, "No unit is known of load, speed"));
  EXPECT_FALSE(parse_mapping(proposal.yaml, [](const Problem&) {}));
}

TEST(Proposal, ReadsTheFormsOfTimes) {
  const std::tuple<const char*, const char*, const char*> cases[] = {
      {"t,v\n2026-03-01T06:00:00Z,1\n", "iso", ""},
      {"t,v\n1772344800,1\n1772344801,2\n", "epoch_s", ""},
      {"timestamp,v\n1772344800123,1\n", "epoch_ms", ""},
      {"when,v\n03/14/2026 06:00:00,1\n", "%m/%d/%Y %H:%M:%S", ""},
      {"t,v\n3/1/2026 6:00,1\n3/2/2026 6:00,1\n3/3/2026 6:00,1\n3/4/2026 6:00,1\n"
       "3/5/2026 6:00,1\n3/13/2026 6:00,1\n",
       "%m/%d/%Y %H:%M", ""},
      {"v,date,time\n1,14/03/2026,06:00\n", "%d/%m/%Y %H:%M", "time"},
      {"2026-03-01 06:00:00,1\n2026-03-01 06:00:01,1\n", "iso", ""},
  };
  for (const auto& [text, format, second] : cases) {
    const Mapping mapping = mapping_of(proposal_of(text));
    EXPECT_EQ(mapping.time.format, format) << text;
    EXPECT_EQ(mapping.time.second_column, second) << text;
  }
  EXPECT_TRUE(has_note(proposal_of("t,v\n01/02/2026 06:00,1\n"), "cannot be told apart"));
}

TEST(Proposal, AFewWrongCellsDoNotHideWhatAColumnIs) {
  const Mapping mapping = mapping_of(proposal_of(
      "t,v\n2026-03-01 06:00,1\n2026-03-01 06:01,ERR\n2026-03-01 06:02,1\n2026-03-01 06:03,1\n"
      "2026-03-01 06:04,1\nyesterday,1\n"));
  EXPECT_EQ(mapping.time.column, "t");
  EXPECT_EQ(properties_of(mapping), "v=:f64:;");
}

TEST(Proposal, WritesNotesThatStayComments) {
  const Mapping mapping =
      mapping_of(proposal_of("t,\"v\nthing: evil\"\n2026-03-01 06:00,1\n2026-03-01 06:01,2\n"));
  EXPECT_EQ(mapping.thing, "pump-1");
}

TEST(Proposal, KnowsALongTableAndTheColumnOfThings) {
  const auto proposal = proposal_of(
      "timestamp,asset,tag,value,unit\n2026-03-01 06:00:00,pump-1,flow,41.7,m3/h\n"
      "2026-03-01 06:00:00,pump-2,flow,40.7,m3/h\n");
  const Mapping mapping = mapping_of(proposal);
  EXPECT_EQ(mapping.layout, Layout::kLong);
  EXPECT_EQ(mapping.long_table.property, "tag");
  EXPECT_EQ(mapping.long_table.unit, "unit");
  EXPECT_EQ(mapping.thing, "{asset}");
}

TEST(Proposal, NamesColumnsThatHaveNoNameOrTheSame) {
  const auto proposal = proposal_of("export of line 3\ntime;a;a;\n2026-03-01 06:00;1;2;3\n");
  const Mapping mapping = mapping_of(proposal);
  EXPECT_EQ(mapping.format.skip_lines, 1);
  EXPECT_EQ(mapping.format.columns, (std::vector<std::string>{"time", "a", "a-3", "column-4"}));
}

TEST(Proposal, RefusesWhatIsNoText) {
  const auto binary = propose_mapping(
      {.beginning = std::string_view("P\0\1\2", 4), .is_whole = true, .file_name = "x"},
      all_units());
  EXPECT_FALSE(binary);
  EXPECT_FALSE(propose_mapping({.beginning = "", .is_whole = true, .file_name = "x"}, all_units()));
  EXPECT_FALSE(propose_mapping({.beginning = "\x1f\x8b broken", .is_whole = true, .file_name = "x"},
                               all_units()));
}

class ModelProposal : public twin::TwinTest {
 protected:
  MappingProposal proposal(std::string_view text) {
    const auto catalog = build(twin::model("pump",
                                           "  properties:\n"
                                           "    flow: {type: number, unit: m3/h}\n"
                                           "    bearing_temperature: {type: number, unit: degC}\n"
                                           "    speed: {type: number, unit: rpm}\n"
                                           "    running: {type: boolean}\n"
                                           "    starts: {type: integer}\n"));
    return propose_mapping({.beginning = text,
                            .is_whole = true,
                            .file_name = "x.csv",
                            .thing = "pump-7",
                            .model = catalog->models().at({"pump", 1}).get()},
                           all_units())
        .value();
  }
};

TEST_F(ModelProposal, FeedsThePropertiesOfTheThing) {
  const auto made = proposal(
      "time,Flow [m3/h],BrgTemp,Running,Starts,Note\n2026-03-01T06:00:00Z,1.5,60.1,1,3,ok\n");
  const Mapping mapping = mapping_of(made);
  EXPECT_EQ(mapping.thing, "pump-7");
  EXPECT_EQ(properties_of(mapping),
            "Flow [m3/h]=flow:f64:m3/h;BrgTemp=bearing_temperature:f64:degC;Running=running:bool:;"
            "Starts=starts:i64:;Note=:text:;");
  EXPECT_TRUE(has_note(made, "BrgTemp says no unit and is taken as degC"));
}

TEST_F(ModelProposal, DoesNotFeedWhatAnImportWouldAlter) {
  const auto made = proposal("time,flow [l/min],starts\n2026-03-01T06:00:00Z,1.5,3.5\n");
  EXPECT_EQ(properties_of(mapping_of(made)), "flow [l/min]=:f64:l/min;starts=starts-2:f64:;");
  EXPECT_EQ(model::nearest_name("flow [l/min]"), "flow-l-min");  // which is not the model's
  EXPECT_TRUE(has_note(made, "an import does not convert"));
  EXPECT_TRUE(has_note(made, "starts does not fit starts of pump-7") ||
              has_note(made, "starts holds values that are no i64"));
}

}  // namespace
}  // namespace millrace::connector::file
