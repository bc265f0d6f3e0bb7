#include "twin/matching.h"

#include "twin/model_draft.h"
#include "twin/twin_fixture.h"

namespace millrace::twin {
namespace {

using model::ValueType;

std::string meanings(std::string_view text) {
  std::string out;
  for (const TagWord& word : tag_words(text)) out += (out.empty() ? "" : " ") + word.meaning;
  return out;
}

double alike(std::string_view one, std::string_view other) {
  return likeness(tag_words(one), tag_words(other));
}

OfferedValue value(std::string name, std::string unit = {}, ValueType type = ValueType::kF64) {
  OfferedValue one;
  one.address = "ns=1;s=" + name;
  one.name = std::move(name);
  one.unit = std::move(unit);
  one.type = type;
  return one;
}

constexpr std::string_view kPump = R"(  title: Pump
  properties:
    flow: {type: number, unit: m3/h}
    suction_pressure: {type: number, unit: bar, title: Suction pressure}
    discharge_pressure: {type: number, unit: bar, titles: {de: Enddruck}}
    bearing_temperature: {type: number, unit: degC}
    speed: {type: number, unit: rpm}
    starts: {type: integer}
    running: {type: boolean}
    state: {type: string}
)";

class MatchingTest : public TwinTest {
 protected:
  ModelMatch match(const std::vector<OfferedValue>& offered, const Decisions& decided = {}) {
    return matcher_.match(offered, *model_, decided);
  }
  ValueMatch match_one(const OfferedValue& offered) { return match({offered}).values.at(0); }

