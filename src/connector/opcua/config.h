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

/// One value to read there.
struct TagOptions {
  std::string address;  // "ns=2;s=Pump1.Flow", or "nsu=urn:…;s=…" with the namespace's name
  std::string thing;
  std::string property;
  bool operator==(const TagOptions&) const = default;
};

/// The options of a server; the application adds the list of tags.
const config::TableOf<ClientOptions>& client_table();
/// The options of a tag; the application includes it in its own tag with contract and filter.
const config::TableOf<TagOptions>& tag_table();

}  // namespace millrace::opcua
