#include "unit/units.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <format>
#include <numbers>
#include <set>
#include <thread>

#include "unit/internal/tables.h"

namespace millrace::unit {
namespace {

class AUnit : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto made = Units::create();
    ASSERT_TRUE(made) << base::describe(made.error());
    units_ = std::make_unique<Units>(std::move(*made));
  }
  static void TearDownTestSuite() { units_.reset(); }

  static std::string canonical(std::string_view text) {
    const auto result = units_->canonical(text);
    return result ? *result : "refused: " + base::describe(result.error());
  }
  static std::string hint(std::string_view text) {
    const auto result = units_->canonical(text);
    return result ? "accepted as " + *result : result.error().hint;
  }
  static double factor(std::string_view from, std::string_view to) {
    const auto result = units_->convert(from, to);
    EXPECT_TRUE(result) << base::describe(result.error());
    if (!result) return NAN;
    EXPECT_EQ(result->offset, 0);
    return result->factor;
  }
  static std::string refusal(std::string_view from, std::string_view to) {
    const auto result = units_->convert(from, to);
    if (result) return "converted";
    return std::format("{} ({})", result.error().what, result.error().hint);
  }

  static std::unique_ptr<Units> units_;
};
std::unique_ptr<Units> AUnit::units_;

TEST_F(AUnit, IsReadAsPlantsWriteIt) {
  for (const auto& [text, expected] :
       std::initializer_list<std::pair<const char*, const char*>>{{"kWh", "kWh"},
                                                                  {"MWh", "MWh"},
                                                                  {"Wh", "Wh"},
                                                                  {"kW·h", "kWh"},
                                                                  {"Nm", "Nm"},
                                                                  {"N·m", "Nm"},
                                                                  {"N.m", "Nm"},
                                                                  {"kNm", "kNm"},
                                                                  {"Nm3/h", "Nm3/h"},
                                                                  {"Nm³/h", "Nm3/h"},
                                                                  {"Nm^3/h", "Nm3/h"},
                                                                  {"m3/h", "m3/h"},
                                                                  {"m³/h", "m3/h"},
                                                                  {"m^3/hr", "m3/h"},
                                                                  {"l/min", "l/min"},
                                                                  {"L/min", "l/min"},
                                                                  {"°C", "°C"},
                                                                  {"degC", "°C"},
                                                                  {"℃", "°C"},
                                                                  {"°F", "°F"},
                                                                  {"degF", "°F"},
                                                                  {"%", "%"},
                                                                  {"% RH", "%RH"},
                                                                  {"ppm", "ppm"},
                                                                  {"rpm", "rpm"},
                                                                  {"U/min", "rpm"},
                                                                  {"1/min", "1/min"},
                                                                  {"min⁻¹", "1/min"},
                                                                  {"min-1", "1/min"},
                                                                  {"dB", "dB"},
                                                                  {"dB(A)", "dB(A)"},
                                                                  {"bar(g)", "barg"},
                                                                  {"mbar", "mbar"},
                                                                  {"mWS", "mH2O"},
                                                                  {"pH", "pH"},
                                                                  {"kVA", "kVA"},
                                                                  {"kvar", "kvar"},
                                                                  {"kVAr", "kvar"},
                                                                  {"mAh", "mAh"},
                                                                  {"€", "EUR"},
                                                                  {"EUR/MWh", "EUR/MWh"},
                                                                  {"pieces", "pcs"},
                                                                  {"Stück", "pcs"},
                                                                  {"uS/cm", "µS/cm"},
                                                                  {"μm", "µm"},
                                                                  {"W/m²K", "W/(m2·K)"},
                                                                  {"J/kg/K", "J/(kg·K)"},
                                                                  {"kiloPascal", "kPa"},
                                                                  {"pascal", "Pa"},
                                                                  {"m·s⁻²", "m/s2"},
                                                                  {"1", "1"},
                                                                  {"kWh/m2", "kWh/m2"},
                                                                  {"t/h", "t/h"},
                                                                  {"mm/s RMS", "mm/s"},
                                                                  {"kOhm", "kΩ"},
                                                                  {"PSI", "psi"},
                                                                  {"BTU/h", "BTU/h"},
                                                                  {"ft-lb", "lbf·ft"},
                                                                  {"MVAr", "Mvar"},
                                                                  {"gCO2/kWh", "gCO2e/kWh"}}) {
    EXPECT_EQ(canonical(text), expected) << text;
  }
}

