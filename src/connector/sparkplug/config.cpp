#include "connector/sparkplug/config.h"

#include <charconv>

#include "codec/sparkplug_topic.h"
#include "connector/sparkplug/host_names.h"

namespace millrace::connector::sparkplug {
namespace {

using base::ErrorCode;
using config::Need;
using config::Secrecy;
using config::TableOf;

const TableOf<net::TlsOptions>& tls_table() {
  static const auto kTable =
      TableOf<net::TlsOptions>("TLS", "Encryption towards the broker.")
          .flag({.key = "on", .sentence = "Whether the connection is encrypted."},
                &net::TlsOptions::is_on)
          .text({.key = "ca_file",
                 .sentence = "PEM file of the authorities that are trusted; the "
                             "system's when empty."},
                &net::TlsOptions::ca_file)
          .text({.key = "cert_file", .sentence = "PEM file of the client's certificate."},
                &net::TlsOptions::cert_file)
          .text({.key = "key_file", .sentence = "PEM file of the certificate's key."},
                &net::TlsOptions::key_file)
          .flag({.key = "check_host_name",
                 .sentence = "Whether the broker's certificate must name its host."},
                &net::TlsOptions::checks_host_name);
  return kTable;
}

template <class T>
std::optional<typename TableOf<T>::Complaint> check_ids(
    const std::vector<std::pair<std::string, std::string>>& ids) {
  for (const auto& [key, id] : ids) {
    if (codec::sparkplug::is_id(id)) continue;
    return typename TableOf<T>::Complaint{key, std::format("'{}' is no Sparkplug id", id),
                                          "An id is not empty and has no + / #."};
  }
  return std::nullopt;
}

std::optional<TableOf<HostConfig>::Complaint> check_host_ids(const HostConfig& host) {
  std::vector<std::pair<std::string, std::string>> ids;
  for (const std::string& group : host.groups) ids.emplace_back("groups", group);
  return check_ids<HostConfig>(ids);
}

auto not_a_server(const std::string& text) {
  return base::fail(ErrorCode::kInvalid, std::format("'{}' is no server", text),
                    "Write host:port, for example 127.0.0.1:1883.");
}

}  // namespace

const TableOf<MqttConfig>& mqtt_table() {
  static const auto kTable =
      TableOf<MqttConfig>("MQTT", "How to reach and enter the broker.")
          .texts({.key = "servers", .sentence = "Brokers as host:port, tried in turn."},
                 &MqttConfig::servers, {1, 255})
          .text({.key = "client_id", .sentence = "MQTT client id; made from the ids when empty."},
                &MqttConfig::client_id, {0, 255})
          .text({.key = "user", .sentence = "User at the broker."}, &MqttConfig::user)
          .text({.key = "password",
                 .sentence = "Password at the broker.",
                 .secrecy = Secrecy::kSecret},
                &MqttConfig::password)
          .choice({.key = "version", .sentence = "MQTT version."}, &MqttConfig::version,
                  {{"3.1.1", net::MqttVersion::k311}, {"5", net::MqttVersion::k5}})
          .duration({.key = "keep_alive_s", .sentence = "Silence after which a ping is sent."},
                    &MqttConfig::keep_alive, {5, 600})
          .integer({.key = "message_bytes_max",
                    .sentence = "Largest message that the broker takes.",
                    .unit = "B"},
                   &MqttConfig::message_bytes_max, {1 << 16, codec::sparkplug::kMessageBytesMax})
          .section({.key = "tls", .sentence = "Encryption."}, &MqttConfig::tls, tls_table());
  return kTable;
}

const TableOf<EdgeNodeConfig>& edge_node_table() {
  static const auto kTable =
      TableOf<EdgeNodeConfig>("Sparkplug edge node", "How an edge reaches its hub.")
          .text({.key = "group", .sentence = "Sparkplug group: the site.", .need = Need::kRequired},
                &EdgeNodeConfig::group, {1, 255})
          .text({.key = "node",
                 .sentence = "Sparkplug edge node: the edge.",
                 .need = Need::kRequired},
                &EdgeNodeConfig::node, {1, 255})
          .text({.key = "primary_host",
                 .sentence = "Host application without which nothing is "
                             "sent; empty: the one of the group; none: do not wait for one."},
                &EdgeNodeConfig::primary_host, {0, 255})
          .section({.key = "mqtt", .sentence = "The broker."}, &EdgeNodeConfig::mqtt, mqtt_table())
          .duration({.key = "host_patience_s",
                     .sentence = "Wait for the primary host before the next server is tried."},
                    &EdgeNodeConfig::host_patience, {1, 3600})
          .duration({.key = "rebirth_interval_ms",
                     .sentence = "Rebirth requests that come faster are answered together."},
                    &EdgeNodeConfig::rebirth_interval, {0, 600'000})
          .integer({.key = "queue_bytes_max",
                    .sentence = "Bytes waiting for the broker above which "
                                "nothing more is taken from the spool.",
                    .unit = "B"},
                   &EdgeNodeConfig::queue_bytes_max, {1 << 16, 1 << 30})
          .check([](const EdgeNodeConfig& edge) {
            return check_ids<EdgeNodeConfig>({{"group", edge.group}, {"node", edge.node}});
          });
  return kTable;
}

const TableOf<HostConfig>& host_table() {
  static const auto kTable =
      TableOf<HostConfig>("Sparkplug host application", "How the hub hears edges and nodes.")
          .texts({.key = "groups", .sentence = "Groups that this hub owns."}, &HostConfig::groups,
                 {1, 255})
          .flag({.key = "finds_groups",
                 .sentence = "Whether it also owns groups in which a node appears."},
                &HostConfig::finds_groups)
          .integer({.key = "groups_max", .sentence = "Groups it owns at most."},
                   &HostConfig::groups_max, {1, 10'000})
          .duration({.key = "scan_time_s",
                     .sentence = "How long data of unknown groups is listened for."},
                    &HostConfig::scan_time, {1, 3600})
          .duration({.key = "scan_interval_s",
                     .sentence = "How often data of unknown groups is listened for."},
                    &HostConfig::scan_interval, {1, 86'400})
          .section({.key = "mqtt", .sentence = "The broker."}, &HostConfig::mqtt, mqtt_table())
          .choice({.key = "thing_names",
                   .sentence = "What the names of third-party things are made "
                               "of."},
                  &HostConfig::thing_names,
                  {{"device", ThingNames::kDevice},
                   {"node_device", ThingNames::kNodeDevice},
                   {"group_node_device", ThingNames::kGroupNodeDevice}})
          .duration({.key = "reorder_timeout_ms",
                     .sentence = "How long a missing message is waited for."},
                    &HostConfig::reorder_timeout, {0, 600'000})
          .duration({.key = "rebirth_interval_ms",
                     .sentence = "Least time between two rebirth requests to one node."},
                    &HostConfig::rebirth_interval, {100, 3'600'000})
          .integer({.key = "rebirths_per_second_max",
                    .sentence = "Rebirth requests to all nodes together."},
                   &HostConfig::rebirths_per_second_max, {1, 10'000})
          .integer({.key = "nodes_max", .sentence = "Edge nodes that are listened to."},
                   &HostConfig::nodes_max, {1, 1'000'000})
          .integer({.key = "metrics_per_node_max", .sentence = "Metrics kept of one edge node."},
                   &HostConfig::metrics_per_node_max, {1, 10'000'000})
          .check(check_host_ids);
  return kTable;
}

std::string host_id(std::string_view group) {
  constexpr std::string_view kPrefix = "millrace-";
  std::string id = std::format("{}{}", kPrefix, group);
  return codec::sparkplug::is_id(id) ? id : std::format("{}{}", kPrefix, hash_text(group));
}

net::MqttOptions mqtt_options(const MqttConfig& config, std::string default_client_id) {
  net::MqttOptions options;
  options.client_id = config.client_id.empty() ? std::move(default_client_id) : config.client_id;
  options.user = config.user;
  options.password = config.password;
  options.version = config.version;
  options.keep_alive = std::chrono::duration_cast<std::chrono::seconds>(config.keep_alive);
  options.tls = config.tls;
  options.message_bytes_max = config.message_bytes_max;
  return options;
}

base::Result<Server> parse_server(const std::string& text) {
  std::string host = text, port = "1883";
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == text.npos) return not_a_server(text);
    host = text.substr(1, end - 1);
    if (end + 1 < text.size()) port = text[end + 1] == ':' ? text.substr(end + 2) : "";
  } else if (const std::size_t colon = text.find(':'); colon != text.npos) {
    host = text.substr(0, colon);
    port = text.substr(colon + 1);
  }
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  const bool is_number = error == std::errc() && end == port.data() + port.size() && number > 0;
  if (host.empty() || !is_number) return not_a_server(text);
  return Server{host, number};
}

base::Result<std::vector<Server>> parse_servers(const std::vector<std::string>& texts) {
  std::vector<Server> servers;
  for (const std::string& text : texts) {
    MILLRACE_LET(Server server, parse_server(text));
    servers.push_back(std::move(server));
  }
  if (servers.empty()) return base::fail(ErrorCode::kInvalid, "no MQTT server is named");
  return servers;
}

}  // namespace millrace::connector::sparkplug
