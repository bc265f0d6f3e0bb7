#pragma once

#include <string>
#include <string_view>

#include "service/deps.h"

namespace millrace::service {

/// "host:port" at which a caller reaches the broker over MQTT; empty where it cannot, or not as far
/// as is known. `base` is "http://host:port" as the caller has it: a broker on all addresses of its
/// machine is where the caller found the hub, one on loopback is there for callers on the same
/// machine alone. An empty base is a caller of whom nothing is known.
std::string mqtt_address(const BrokerStatus& broker, std::string_view base);

}  // namespace millrace::service
