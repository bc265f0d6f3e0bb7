#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "codec/sparkplug.h"
#include "config/table.h"
#include "net/mqtt_session.h"

namespace millrace::connector::sparkplug {

/// How to reach and enter a broker.
struct MqttConfig {
  std::vector<std::string> servers = {"127.0.0.1:1883"};  // host:port, tried in turn
  std::string client_id;                                  // empty: made from the ids
  std::string user;
  std::string password;
  net::MqttVersion version = net::MqttVersion::k5;
  base::Duration keep_alive{30'000'000};
  std::uint32_t message_bytes_max = codec::sparkplug::kMessageBytesMax;
  net::TlsOptions tls;
};

/// An edge node (Sparkplug 3.0, chapter 5): the sink of a Millrace edge.
struct EdgeNodeConfig {
  std::string group;         // the site
  std::string node;          // the edge
  std::string primary_host;  // empty: host_id(group); "none": births do not wait for a host
  MqttConfig mqtt;
  base::Duration host_patience{30'000'000};    // for the primary host, before the next server
  base::Duration rebirth_interval{5'000'000};  // requests that come faster are answered together
  std::uint32_t queue_bytes_max = 8U << 20;    // send() refuses above
};

/// How the things of third-party nodes are named.
enum class ThingNames { kDevice, kNodeDevice, kGroupNodeDevice };

/// The source of a hub: one host application for each group it owns.
struct HostConfig {
  std::vector<std::string> groups;  // owned from the start
  bool finds_groups = true;         // owns what appears in other groups, too
  std::uint32_t groups_max = 100;   // each costs a connection and a thread
  MqttConfig mqtt;
  ThingNames thing_names = ThingNames::kNodeDevice;
  base::Duration scan_time{60'000'000};        // how long DATA of unknown groups is listened for …
  base::Duration scan_interval{600'000'000};   // … after connecting, and this often
  base::Duration reorder_timeout{2'000'000};   // how long a gap in seq is waited for
  base::Duration rebirth_interval{5'000'000};  // between two requests to one node, at least
  std::uint32_t rebirths_per_second_max = 50;  // to all nodes together
  std::uint32_t nodes_max = 10'000;
  std::uint32_t metrics_per_node_max = 100'000;
};

/// The host application that owns a group: "millrace-" and the group; of a group whose name is too
/// long for that, its hash. The group is not altered, so that different groups have different
/// hosts.
std::string host_id(std::string_view group);

const config::TableOf<MqttConfig>& mqtt_table();
const config::TableOf<EdgeNodeConfig>& edge_node_table();
const config::TableOf<HostConfig>& host_table();

/// The session options of a configuration; `default_client_id` where it names none.
net::MqttOptions mqtt_options(const MqttConfig& config, std::string default_client_id);

struct Server {
  std::string host;
  std::uint16_t port = 1883;
};
/// "host", "host:port" or "[v6]:port". Errors: invalid.
base::Result<Server> parse_server(const std::string& text);
base::Result<std::vector<Server>> parse_servers(const std::vector<std::string>& texts);

inline constexpr std::string_view kNoPrimaryHost = "none";

}  // namespace millrace::connector::sparkplug
