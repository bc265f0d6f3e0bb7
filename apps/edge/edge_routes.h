#pragma once

#include <memory>
#include <string>
#include <vector>

#include "edge/edge_connections.h"
#include "fleet/edge_commands.h"

namespace millrace::apps {

/// Every address of a connection, as its source takes them: those of the tags, then those of the
/// actions, which are only written.
std::vector<std::string> addresses_of(const EdgeConnection& connection);

/// What commands can reach through the connection's source, which was made for addresses_of().
std::vector<fleet::CommandRoute> routes_of(const EdgeConnection& connection,
                                           const std::shared_ptr<pipeline::Source>& source);

}  // namespace millrace::apps
