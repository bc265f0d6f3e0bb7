#include "hub/edge_accounts.h"

#include <algorithm>
#include <set>

#include "base/files.h"
#include "config/load.h"
#include "connector/mqtt/filters.h"
#include "model/name.h"

namespace millrace::apps {
namespace {

namespace fs = std::filesystem;
using config::Need;
using config::Secrecy;
using config::TableOf;

struct File {
  std::vector<EdgeAccount> edges;
  std::vector<DeviceAccount> devices;
  std::vector<ConsumerAccount> consumers;
};

const TableOf<EdgeAccount>& account_table() {
  static const auto kTable = [] {
    using O = EdgeAccount;
    TableOf<O> table("Account", "An edge or third-party node that may log in to the broker.");
    table
        .name({.key = "site", .sentence = "Its Sparkplug group.", .need = Need::kRequired},
              &O::site)
        .name({.key = "edge",
               .sentence = "Its Sparkplug edge node, and its user name.",
               .need = Need::kRequired},
              &O::edge)
        .text({.key = "password",
               .sentence = "Its password.",
               .need = Need::kRequired,
               .secrecy = Secrecy::kSecret},
              &O::password, {8, 200});
    return table;
  }();
  return kTable;
}

const TableOf<DeviceAccount>& device_table() {
  static const auto kTable = [] {
    using O = DeviceAccount;
    TableOf<O> table("Device", "A device that may publish plain MQTT to the broker.");
    table.name({.key = "device", .sentence = "Its user name.", .need = Need::kRequired}, &O::device)
        .texts({.key = "topics",
                .sentence = "MQTT filters below which it may publish.",
                .need = Need::kRequired},
               &O::topics, {1, 200})
        .text({.key = "password",
               .sentence = "Its password.",
               .need = Need::kRequired,
               .secrecy = Secrecy::kSecret},
              &O::password, {8, 200});
    return table;
  }();
  return kTable;
}

const TableOf<ConsumerAccount>& consumer_table() {
  static const auto kTable = [] {
    using O = ConsumerAccount;
    TableOf<O> table("Consumer", "Who may hear, and perhaps command, things at the broker.");
    table.name({.key = "name", .sentence = "Its user name.", .need = Need::kRequired}, &O::name)
        .text({.key = "password",
               .sentence = "Its password.",
               .need = Need::kRequired,
               .secrecy = Secrecy::kSecret},
              &O::password, {8, 200})
        .flag({.key = "may_command", .sentence = "Writes properties and invokes actions, too."},
              &O::may_command);
    return table;
  }();
  return kTable;
}

const TableOf<File>& file_table() {
  static const auto kTable = [] {
    TableOf<File> table(kAccountsFile, "Who may log in to the hub's own broker.");
    table.sections({.key = "edges", .sentence = "One entry each."}, &File::edges, account_table(),
                   {0, 100'000});
    table.sections({.key = "devices", .sentence = "One entry each."}, &File::devices,
                   device_table(), {0, 100'000});
    table.sections({.key = "consumers", .sentence = "One entry each."}, &File::consumers,
                   consumer_table(), {0, 10'000});
    return table;
  }();
  return kTable;
}

base::Result<File> read(const fs::path& data_dir) {
  const fs::path path = data_dir / kAccountsFile;
  if (!fs::exists(path)) return File{};
  return config::load_file(path, file_table());
}

/// A filter that names its first level: it cannot reach what Sparkplug nodes, the hub and the
/// broker say to each other.
base::Result<void> check_topic(const std::string& topic) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  const bool is_filter = connector::mqtt::is_topic_filter(topic) && topic.size() <= 200 &&
                         std::ranges::none_of(topic, is_control) && !topic.starts_with(' ') &&
                         !topic.ends_with(' ');
  if (!is_filter) {
    return base::fail(base::ErrorCode::kInvalid, std::format("'{}' is no MQTT filter", topic),
                      "Write topics like plant/pump-1/#, '+' for any one level.");
  }
  const std::string first = topic.substr(0, topic.find('/'));
  for (const std::string_view own : {"+", "#", "spBv1.0", "millrace"}) {
    if (first != own && !first.starts_with('$')) continue;
    return base::fail(base::ErrorCode::kInvalid,
                      std::format("'{}' is not a device's own: it begins with '{}'", topic, first),
                      "Name the first level of its topics, such as plant/#.");
  }
  return {};
}

base::Result<void> write(const fs::path& data_dir, const File& file) {
  return base::write_file_durably(data_dir / kAccountsFile,
                                  config::to_text(file, file_table(), config::Secrets::kShown),
                                  base::FileMode::kPrivate);
}

/// Names of users are unique, whatever they are for.
base::Result<void> check_free(const File& file, const std::string& name, std::string_view kind) {
  std::string_view is;
  if (name == kHubUser) is = "the hub's own name";
  if (kind != "edge" && std::ranges::contains(file.edges, name, &EdgeAccount::edge)) is = "an edge";
  if (kind != "device" && std::ranges::contains(file.devices, name, &DeviceAccount::device)) {
    is = "a device";
  }
  if (kind != "consumer" && std::ranges::contains(file.consumers, name, &ConsumerAccount::name)) {
    is = "a consumer of things";
  }
  if (is.empty()) return {};
  return base::fail(base::ErrorCode::kConflict, std::format("{} is {}", name, is),
                    "Names of accounts are unique; choose another.");
}

}  // namespace

base::Result<bool> EdgeAccounts::refresh(const fs::path& data_dir) {
  std::error_code error;
  const auto changed = fs::last_write_time(data_dir / kAccountsFile, error);
  if (error ? read_at_ == fs::file_time_type{} : changed == read_at_) return false;
  read_at_ = error ? fs::file_time_type{} : changed;
  MILLRACE_LET(File file, read(data_dir));
  for (const DeviceAccount& device : file.devices) {
    for (const std::string& topic : device.topics) MILLRACE_TRY(check_topic(topic));
  }
  std::erase_if(file.edges, [](const EdgeAccount& one) { return one.edge == kHubUser; });
  std::erase_if(file.devices, [](const DeviceAccount& one) { return one.device == kHubUser; });
  std::erase_if(file.consumers, [](const ConsumerAccount& one) { return one.name == kHubUser; });
  accounts_ = std::move(file.edges);
  consumers_ = std::move(file.consumers);
  devices_ = std::move(file.devices);
  return true;
}

std::vector<std::string> EdgeAccounts::sites() const {
  std::set<std::string> sites;
  for (const EdgeAccount& account : accounts_) sites.insert(account.site);
  return {sites.begin(), sites.end()};
}

std::vector<std::string> EdgeAccounts::topics() const {
  std::vector<std::string> topics;
  for (const DeviceAccount& device : devices_) {
    topics.insert(topics.end(), device.topics.begin(), device.topics.end());
  }
  return topics;
}

std::vector<net::BrokerUser> EdgeAccounts::broker_users(const std::string& hub_password) const {
  std::vector<net::BrokerUser> users{net::sparkplug_host_user(kHubUser, hub_password)};
  std::ranges::copy(net::thing_host_rules(), std::back_inserter(users.front().rules));
  users.front().rules.push_back({net::TopicAccess::kRead, "#"});  // what devices publish
  for (const DeviceAccount& device : devices_) {
    users.push_back(net::device_user(device.device, device.password, device.topics));
  }
  for (const EdgeAccount& account : accounts_) {
    users.push_back(
        net::sparkplug_node_user(account.edge, account.password, account.site, account.edge));
  }
  for (const ConsumerAccount& account : consumers_) {
    users.push_back(net::thing_consumer_user(
        account.name, account.password,
        account.may_command ? net::ThingAccess::kCommand : net::ThingAccess::kRead));
  }
  return users;
}

base::Result<EdgeAccount> EdgeAccounts::add(const fs::path& data_dir, const std::string& site,
                                            const std::string& edge) {
  MILLRACE_TRY(model::Name::parse(site));
  MILLRACE_TRY(model::Name::parse(edge));
  MILLRACE_TRY(base::make_directories(data_dir));
  MILLRACE_LET(File file, read(data_dir));
  MILLRACE_TRY(check_free(file, edge, "edge"));
  for (const EdgeAccount& known : file.edges) {
    if (known.edge == edge && known.site == site) return known;
    if (known.edge == edge) {
      return base::fail(base::ErrorCode::kConflict,
                        std::format("{} is an edge of site {}", edge, known.site),
                        "Names of edges are unique in the hub; choose another.");
    }
  }
  file.edges.push_back({site, edge, net::make_password()});
  MILLRACE_TRY(write(data_dir, file));
  return file.edges.back();
}

base::Result<DeviceAccount> EdgeAccounts::add_device(const fs::path& data_dir,
                                                     const std::string& device,
                                                     const std::vector<std::string>& topics) {
  MILLRACE_TRY(model::Name::parse(device));
  for (const std::string& topic : topics) MILLRACE_TRY(check_topic(topic));
  MILLRACE_TRY(base::make_directories(data_dir));
  MILLRACE_LET(File file, read(data_dir));
  MILLRACE_TRY(check_free(file, device, "device"));
  auto known = std::ranges::find(file.devices, device, &DeviceAccount::device);
  if (known == file.devices.end()) {
    known = file.devices.insert(known, {device, {}, net::make_password()});
  }
  for (const std::string& topic : topics) {
    if (!std::ranges::contains(known->topics, topic)) known->topics.push_back(topic);
  }
  if (known->topics.empty()) {
    return base::fail(base::ErrorCode::kInvalid, std::format("device {} has no topics", device),
                      "Name those below which it publishes: --topics 'plant/#'.");
  }
  MILLRACE_TRY(write(data_dir, file));
  return *known;
}

base::Result<ConsumerAccount> EdgeAccounts::add_consumer(const fs::path& data_dir,
                                                         const std::string& name,
                                                         bool may_command) {
  MILLRACE_TRY(model::Name::parse(name));
  MILLRACE_TRY(base::make_directories(data_dir));
  MILLRACE_LET(File file, read(data_dir));
  MILLRACE_TRY(check_free(file, name, "consumer"));
  auto known = std::ranges::find(file.consumers, name, &ConsumerAccount::name);
  if (known == file.consumers.end()) {
    file.consumers.push_back({name, net::make_password()});
    known = file.consumers.end() - 1;
  }
  known->may_command = may_command;
  MILLRACE_TRY(write(data_dir, file));
  return *known;
}

}  // namespace millrace::apps
