// How many proposed matches are right: on the simulated plant as it is, and on servers that are
// called and measured otherwise. The truth stands beside each name.
#include <map>
#include <print>

#include "connector/sim/plant.h"
#include "onboarding/onboarding_fixture.h"

namespace millrace::service {
namespace {

using model::ValueType;

/// A variable and the property it is; empty for one that is none.
struct Known {
  const char* name;
  ValueType type;
  const char* unit;
  const char* property;
};

constexpr ValueType f64 = ValueType::kF64, i64 = ValueType::kI64, u64 = ValueType::kU64,
                    flag = ValueType::kBool, words = ValueType::kText;

const std::vector<Known> kAbbreviated = {{"FT_101", f64, "l/min", "flow"},
                                         {"SuctPrs", f64, "kPa", "suction_pressure"},
                                         {"DischPrs", f64, "psi", "discharge_pressure"},
                                         {"BrgTmp_DE", f64, "degF", "bearing_temperature"},
                                         {"WdgTemp", f64, "degF", "winding_temperature"},
                                         {"MotCur", f64, "mA", "motor_current"},
                                         {"PwrAct", f64, "W", "power"},
                                         {"Vib_RMS", f64, "in/s", "vibration"},
                                         {"Spd", f64, "1/s", "speed"},
                                         {"VlvPos", f64, "%", "valve_position"},
                                         {"OpHrs", i64, "h", "running_hours"},
                                         {"RunFb", flag, "", "running"},
                                         {"Status", words, "", "state"},
                                         {"SpdSP", f64, "1/s", ""},
                                         {"FlowTot", f64, "m3", ""},
                                         {"FltCode", i64, "", ""},
                                         {"BrgTmpHiLim", f64, "degF", ""},
                                         {"AmbTmp", f64, "degF", ""},
                                         {"SerialNo", words, "", ""},
                                         {"Starts", u64, "", ""}};

const std::vector<Known> kGerman = {{"Förderstrom", f64, "l/s", "flow"},
                                    {"Saugdruck", f64, "mbar", "suction_pressure"},
                                    {"Enddruck", f64, "mbar", "discharge_pressure"},
                                    {"Lagertemperatur", f64, "K", "bearing_temperature"},
                                    {"Wicklungstemperatur", f64, "K", "winding_temperature"},
                                    {"Motorstrom", f64, "A", "motor_current"},
                                    {"Wirkleistung", f64, "MW", "power"},
                                    {"Schwingung", f64, "m/s", "vibration"},
                                    {"Drehzahl", f64, "U/min", "speed"},
                                    {"Ventilstellung", f64, "%", "valve_position"},
                                    {"Betriebsstunden", i64, "h", "running_hours"},
                                    {"Läuft", flag, "", "running"},
                                    {"Zustand", words, "", "state"},
                                    {"Solldrehzahl", f64, "U/min", ""},
                                    {"Fördermenge_gesamt", f64, "m3", ""},
                                    {"Störmeldung", words, "", ""},
                                    {"Ölstand", f64, "%", ""},
                                    {"Umgebungstemperatur", f64, "K", ""}};

const std::vector<Known> kChinese = {{"流量", f64, "m3/h", "flow"},
                                     {"入口压力", f64, "kPa", "suction_pressure"},
                                     {"出口压力", f64, "kPa", "discharge_pressure"},
                                     {"轴承温度", f64, "degC", "bearing_temperature"},
                                     {"绕组温度", f64, "degC", "winding_temperature"},
                                     {"电机电流", f64, "A", "motor_current"},
                                     {"功率", f64, "kW", "power"},
                                     {"振动", f64, "mm/s", "vibration"},
                                     {"转速", f64, "rpm", "speed"},
                                     {"阀位", f64, "%", "valve_position"},
                                     {"运行小时", i64, "h", "running_hours"},
                                     {"运行", flag, "", "running"},
                                     {"状态", words, "", "state"},
                                     {"转速设定值", f64, "rpm", ""},
                                     {"环境温度", f64, "degC", ""},
                                     {"液位", f64, "%", ""}};

const std::vector<Known> kBuilding = {{"OAT", f64, "degF", "outdoor_temperature"},
                                      {"ZnTmp", f64, "degF", "zone_temperature"},
                                      {"Occ", u64, "", "occupancy"},
                                      {"HVACMode", words, "", "hvac_mode"},
                                      {"HVAC_Pwr", f64, "W", "hvac_power"},
                                      {"COP", f64, "", "cop"},
                                      {"Power", f64, "W", "power"},
                                      {"Energy", f64, "MWh", "energy"},
                                      {"ZnTmpSp", f64, "degF", ""},
                                      {"SupplyAirTmp", f64, "degF", ""},
                                      {"CO2", f64, "ppm", ""},
                                      {"Filter_dP", f64, "Pa", ""}};

// Symbols of physics and house abbreviations, of which the lexicon knows next to nothing.
const std::vector<Known> kSymbols = {{"Q_ist", f64, "m3/h", "flow"},
                                     {"p_s", f64, "bar", "suction_pressure"},
                                     {"p_d", f64, "bar", "discharge_pressure"},
                                     {"T_Lag_A", f64, "degC", "bearing_temperature"},
                                     {"T_W1", f64, "degC", "winding_temperature"},
                                     {"I_L1", f64, "A", "motor_current"},
                                     {"P_el", f64, "kW", "power"},
                                     {"v_rms", f64, "mm/s", "vibration"},
                                     {"n", f64, "rpm", "speed"},
                                     {"Y_V12", f64, "%", "valve_position"},
                                     {"BSZ", i64, "h", "running_hours"},
                                     {"EIN", flag, "", "running"},
                                     {"ZUST", words, "", "state"},
                                     {"n_soll", f64, "rpm", ""},
                                     {"T_U", f64, "degC", ""},
                                     {"LT_3", f64, "%", ""}};

struct Score {
  int right = 0, wrong = 0, missed = 0;
  double precision() const { return right + wrong == 0 ? 0 : 1.0 * right / (right + wrong); }
  double recall() const { return right + missed == 0 ? 0 : 1.0 * right / (right + missed); }
};

class ProposalScore : public OnboardingTest {
 protected:
  /// Serves a thing, proposes, and compares with the truth.
  Score score(const std::string& thing, const std::vector<Known>& known, const std::string& model,
              std::optional<twin::ModelRef> given = {}) {
    std::vector<opcua::ServedVariable> variables;
    for (const Known& one : known) variables.push_back({thing, one.name, "", one.type, one.unit});
    serve(std::move(variables));
    const Proposal found = propose({.candidate = {},
                                    .connection = typed(),
                                    .addresses = {address(thing)},
                                    .model = std::move(given),
                                    .thing = {},
                                    .place = {},
                                    .decided = {}});
    EXPECT_EQ(found.model.name, model) << thing;
    EXPECT_NE(found.thing, "x") << thing;
    thing_ = found.thing;
    Score score;
    for (const Known& one : known) {
      const ProposedMatch* match = match_of(found, address(thing + "/" + one.name));
      EXPECT_TRUE(match) << one.name;
      const std::string property = match ? match->match.property.value_or("") : "";
      if (!property.empty() && property == one.property) {
        ++score.right;
        continue;
      }
      if (!property.empty()) ++score.wrong;
      if (*one.property) ++score.missed;
      if (!property.empty() || *one.property) {
        std::println("  {} is '{}', proposed '{}': {}", one.name, one.property, property,
                     match ? match->match.reason : "");
      }
    }
    std::println(
        "{:<14} {:>3} variables  {:>3} right  {} wrong  {} missed  precision {:.3f}  "
        "recall {:.3f}",
        thing, known.size(), score.right, score.wrong, score.missed, score.precision(),
        score.recall());
    return score;
  }

