#include "pipeline/unit_agreement.h"

#include <gtest/gtest.h>

namespace millrace::pipeline {
namespace {

class UnitAgreementTest : public ::testing::Test {
 protected:
  UnitAgreementTest()
      : units_(std::move(*unit::Units::create())), agreement_(compare_units(units_)) {}
  unit::Units units_;
  UnitAgreement agreement_;
};

TEST_F(UnitAgreementTest, HoldsForOneUnitInAnySpelling) {
  for (const auto& [said, stated] :
       {std::pair("m3/h", "m3/h"), std::pair("m³/h", "m3/h"), std::pair("M3/H", "m3/h"),
        std::pair("KPA", "kPa"), std::pair("CMH", "m3/h"), std::pair("degC", "°C"),
        std::pair("1/min", "rpm")}) {
    EXPECT_TRUE(agreement_.holds(said, stated)) << said << " for " << stated;
  }
}

TEST_F(UnitAgreementTest, DoesNotHoldForAnotherUnitAlsoOfTheSameQuantity) {
  for (const auto& [said, stated] :
       {std::pair("kPa", "bar"), std::pair("KPA", "bar"), std::pair("MPA", "bar"),
        std::pair("F", "°C"), std::pair("°F", "°C"), std::pair("MW", "mW"),
        std::pair("m", "bar")}) {
    EXPECT_FALSE(agreement_.holds(said, stated)) << said << " for " << stated;
    EXPECT_TRUE(agreement_.checked(said, stated, {}).quality.has(model::Reason::kWrongUnit));
  }
}

TEST_F(UnitAgreementTest, HoldsWhereNothingIsSaidOrWhatIsSaidIsNoUnit) {
  EXPECT_TRUE(agreement_.holds("", "bar"));
  EXPECT_TRUE(agreement_.holds("kPa", ""));
  EXPECT_TRUE(agreement_.holds("Stück je Los", "1"));
  EXPECT_TRUE(agreement_.checked("C", "°C", {}).quality.is_good()) << "coulomb or °C";
  EXPECT_TRUE(agreement_.holds("MPA", "MPa")) << "or mPa";
  EXPECT_EQ(compare_units(units_)("MPA", "MPa"), UnitsMeet::kUnknown) << "not proven either";
}

}  // namespace
}  // namespace millrace::pipeline