  std::shared_ptr<const Catalog> catalog_ = build(model("pump", kPump));
  std::shared_ptr<const ThingModel> model_ = catalog_->models().at({"pump", 1});
  Matcher matcher_{units()};
};

TEST(TagWords, AreApartAtSignsDigitsAndCamelCase) {
  EXPECT_EQ(meanings("Pump1_BrgTemp"), "pump 1 bearing temperature");
  EXPECT_EQ(meanings("MOTOR-CURRENT"), "motor current");
  EXPECT_EQ(meanings("HVACPower"), "hvac power");
  EXPECT_EQ(meanings("discharge_pressure"), "discharge pressure");
  EXPECT_EQ(meanings(""), "");
  EXPECT_EQ(meanings("-./ "), "");
}

TEST(TagWords, AreKnownInGermanAndChineseAndInCompounds) {
  EXPECT_EQ(meanings("Lagertemperatur"), "bearing temperature");
  EXPECT_EQ(meanings("Wicklungstemperatur"), "winding temperature");
  EXPECT_EQ(meanings("Förderstrom"), "flow");
  EXPECT_EQ(meanings("Enddruck"), "discharge pressure");
  EXPECT_EQ(meanings("轴承温度"), "bearing temperature");
  EXPECT_EQ(meanings("dischargepressure"), "discharge pressure");
  EXPECT_EQ(meanings("temperance"), "temperance") << "no compound: 'ance' is no word";
}

TEST(TagWords, ReadTheLettersOfInstruments) {
  EXPECT_EQ(meanings("TT-101"), "temperature 101");
  EXPECT_EQ(meanings("PIT_4711"), "pressure 4711");
  EXPECT_EQ(meanings("FT101.PV"), "flow 101 value");
  EXPECT_EQ(meanings("it works"), "it works") << "small letters are words";
}

TEST(TagWords, AnyBytesAreWords) {
  EXPECT_FALSE(tag_words("\xFF\xFE\x80 flow").empty());
  EXPECT_LE(tag_words(std::string(100'000, 'a')).size(), 24U);
}

TEST(Likeness, IsHighForTheSameAndLowForOthers) {
  EXPECT_EQ(alike("bearing_temperature", "BearingTemperature"), 1);
  EXPECT_GT(alike("bearing_temperature", "BrgTmp"), 0.9);
  EXPECT_GT(alike("flow", "Durchfluss"), 0.9);
  EXPECT_GT(alike("humidifier", "humidfier"), 0.7) << "one letter is lost";
  EXPECT_GT(alike("suction_pressure", "InletPressure"), 0.8);
  EXPECT_LT(alike("suction_pressure", "DischargePressure"), 0.6);
  EXPECT_LT(alike("speed", "SpeedSP"), 0.45) << "a set point is another thing";
  EXPECT_LT(alike("temperature", "MaxTemperature"), 0.45);
  EXPECT_EQ(alike("flow", "state"), 0);
  EXPECT_EQ(alike("", "state"), 0);
}

TEST_F(MatchingTest, TheSameNamesAndUnitsAreAFullMatch) {
  const ModelMatch found =
      match({value("flow", "m3/h"), value("speed", "rpm"), value("running", "", ValueType::kBool),
             value("state", "", ValueType::kText)});
  for (const ValueMatch& one : found.values) {
    ASSERT_TRUE(one.property);
    EXPECT_EQ(one.score, 1) << one.reason;
  }
  EXPECT_EQ(found.values[0].reason, "same name; both in m3/h");
  EXPECT_EQ(found.values[0].unit, "m3/h");
  EXPECT_NEAR(found.score, 0.875, 1e-9) << "all that is offered, half of the model";
}

TEST_F(MatchingTest, AnotherUnitOfTheSameKindIsSaidAndConverts) {
  const ValueMatch found = match_one(value("SuctionPress", "kPa"));
  EXPECT_EQ(found.property, "suction_pressure");
  EXPECT_EQ(found.unit, "kPa") << "the binding says the source's unit";
  EXPECT_TRUE(found.reason.contains("kPa converts to bar")) << found.reason;
  EXPECT_EQ(match_one(value("Drehzahl", "1/s")).property, "speed");
  EXPECT_EQ(match_one(value("Enddruck", "MBAR")).property, "discharge_pressure")
      << "capital letters of an old controller";
}

TEST_F(MatchingTest, AnIncompatibleUnitNeverMatches) {
  const ValueMatch found = match_one(value("flow", "kg/h"));
  EXPECT_FALSE(found.property);
  EXPECT_EQ(found.score, 0);
  EXPECT_TRUE(found.reason.contains("kg/h does not become m3/h")) << found.reason;
  EXPECT_FALSE(match_one(value("starts", "bar")).property) << "the property has no unit";
  EXPECT_TRUE(match_one(value("starts", "1", ValueType::kI64)).property);
  EXPECT_FALSE(match_one(value("flow", "furlongs per moon")).property);
}

TEST_F(MatchingTest, ASourceWithoutUnitIsBoundWithTheAssumptionSaid) {
  const ValueMatch found = match_one(value("flow"));
  EXPECT_EQ(found.property, "flow");
  EXPECT_EQ(found.unit, "m3/h");
  EXPECT_TRUE(found.reason.contains("assumed")) << found.reason;
  EXPECT_LT(found.score, match_one(value("flow", "l/min")).score);
}

TEST_F(MatchingTest, AUnitAtTheEndOfTheNameIsNotMistakenForTheModels) {
  const ValueMatch kilo = match_one(value("suction_pressure_kpa"));
  EXPECT_EQ(kilo.property, "suction_pressure");
  EXPECT_EQ(kilo.unit, "kPa") << kilo.reason;
  EXPECT_TRUE(kilo.reason.contains("its name says kPa, which is assumed: check it")) << kilo.reason;
  EXPECT_EQ(match_one(value("Suction pressure [mbar]")).unit, "mbar");
  EXPECT_EQ(match_one(value("suction_pressure_a")).unit, "bar") << "an ampere is no pressure";
}

TEST_F(MatchingTest, TypesThatCannotBeReadNeverMatch) {
  EXPECT_FALSE(match_one(value("state", "", ValueType::kI64)).property);
  EXPECT_FALSE(match_one(value("flow", "", ValueType::kText)).property);
  const ValueMatch whole = match_one(value("running", "", ValueType::kI64));
  EXPECT_EQ(whole.property, "running");
  EXPECT_TRUE(whole.is_truth) << "0 and 1 need a table of values";
}

TEST_F(MatchingTest, APropertyHasOneSourceTheLikest) {
  const ModelMatch found = match({value("Flow2", "l/min"), value("Flow", "m3/h")});
  EXPECT_FALSE(found.values[0].property);
  EXPECT_TRUE(found.values[0].reason.contains("which ns=1;s=Flow feeds")) << found.values[0].reason;
  EXPECT_EQ(found.values[1].property, "flow");
}

TEST_F(MatchingTest, FoldersAreWordsToo) {
  OfferedValue inside = value("Value", "degC");
  inside.folders = {"Bearing", "Temperature"};
  EXPECT_EQ(match_one(inside).property, "bearing_temperature");
}

TEST_F(MatchingTest, WhatAPersonDecidesStands) {
  const std::vector<OfferedValue> offered = {value("Flow", "m3/h"), value("Odd", "bar"),
                                             value("Speed", "rpm")};
  const ModelMatch found = match(offered, {{offered[0].address, std::nullopt},
                                           {offered[1].address, "suction_pressure"},
                                           {offered[2].address, "flow"}});
  EXPECT_FALSE(found.values[0].property);
  EXPECT_EQ(found.values[1].property, "suction_pressure");
  EXPECT_EQ(found.values[1].score, 1);
  EXPECT_FALSE(found.values[2].property) << "rpm is no flow, whoever says so";
  EXPECT_TRUE(found.values[2].reason.contains("rpm does not become m3/h"));
  EXPECT_TRUE(match(offered, {{offered[0].address, "flou"}})
                  .values[0]
                  .reason.contains("has no property 'flou'"));
}

TEST_F(MatchingTest, WhatAllNamesBeginWithIsTheThing) {
  const std::vector<OfferedValue> offered = {value("P7_Flow"), value("P7_Speed")};
  const auto own = own_words(offered, {});
  EXPECT_EQ(own[0], tag_words("Flow"));
  EXPECT_EQ(own[1], tag_words("Speed"));
  EXPECT_EQ(own_words(std::vector{value("Pump1.Flow")}, "Pump1")[0], tag_words("Flow"));
  EXPECT_EQ(own_words(std::vector{value("Flow")}, "Flow")[0], tag_words("Flow"));
}

TEST_F(MatchingTest, ADraftIsAModelThatBuildsAndFitsItsSource) {
  OfferedValue speed = value("P7_MotorSpeed", "U/min");
  speed.range_min = 0;
  speed.range_max = 3000;
  speed.is_writable = true;
  OfferedValue odd = value("P7_{{X}} \x01 Odd", "splines");
  odd.title = "{{X}} \x01 odd";
  const std::vector<OfferedValue> offered = {speed, odd, value("P7_N", "", ValueType::kU64),
                                             value("P7_Raw", "", ValueType::kBytes),
                                             value("P7_压力", "kPa")};
  const ModelDraft draft =
      draft_model("pump-7", "P7", offered, {{offered[2].address, "count"}}, matcher_);
  auto built = Catalog::build({draft.resource}, units(), checks());
  ASSERT_TRUE(built) << lines(built.error());
  const ThingModel& made = *(*built)->models().at({"pump-7", 1});
  ASSERT_TRUE(made.property("motor_speed"));
  EXPECT_EQ(made.property("motor_speed")->contract.range_max, 3000);
  EXPECT_TRUE(made.property("motor_speed")->is_writable);
  EXPECT_EQ(made.property("count")->contract.type, ValueType::kU64);
  EXPECT_TRUE(made.property("pressure")) << "by its meaning: names are Latin letters";
  EXPECT_TRUE(draft.remarks.at(offered[1].address).contains("splines"));
  const ModelMatch again = matcher_.match(offered, made, draft.addresses);
  for (const ValueMatch& one : again.values) EXPECT_TRUE(one.property) << one.reason;
}

TEST(FreeName, IsValidAndNotTaken) {
  EXPECT_EQ(free_name("Pump 1", {}), "pump-1");
  EXPECT_EQ(free_name("Pump 1", {"pump-1", "pump-1-2"}), "pump-1-3");
  const std::string longest(63, 'a');
  EXPECT_EQ(free_name(longest, {longest}).size(), 63U);
}

}  // namespace
}  // namespace millrace::twin