TEST_F(AUnit, ThatTwoReadersTakeForTwoThingsIsRefusedWithBoth) {
  EXPECT_EQ(hint("C"), "Write °C, or coulomb.");
  EXPECT_EQ(hint("F"), "Write °F, or farad.");
  EXPECT_EQ(hint("a"), "Write year, or are.");
  EXPECT_EQ(hint("kWh/a"), "Write year, or are.");
  EXPECT_EQ(hint("kg/cm²"), "Write kgf/cm2.");
  EXPECT_EQ(hint("W/m2·h K"), "Write it in parentheses, as in W/(m2·K).");
  for (const char* text : {"coulomb", "farad", "year", "are", "kgf/cm2", "short_ton", "long_ton",
                           "stokes", "amu", "printers_point", "pint", "phot", "nit", "grain",
                           "dram", "peck", "pptv", "cm/s2", "mol/l"}) {
    EXPECT_EQ(canonical(text), text);
  }
}

TEST_F(AUnit, ThatUdunitsReadsAsSomethingElseIsNotReadSo) {
  EXPECT_EQ(factor("mph", "km/h"), 1.609344) << "not a milliphot";
  EXPECT_EQ(factor("oz", "g"), 28.349523125) << "not a fluid ounce";
  EXPECT_DOUBLE_EQ(factor("gpm", "l/min"), 3.785411784) << "not an acceleration";
  EXPECT_TRUE(refusal("pH", "H").contains("acidity")) << "not a picohenry";
  for (const char* text : {"10 m",       "m+3",      "K @ 273.15", "seconds since 1970-01-01",
                           "lg(re 1 W)", "1000/min", "m3/100km",   "\"",
                           "'",          "",         " ",          "/h",
                           "m/",         "m(",       "m3²",        "m-0",
                           "mm(",        "kk",       "TTR",        "m2K",
                           "a\nb",       "µ",        "°",          "·",
                           "1/",         "1 m",      "-1"}) {
    if (std::string_view(text) == "°") continue;
    EXPECT_TRUE(canonical(text).starts_with("refused")) << text << ": " << canonical(text);
  }
  EXPECT_FALSE(units_->check(std::string(200, 'm')));
  EXPECT_FALSE(units_->check(std::string_view("m\0s", 3)));
  EXPECT_FALSE(units_->check("m·m·m·m·m·m·m·m·m·m·m·m·m·m"));
}

TEST_F(AUnit, ThatIsWrongNamesTheNearestRightOne) {
  EXPECT_EQ(hint("kpa"), "Did you mean 'kPa'?");
  EXPECT_EQ(hint("Kwh"), "Did you mean 'kWh'?");
  EXPECT_EQ(hint("KWH"), "Did you mean 'kWh'?");
  EXPECT_EQ(hint("mw"), "Did you mean 'MW' or 'mW'?");
  EXPECT_EQ(hint("hz"), "Did you mean 'Hz'?");
  EXPECT_EQ(hint("M3/H"), "Did you mean 'm3/h'?");
  EXPECT_EQ(hint("degCelcius"), "Did you mean '°C'?") << "a spelling of it, mistyped";
  EXPECT_EQ(hint("bar guage"), "Did you mean 'barg'?");
  EXPECT_EQ(hint("kWhh"), "Did you mean 'kWh'?");
  EXPECT_EQ(hint("litre/minn"), "Did you mean 'l/min'?") << "the whole of it";
  EXPECT_EQ(hint("kg/secnd"), "Did you mean 'kg/s'?");
  EXPECT_EQ(hint("100 l/min"), "Give the factor as the scale of the binding.");
}

TEST_F(AUnit, IsUnderstoodInOtherLettersWhereThatIsClear) {
  EXPECT_EQ(units_->understood("kPa"), "kPa");
  EXPECT_EQ(units_->understood("M3/H"), "m3/h");
  EXPECT_EQ(units_->understood("KPA"), "kPa");
  EXPECT_EQ(units_->understood("BAR"), "bar");
  EXPECT_EQ(units_->understood("DEGC"), "°C");
  EXPECT_EQ(units_->understood("MW"), "MW") << "what is one is not another";
  EXPECT_EQ(units_->understood("mw"), "") << "MW or mW";
  EXPECT_EQ(units_->understood("C"), "") << "coulomb or °C, not the speed of light";
  EXPECT_EQ(units_->understood("M"), "");
  EXPECT_EQ(units_->understood("widgets"), "");
  EXPECT_EQ(units_->understood(""), "");
  EXPECT_EQ(units_->understood(std::string(200, 'M')), "");
}

