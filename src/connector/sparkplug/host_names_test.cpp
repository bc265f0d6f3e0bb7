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

TEST(HostNames, NodesOfDifferentGroupsKeepTheirNamesAfterARestartInAnotherOrder) {
  HostNames names(ThingNames::kNodeDevice);
  const std::string first = names.origin("Site A", "n");
  const std::string second = names.origin("site-a", "n");
  const std::string pump = names.thing("Site A", "n", "Pump");
  const std::string other = names.thing("site-a", "n", "Pump");
  const std::string lower = names.thing("site-a", "n", "pump");
  EXPECT_EQ(first, "site-a.n");
  EXPECT_EQ(pump, "n.pump");
  EXPECT_EQ((std::set<std::string>{first, second}).size(), 2U);
  EXPECT_EQ((std::set<std::string>{pump, other, lower}).size(), 3U);
  HostNames again(ThingNames::kNodeDevice, names.take_new());
  EXPECT_EQ(again.thing("site-a", "n", "pump"), lower);
  EXPECT_EQ(again.thing("site-a", "n", "Pump"), other);
  EXPECT_EQ(again.thing("Site A", "n", "Pump"), pump);
  EXPECT_EQ(again.origin("site-a", "n"), second);
  EXPECT_EQ(again.origin("Site A", "n"), first);
  EXPECT_TRUE(again.take_new().empty());  // all of it was given before
}

TEST(HostNames, AThingOfTheRegistryIsNotGivenToAnotherOrigin) {
  HostNames names(ThingNames::kNodeDevice);
  names.reserve_thing("n.pump", "b.n");
  EXPECT_NE(names.thing("a", "n", "pump"), "n.pump");
  EXPECT_EQ(names.thing("b", "n", "pump"), "n.pump");
}

TEST(HostNames, GroupsThatWouldBeTheSameSiteStayApart) {
  HostNames names(ThingNames::kNodeDevice);
  EXPECT_EQ(names.site("Site A"), "site-a");
  EXPECT_NE(names.site("SITE A"), "site-a");
  EXPECT_EQ(names.site("Site A"), "site-a");
  EXPECT_EQ(names.site("site-a"), "site-a");  // the group of Millrace edges is their site
}

TEST(HostNames, AnEdgeIsOnlineInOneGroupAtATime) {
  HostNames names(ThingNames::kNodeDevice);
  EXPECT_TRUE(names.enter_edge("a", "edge"));
  EXPECT_TRUE(names.enter_edge("a", "edge"));
  EXPECT_FALSE(names.enter_edge("b", "edge"));
  names.leave_edge("b", "edge");
  EXPECT_FALSE(names.enter_edge("b", "edge"));
  names.leave_edge("a", "edge");
  EXPECT_TRUE(names.enter_edge("b", "edge"));
}

}  // namespace
}  // namespace millrace::connector::sparkplug
