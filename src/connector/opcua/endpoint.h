#pragma once

#include <open62541/client.h>

#include <span>

#include "base/error.h"
#include "connector/opcua/config.h"
#include "connector/opcua/ua.h"

namespace millrace::opcua {

using OwnedEndpoint = Owned<UA_EndpointDescription, UA_TYPES_ENDPOINTDESCRIPTION>;
using OwnedTokenPolicy = Owned<UA_UserTokenPolicy, UA_TYPES_USERTOKENPOLICY>;

/// The endpoint and the way to log in that a client has chosen.
struct ChosenEndpoint {
  OwnedEndpoint endpoint;
  OwnedTokenPolicy token;
};

std::string_view policy_uri(Security security);

/// The endpoint with exactly the configured security that takes the configured login; never a
/// weaker one. The address stays the configured one, whatever the server calls itself. Errors:
/// unsupported, naming what the server offers.
base::Result<ChosenEndpoint> choose_endpoint(std::span<const UA_EndpointDescription> offered,
                                             const ClientOptions& options);

/// A status of the library as an Error about a server, with the operator's next step.
base::Error to_error(UA_StatusCode status, const ClientOptions& options);
/// The same of a write that the server did not do.
base::Error write_error(UA_StatusCode status, const ClientOptions& options);

}  // namespace millrace::opcua