TEST_F(AUnit, HasAllReadingsWhereItsLettersLeaveSeveral) {
  using Readings = std::vector<std::string>;
  EXPECT_EQ(units_->readings("kPa"), Readings{"kPa"});
  EXPECT_EQ(units_->readings("KPA"), Readings{"kPa"});
  EXPECT_EQ(units_->readings("MPA"), (Readings{"MPa", "mPa"}));
  EXPECT_EQ(units_->readings("mw"), (Readings{"MW", "mW"}));
  EXPECT_EQ(units_->readings("C").front(), "°C");
  EXPECT_EQ(units_->readings("C").size(), 2U);
  EXPECT_EQ(units_->readings("widgets"), Readings());
  for (const RefusedRow& row : refused_rows()) {
    const auto named = row.readings.empty() ? 0 : std::ranges::count(row.readings, '|') + 1;
    EXPECT_EQ(std::ssize(units_->readings(row.spelling)), named) << row.spelling;
    EXPECT_NE(named, 1) << row.spelling << " would be clear";
  }
}

TEST_F(AUnit, ConvertsIntoAnotherOfTheSameQuantity) {
  EXPECT_EQ(factor("kPa", "bar"), 0.01);
  EXPECT_EQ(factor("l/min", "m3/h"), 0.06);
  EXPECT_EQ(factor("kWh", "MJ"), 3.6);
  EXPECT_DOUBLE_EQ(factor("m3/h", "l/s"), 1 / 3.6);
  EXPECT_EQ(factor("rpm", "Hz"), 1.0 / 60);
  EXPECT_EQ(factor("rpm", "1/min"), 1);
  EXPECT_EQ(factor("%", "1"), 0.01);
  EXPECT_EQ(factor("barg", "mbarg"), 1000);
  EXPECT_NEAR(factor("psig", "barg"), 0.0689475729, 1e-10);
  EXPECT_EQ(factor("Nl/min", "Nm3/h"), 0.06);
  EXPECT_EQ(factor("EUR/MWh", "EUR/kWh"), 0.001);
  EXPECT_EQ(factor("kB", "bit"), 8000);
  EXPECT_EQ(factor("µS/cm", "S/m"), 1e-4);
  EXPECT_EQ(factor("mH2O", "kPa"), 9.80665);
}

TEST_F(AUnit, OfRotationConvertsIntoAnAngularSpeedByTurns) {
  EXPECT_DOUBLE_EQ(factor("rpm", "rad/s"), 2 * std::numbers::pi / 60);
  EXPECT_DOUBLE_EQ(factor("rad/s", "1/min"), 60 / (2 * std::numbers::pi));
  EXPECT_DOUBLE_EQ(factor("rev/h", "rpm"), 1.0 / 60);
  EXPECT_DOUBLE_EQ(factor("rev", "°"), 360);
  EXPECT_TRUE(refusal("rad", "1").contains("cannot become"));
}

TEST_F(AUnit, OfTemperatureIsAbsoluteUnlessItIsADifference) {
  const auto fahrenheit = units_->convert("°F", "°C");
  ASSERT_TRUE(fahrenheit);
  EXPECT_DOUBLE_EQ(fahrenheit->factor, 5.0 / 9);
  EXPECT_NEAR(fahrenheit->offset, -160.0 / 9, 1e-12);
  const auto back = units_->convert("°C", "°F");
  ASSERT_TRUE(back);
  EXPECT_DOUBLE_EQ(back->factor, 1.8);
  EXPECT_EQ(back->offset, 32);
  const auto kelvin = units_->convert("°C", "K");
  ASSERT_TRUE(kelvin);
  EXPECT_EQ(kelvin->factor, 1);
  EXPECT_EQ(kelvin->offset, 273.15);
  EXPECT_DOUBLE_EQ(factor("Δ°F", "K"), 5.0 / 9);
  EXPECT_EQ(factor("Δ°C", "K"), 1);
  EXPECT_EQ(factor("°C/min", "K/min"), 1);
  EXPECT_EQ(factor("W/(m2·°C)", "W/(m2·K)"), 1);
}

TEST_F(AUnit, OfARateOfTemperatureIsOneInAllSpellingsAndNeverASpeedOfLight) {
  for (const char* text : {"C/min", "°C/min", "degC/min", "deg_C/min", "℃/min"}) {
    EXPECT_EQ(canonical(text), "°C/min") << text;
    EXPECT_EQ(units_->understood(text), "°C/min") << text;
    EXPECT_EQ(factor(text, "K/min"), 1) << text;
  }
  EXPECT_EQ(canonical("K/min"), "K/min");
  EXPECT_EQ(canonical("C/h"), "°C/h");
  EXPECT_EQ(factor("C/s", "K/min"), 60);
  EXPECT_DOUBLE_EQ(factor("F/min", "K/min"), 5.0 / 9);
  EXPECT_TRUE(canonical("C/kg").starts_with("refused"));
  EXPECT_EQ(hint("C"), "Write °C, or coulomb.");
  EXPECT_EQ(hint("c"), "Write °C, or m/s.");
  EXPECT_EQ(hint("c/min"), "Did you mean '°C/min'?");
  EXPECT_EQ(units_->understood("c"), "");
  EXPECT_DOUBLE_EQ(factor("coulomb/min", "mA"), 1000.0 / 60);
}

