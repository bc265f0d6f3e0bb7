#pragma once

#include <open62541/client.h>

#include <functional>
#include <span>

#include "base/error.h"
#include "connector/opcua/config.h"
#include "connector/opcua/ua.h"

namespace millrace::opcua {

/// Reads attributes of nodes, some hundred a request, and hands each answer over with its place in
/// the list; an attribute that cannot be read has a bad status. Waits. Errors: those of the server;
/// what came before stays.
base::Result<void> read_attributes(
    UA_Client& client, const ClientOptions& options, std::span<const UA_ReadValueId> ids,
    UA_TimestampsToReturn stamps,
    const std::function<void(std::size_t place, const UA_DataValue& value)>& take);

/// The scalar of a type that an answer holds, `type` being its place in UA_TYPES; nullptr without
/// one.
template <class T>
const T* scalar(const UA_DataValue& value, std::size_t type) {
  const bool has_it = value.hasValue && UA_Variant_hasScalarType(&value.value, &UA_TYPES[type]);
  return has_it ? static_cast<const T*>(value.value.data) : nullptr;
}

}  // namespace millrace::opcua
