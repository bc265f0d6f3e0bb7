#pragma once

#include <string>

#include "base/clock.h"
#include "config/table.h"

namespace millrace::opcua {

enum class Security { kNone, kBasic256Sha256 };

/// Which notifications a server is asked for.
enum class Report {
  kUpdate,  // each new source time, also of an unchanged value
  kChange,  // changes of value or status
};

/// One OPC UA server to read.
struct ClientOptions {
  std::string name;
  std::string url;
  Security security = Security::kBasic256Sha256;
  std::string user;
  std::string password;
  std::string user_certificate_file;  // DER; with user_key_file instead of user and password
  std::string user_key_file;          // DER or PEM
  base::Duration publishing_interval = std::chrono::milliseconds(250);
  base::Duration sampling_interval = std::chrono::milliseconds(1000);
  std::uint32_t queue_size = 20;
  Report report = Report::kUpdate;
  base::Duration timeout = std::chrono::seconds(3);
  base::Duration session_timeout = std::chrono::seconds(60);
  base::Duration reconnect_delay_max = std::chrono::seconds(2);
  base::Duration loss_after = std::chrono::seconds(10);
  base::Duration tag_retry = std::chrono::seconds(30);
};

/// The options of a server.
const config::TableOf<ClientOptions>& client_table();

}  // namespace millrace::opcua
