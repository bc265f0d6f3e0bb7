#pragma once

#include <vector>

#include "base/error.h"
#include "connector/opcua/config.h"
#include "connector/opcua/ua.h"
#include "pipeline/connector_kind.h"

struct UA_Client;

namespace millrace::opcua {

/// A node that was found, with what is to be read of it.
struct FoundNode {
  pipeline::BrowsedNode node;
  OwnedNodeId id;
  OwnedNodeId range_id;        // of EURange; null without one
  OwnedNodeId units_id;        // of EngineeringUnits; null without one
  bool has_type = false;       // one of ours, by its data type
  bool is_unreadable = false;  // a variable that has no single value of our types
};

/// Fills in type, unit, range and rights of the variables; one that cannot be read is no variable
/// any more. Errors: those of the server.
base::Result<void> read_variables(UA_Client& client, const ClientOptions& options,
                                  std::vector<FoundNode>& nodes);

}  // namespace millrace::opcua
