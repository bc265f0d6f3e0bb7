#include "connector/sparkplug/host_names.h"

#include <gtest/gtest.h>

#include <set>

#include "model/name.h"

namespace millrace::connector::sparkplug {
namespace {

TEST(HostNames, ATextBecomesItsNearestName) {
  EXPECT_EQ(safe_name("Pump 1/Flow"), "pump-1-flow");
  EXPECT_EQ(safe_name("flow"), "flow");
}

TEST(HostNames, LongTextsStayDifferent) {
  const std::string first = safe_name(std::string(100, 'a') + "1");
  const std::string second = safe_name(std::string(100, 'a') + "2");
  EXPECT_NE(first, second);
  EXPECT_TRUE(model::is_name(first));
}

TEST(HostNames, TextsThatWouldBeTheSameNameStayApartWhateverTheirOrder) {
  const auto names = distinct_names({"Flow", "flow", "FLOW", "other"});
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 4U);
  EXPECT_EQ(names[1], "flow");
  const auto turned = distinct_names({"FLOW", "other", "flow", "Flow"});
  EXPECT_EQ(turned[0], names[2]);
  EXPECT_EQ(turned[3], names[0]);
  for (const std::string& name : names) EXPECT_TRUE(model::is_name(name)) << name;
}

TEST(HostNames, EqualDevicesUnderDifferentNodesAreDifferentThings) {
  HostNames names(ThingNames::kNodeDevice);
  EXPECT_EQ(names.thing("g", "n1", "pump"), "n1.pump");
  EXPECT_EQ(names.thing("g", "n2", "pump"), "n2.pump");
  EXPECT_NE(names.thing("other", "n1", "pump"), "n1.pump");
  EXPECT_EQ(names.thing("g", "n1", "pump"), "n1.pump");
  EXPECT_EQ(names.thing("g", "n1", ""), "n1");
}

}  // namespace
}  // namespace millrace::connector::sparkplug
