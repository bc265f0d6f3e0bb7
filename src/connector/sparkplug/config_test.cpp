#include "connector/sparkplug/config.h"

#include <gtest/gtest.h>

#include "codec/sparkplug_topic.h"
#include "config/load.h"

namespace millrace::connector::sparkplug {
namespace {

TEST(SparkplugConfig, AnEdgeIsReadFromYaml) {
  const auto edge = config::load_text(R"(group: plant-a
node: edge-1
primary_host: millrace-plant-a
mqtt:
  servers: ["broker:8883", "10.0.0.1"]
  user: edge-1
  password: s3cret
  version: "3.1.1"
  tls: {on: true, ca_file: /etc/ca.pem}
)",
                                      "edge.yaml", edge_node_table());
  ASSERT_TRUE(edge) << edge.error().what;
  EXPECT_EQ(edge->mqtt.version, net::MqttVersion::k311);
  const net::MqttOptions options = mqtt_options(edge->mqtt, "plant-a.edge-1");
  EXPECT_EQ(options.client_id, "plant-a.edge-1");
  EXPECT_EQ(options.keep_alive, std::chrono::seconds(30));
  EXPECT_TRUE(options.tls.is_on);
  const std::string shown = config::to_text(*edge, edge_node_table(), config::Secrets::kRedacted);
  EXPECT_EQ(shown.find("s3cret"), std::string::npos);
}

TEST(SparkplugConfig, AnIdWithASlashIsRefusedAtItsLine) {
  const auto edge =
      config::load_text("group: plant/a\nnode: edge-1\n", "edge.yaml", edge_node_table());
  ASSERT_FALSE(edge);
  EXPECT_NE(edge.error().what.find("edge.yaml:1"), std::string::npos) << edge.error().what;
}

TEST(SparkplugConfig, AHostIsReadFromYaml) {
  const auto host = config::load_text("groups: [a, b]\nfinds_groups: false\nthing_names: device\n",
                                      "hub.yaml", host_table());
  ASSERT_TRUE(host) << host.error().what;
  EXPECT_EQ(host->thing_names, ThingNames::kDevice);
  EXPECT_FALSE(host->finds_groups);
  EXPECT_EQ(host->groups, (std::vector<std::string>{"a", "b"}));
}

TEST(SparkplugConfig, EachGroupHasAHostOfItsOwn) {
  EXPECT_EQ(host_id("plant-a"), "millrace-plant-a");
  EXPECT_EQ(host_id("Site A"), "millrace-Site A");
  EXPECT_NE(host_id("Site A"), host_id("site-a"));
  const std::string first(250, 'a');
  const std::string second = first + "b";
  EXPECT_TRUE(codec::sparkplug::is_id(host_id(first)));
  EXPECT_NE(host_id(first), host_id(second));
}

TEST(SparkplugConfig, ServersAreHostAndPort) {
  EXPECT_EQ(parse_server("broker")->port, 1883);
  EXPECT_EQ(parse_server("broker:8883")->port, 8883);
  EXPECT_EQ(parse_server("[::1]:99")->host, "::1");
  for (const char* wrong : {"", ":1883", "a:", "a:0", "a:99999", "a:1x", "[::1", "[::1]x"}) {
    EXPECT_FALSE(parse_server(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace millrace::connector::sparkplug
