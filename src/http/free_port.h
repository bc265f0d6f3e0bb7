#pragma once

#include <cstdint>
#include <string>

#include "base/error.h"

namespace millrace::http {

/// Whether the port can be listened on, before Drogon tries: it ends the process where it cannot.
/// Gives the port, a free one for 0. Errors: conflict (taken), forbidden (below 1024 without the
/// right), invalid (the address).
base::Result<std::uint16_t> check_port(const std::string& address, std::uint16_t port);

/// Returns when the port takes connections: Drogon says that it runs a moment before its threads
/// listen. Errors: unavailable, after ten seconds.
base::Result<void> wait_until_listening(const std::string& address, std::uint16_t port);

}  // namespace millrace::http