TEST_F(AUnit, DoesNotConvertIntoWhatIsNotTheSame) {
  EXPECT_EQ(refusal("EUR", "USD"),
            "money ('EUR') cannot become money ('USD') (Correct the unit of the binding or that of "
            "the thing model.)");
  EXPECT_EQ(refusal("barg", "bar"),
            "gauge pressure ('barg') cannot become pressure ('bar') (Gauge and absolute pressure "
            "differ by the air pressure; name one of them.)");
  EXPECT_TRUE(
      refusal("kPa", "°C").starts_with("pressure ('kPa') cannot become temperature ('°C')"));
  for (const auto& [from, to] :
       std::initializer_list<std::pair<const char*, const char*>>{{"EUR", "1"},
                                                                  {"pcs", "%"},
                                                                  {"pH", "1"},
                                                                  {"dB", "1"},
                                                                  {"dB", "dB(A)"},
                                                                  {"Nm3", "m3"},
                                                                  {"Nm3", "Sm3"},
                                                                  {"kVA", "kW"},
                                                                  {"kvar", "kVA"},
                                                                  {"s", "Hz"},
                                                                  {"lm", "cd"},
                                                                  {"vol%", "wt%"},
                                                                  {"bit", "1"},
                                                                  {"kg", "N"}}) {
    EXPECT_NE(refusal(from, to), "converted") << from << " " << to;
  }
}

TEST_F(AUnit, ComesFromACodeOfTheUneceAndFromAUnitIdOfOpcUa) {
  EXPECT_EQ(units_->from_unece("CEL"), "°C");
  EXPECT_EQ(units_->from_unece("MQH"), "m3/h");
  EXPECT_EQ(units_->from_unece("P1"), "%");
  EXPECT_EQ(units_->from_unece("ZZZ"), "");
  EXPECT_EQ(units_->from_unece(""), "");
  EXPECT_EQ(units_->from_opcua(4408652), "°C");
  EXPECT_EQ(units_->from_opcua(5067080), "m3/h");
  EXPECT_EQ(units_->from_opcua(4937544), "kWh");
  EXPECT_EQ(units_->from_opcua(12878), "dB");
  EXPECT_EQ(units_->from_opcua(-1), "");
  EXPECT_EQ(units_->from_opcua(0), "");
}

TEST_F(AUnit, OfEveryRowOfTheTablesIsAUnitInItsOneSpelling) {
  EXPECT_GE(unece_rows().size(), 150U);
  std::string_view before;
  for (const UneceRow& row : unece_rows()) {
    EXPECT_LT(before, row.code) << "the rows are sorted";
    before = row.code;
    EXPECT_EQ(canonical(row.unit), row.unit) << row.code;
  }
  for (const AliasRow& row : alias_rows()) EXPECT_EQ(canonical(row.canonical), row.canonical);
  for (const OwnRow& row : own_rows()) EXPECT_EQ(canonical(row.canonical), row.canonical);
}

TEST_F(AUnit, SpellingStandsForOneThing) {
  std::map<std::string, std::string> seen;
  const auto note = [&](std::string_view spellings, std::string_view canonical) {
    std::string text(spellings);
    for (std::size_t end; !text.empty(); text.erase(0, end == std::string::npos ? end : end + 1)) {
      end = text.find('|');
      const auto [at, is_new] = seen.emplace(text.substr(0, end), canonical);
      EXPECT_TRUE(is_new) << at->first << " is " << at->second << " and " << canonical;
      for (const RefusedRow& row : refused_rows()) EXPECT_NE(row.spelling, at->first);
    }
  };
  for (const OwnRow& row : own_rows()) note(row.spellings, row.canonical);
  for (const AliasRow& row : alias_rows()) note(row.spellings, row.canonical);
}

TEST_F(AUnit, MayBeAskedForByManyThreads) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([] {
      const auto own = Units::create();
      ASSERT_TRUE(own);
      for (int n = 0; n < 500; ++n) {
        EXPECT_EQ(units_->convert("kPa", "bar")->factor, 0.01);
        EXPECT_FALSE(own->check("kpa"));
      }
    });
  }
  for (auto& thread : threads) thread.join();
}

}  // namespace
}  // namespace millrace::unit