  std::string thing_;  // the last one proposed
};

TEST_F(ProposalScore, TheSimulatedPlantIsProposedWithoutAMistake) {
  apply_models();
  const auto plant = sim::make_pump_plant({.seed = 1, .start = clock_.now()});
  ASSERT_TRUE(plant);
  for (const sim::ThingSpec& thing : plant->things()) {
    std::vector<Known> known;
    for (const sim::PropertySpec& one : thing.properties) {
      known.push_back({one.name.c_str(), one.type, one.unit.c_str(), one.name.c_str()});
    }
    const Score found = score(thing.name, known, "centrifugal-pump");
    EXPECT_EQ(found.wrong, 0);
    EXPECT_EQ(found.missed, 0);
  }
}

TEST_F(ProposalScore, MessyServersAreProposedNearlyWithoutAMistake) {
  apply_models();
  Score all;
  for (const auto& [thing, known, model] :
       {std::tuple("P-101", &kAbbreviated, "centrifugal-pump"),
        std::tuple("Kreiselpumpe 2", &kGerman, "centrifugal-pump"),
        std::tuple("泵3", &kChinese, "centrifugal-pump"),
        std::tuple("AHU-1", &kBuilding, "building")}) {
    const Score one = score(thing, *known, model);
    EXPECT_EQ(thing_ == "pump-3", known == &kChinese) << "by meanings where letters are others";
    all.right += one.right;
    all.wrong += one.wrong;
    all.missed += one.missed;
  }
  std::println("{:<14} {:>3} right  {} wrong  {} missed  precision {:.3f}  recall {:.3f}", "messy",
               all.right, all.wrong, all.missed, all.precision(), all.recall());
  EXPECT_GE(all.precision(), 0.95);
  EXPECT_GE(all.recall(), 0.9);
}

TEST_F(ProposalScore, WhatIsNotUnderstoodIsLeftToThePerson) {
  apply_models();
  const Score found =
      score("symbols", kSymbols, "centrifugal-pump", twin::ModelRef{"centrifugal-pump", 1});
  EXPECT_EQ(found.wrong, 0) << "nothing rather than something wrong";
}

}  // namespace
}  // namespace millrace::service
