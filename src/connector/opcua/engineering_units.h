#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "connector/opcua/config.h"
#include "connector/opcua/ua.h"
#include "unit/units.h"

struct UA_Client;

namespace millrace::opcua {

/// What an EUInformation (IEC 62541-8 §5.6.3) means: by its UNECE code, which means the same
/// everywhere; else as the server writes it. `units` may be nullptr.
std::string unit_of(const UA_EUInformation& information, const unit::Units* units);

/// What the property EngineeringUnits of each variable says, by place; empty where there is none.
/// Waits. Errors: those of the server.
base::Result<std::vector<std::string>> read_units(UA_Client& client, const ClientOptions& options,
                                                  std::span<const OwnedNodeId> variables,
                                                  const unit::Units& units);

}  // namespace millrace::opcua
