#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "net/mosquitto_broker.h"

namespace millrace::net {

/// The files of a Mosquitto in its directory.
struct BrokerFiles {
  explicit BrokerFiles(const std::filesystem::path& directory);
  std::filesystem::path configuration;
  std::filesystem::path passwords;
  std::filesystem::path access;
  std::filesystem::path pid;
  std::filesystem::path port;
  std::filesystem::path lock;
};

/// mosquitto.conf for these options and this port.
std::string broker_configuration(const BrokerOptions& options, const BrokerFiles& files,
                                 std::uint16_t port);
/// The password file: name:$7$iterations$salt$hash, PBKDF2-SHA512, as mosquitto_passwd writes it.
/// Errors: invalid for a name or password that the file cannot hold.
base::Result<std::string> broker_passwords(const std::vector<BrokerUser>& users);
/// The access list. Errors: invalid for a filter with a line break.
base::Result<std::string> broker_access(const std::vector<BrokerUser>& users);
/// Writes passwords and access list, private.
base::Result<void> write_broker_users(const BrokerFiles& files,
                                      const std::vector<BrokerUser>& users);

}  // namespace millrace::net
