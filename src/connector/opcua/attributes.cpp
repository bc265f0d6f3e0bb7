#include "connector/opcua/attributes.h"

#include <open62541/client_highlevel.h>

#include <algorithm>

#include "connector/opcua/endpoint.h"

namespace millrace::opcua {

base::Result<void> read_attributes(
    UA_Client& client, const ClientOptions& options, std::span<const UA_ReadValueId> ids,
    UA_TimestampsToReturn stamps,
    const std::function<void(std::size_t place, const UA_DataValue& value)>& take) {
  constexpr std::size_t kAtOnce = 250;
  for (std::size_t first = 0; first < ids.size(); first += kAtOnce) {
    const std::size_t count = std::min(kAtOnce, ids.size() - first);
    UA_ReadRequest request{};
    request.timestampsToReturn = stamps;
    // The library's structures have no const; it does not write to what it sends.
    request.nodesToRead = const_cast<UA_ReadValueId*>(&ids[first]);
    request.nodesToReadSize = count;
    Owned<UA_ReadResponse, UA_TYPES_READRESPONSE> response(
        UA_Client_Service_read(&client, request));
    const UA_StatusCode status = response.value.responseHeader.serviceResult;
    if (is_bad(status) || response.value.resultsSize != count) {
      return std::unexpected(to_error(status, options));
    }
    for (std::size_t i = 0; i < count; ++i) take(first + i, response.value.results[i]);
  }
  return {};
}

}  // namespace millrace::opcua
