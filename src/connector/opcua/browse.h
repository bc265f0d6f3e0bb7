#pragma once

#include <string_view>
#include <vector>

#include "connector/opcua/config.h"
#include "pipeline/connector_kind.h"

namespace millrace::opcua {

/// What stands below an address of a server (empty: its Objects folder), nearest first, at most
/// `limit` nodes: objects, and variables with a single value of one of the six types. Connects,
/// browses and disconnects; takes at most a minute.
///
/// Addresses carry the namespace's name. The unit is that of EngineeringUnits by its UNECE code
/// where it has one, else as the server writes it; the range is EURange. The server's own nodes
/// (namespace 0) are left out, unless the address is one of them. `is_writable` is what this login
/// may do. At the limit, what is found is complete with unit and range, and it says that there is
/// more.
///
/// Errors: those of connecting, invalid (the address), not_found, timeout.
base::Result<pipeline::Browsed> browse(const ClientOptions& options, std::string_view address,
                                       std::size_t limit, const pipeline::SourceDeps& deps);

}  // namespace millrace::opcua
