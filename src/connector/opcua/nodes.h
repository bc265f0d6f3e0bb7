#pragma once

#include <open62541/server.h>

#include <string>
#include <vector>

#include "connector/opcua/server.h"

namespace millrace::opcua {

/// "<thing>/<property>", the string of a variable's node id in namespace 1.
std::string node_name(const ServedVariable& variable);

/// Adds an object for each thing and its variables with units and ranges (IEC 62541-8).
base::Result<void> add_nodes(UA_Server& server, const std::vector<ServedVariable>& variables);

}  // namespace millrace::opcua
