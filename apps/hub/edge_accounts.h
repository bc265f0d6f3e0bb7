#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "net/mosquitto_broker.h"

namespace millrace::apps {

/// One edge or third-party node that may log in to the hub's own broker.
struct EdgeAccount {
  std::string site;  // Sparkplug group
  std::string edge;  // Sparkplug edge node, and its user name
  std::string password;
};

/// One device that speaks plain MQTT and may log in to the hub's own broker.
struct DeviceAccount {
  std::string device;               // its user name
  std::vector<std::string> topics;  // MQTT filters below which it may publish
  std::string password;
};

/// A consumer of things, which hears values at the hub's own broker and may command (docs/adr/012).
struct ConsumerAccount {
  std::string name;
  std::string password;
  bool may_command = false;
};

/// The accounts of the hub's own broker, in `edges.yaml` of its data directory (readable by its
/// owner alone). `millrace accounts add` writes the file, a running hub takes changes over.
class EdgeAccounts {
 public:
  /// Reads the file when it has changed since the last call; true then. A missing file has none.
  base::Result<bool> refresh(const std::filesystem::path& data_dir);
  const std::vector<EdgeAccount>& all() const { return accounts_; }
  std::vector<std::string> sites() const;
  /// The topics of all devices, for a hub that follows them.
  std::vector<std::string> topics() const;
  /// The broker's users: the hub itself and every account.
  std::vector<net::BrokerUser> broker_users(const std::string& hub_password) const;

  /// Adds an account, or gives the one that is there. Errors: invalid, what concerns the file.
  static base::Result<EdgeAccount> add(const std::filesystem::path& data_dir,
                                       const std::string& site, const std::string& edge);
  /// The same for a device; topics that it has not yet are added to those it has. Errors: also
  /// conflict (the name is an edge's).
  static base::Result<DeviceAccount> add_device(const std::filesystem::path& data_dir,
                                                const std::string& device,
                                                const std::vector<std::string>& topics);

  /// The same for a consumer; one that is there gets the given access.
  static base::Result<ConsumerAccount> add_consumer(const std::filesystem::path& data_dir,
                                                    const std::string& name, bool may_command);

 private:
  std::vector<EdgeAccount> accounts_;
  std::vector<DeviceAccount> devices_;
  std::vector<ConsumerAccount> consumers_;
  std::filesystem::file_time_type read_at_{};
};

inline constexpr const char* kHubUser = "millrace-hub";
/// Where they stand in the data directory.
inline constexpr const char* kAccountsFile = "edges.yaml";

}  // namespace millrace::apps
