#pragma once

#include <open62541/client.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "connector/opcua/ua.h"

namespace millrace::opcua {

/// Whether a text is a node's address: `ns=2;s=Name`, `ns=2;i=42`, or `nsu=urn:…;s=Name` with the
/// namespace's name, which survives a server that numbers its namespaces anew. Errors: invalid.
base::Result<void> check_address(std::string_view address);

/// The node of an address at a server with these namespaces. Errors: invalid; not_found when the
/// server has no such namespace.
base::Result<OwnedNodeId> node_of(std::string_view address,
                                  std::span<const std::string> namespaces);

/// The address of a node, with the namespace's name unless it is the standard's.
std::string address_of(const UA_NodeId& node, std::span<const std::string> namespaces);

/// The namespaces of the server a client is connected to; empty when it does not say.
std::vector<std::string> read_namespaces(UA_Client& client);

}  // namespace millrace::opcua
