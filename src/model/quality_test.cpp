#include "model/quality.h"

#include <gtest/gtest.h>

namespace millrace::model {
namespace {

TEST(Quality, TheWorstSeverityWinsAndTwoReasonsAreKept) {
  const Quality quality =
      Quality().marked(Reason::kLate).marked(Reason::kClock).marked(Reason::kOutOfRange);
  EXPECT_EQ(quality.severity(), Severity::kBad);
  EXPECT_EQ(quality.reasons(), (std::vector{Reason::kOutOfRange, Reason::kClock}));
  EXPECT_FALSE(quality.has(Reason::kLate));
}

TEST(Quality, MarkingNeverImproves) {
  const Quality bad = Quality().marked(Reason::kWrongType);
  EXPECT_EQ(bad.marked(Reason::kLate).severity(), Severity::kBad);
  EXPECT_EQ(bad.marked(Reason::kWrongType), bad);
}

TEST(Quality, MergingIsTheSameFromBothSidesInSeverity) {
  const Quality late = Quality().marked(Reason::kLate), bad = Quality().marked(Reason::kNotFinite);
  EXPECT_EQ(late.merged(bad), bad.merged(late));
  EXPECT_EQ(late.merged(bad).reasons(), (std::vector{Reason::kNotFinite, Reason::kLate}));
}

TEST(Quality, KeepsTheSubCodeOfOpcUaUntilARuleIsWorse) {
  const Quality source = Quality::from_opcua(0x40920000);  // UncertainSensorNotAccurate
  EXPECT_EQ(source.to_opcua(), 0x40920000U);
  EXPECT_EQ(source.marked(Reason::kFlatLine).to_opcua(), 0x40920000U);
  EXPECT_EQ(source.marked(Reason::kOutOfRange).to_opcua(), 0x80000000U);
  EXPECT_TRUE(Quality::from_opcua(0x00960000).is_good());  // GoodLocalOverride
  EXPECT_EQ(Quality::from_opcua(0x00960000).to_opcua(), 0x00960000U);
}

TEST(Quality, MapsToSparkplugAndBack) {
  EXPECT_EQ(Quality().to_sparkplug(), 192);
  for (const std::int32_t code : {0, 192, 500}) {
    EXPECT_EQ(Quality::from_sparkplug(code).to_sparkplug(), code);
  }
  EXPECT_TRUE(Quality::from_sparkplug(77).is_bad());
}

TEST(Quality, StoredNumbersStayWhatTheyWere) {
  EXPECT_EQ(Quality().marked(Reason::kOutOfRange).bits(), 0x80000003U);
  EXPECT_EQ(Quality().marked(Reason::kDuplicate).bits(), 0x40000008U);
  EXPECT_EQ(Quality().marked(Reason::kLate).marked(Reason::kClock).bits(), 0x4000090AU);
  EXPECT_EQ(Quality::from_bits(0xFFFFFFFF).severity(), Severity::kBad);
}

}  // namespace
}  // namespace millrace::model
