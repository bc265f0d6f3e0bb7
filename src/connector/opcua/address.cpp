#include "connector/opcua/address.h"

#include <open62541/client_highlevel.h>

#include <algorithm>
#include <format>

namespace millrace::opcua {
namespace {

using base::ErrorCode;
using base::Result;

constexpr std::string_view kByName = "nsu=";

Result<OwnedNodeId> parse_node(std::string_view text, std::string_view address) {
  OwnedNodeId node;
  if (UA_NodeId_parse(&node.value, borrow(text)) == UA_STATUSCODE_GOOD) return node;
  return base::fail(
      ErrorCode::kInvalid,
      std::format("'{}' is not a node id; write it like ns=2;s=Name", address.substr(0, 200)),
      "Write it like ns=2;s=Name, ns=2;i=42, or nsu=urn:…;s=Name.");
}

}  // namespace

Result<void> check_address(std::string_view address) {
  std::string_view local = address;
  if (address.starts_with(kByName)) {
    const std::size_t end = address.find(';');
    local = end == address.npos ? "" : address.substr(end + 1);
  }
  MILLRACE_TRY(parse_node(local, address));
  return {};
}

Result<OwnedNodeId> node_of(std::string_view address, std::span<const std::string> namespaces) {
  const std::size_t end = address.find(';');
  if (!address.starts_with(kByName) || end == address.npos) return parse_node(address, address);
  const std::string_view name = address.substr(kByName.size(), end - kByName.size());
  const auto found = std::ranges::find(namespaces, name);
  if (found == namespaces.end()) {
    return base::fail(ErrorCode::kNotFound, std::format("the server has no namespace '{}'", name),
                      "Browse the server for its namespaces.");
  }
  return parse_node(std::format("ns={}{}", found - namespaces.begin(), address.substr(end)),
                    address);
}

std::string address_of(const UA_NodeId& node, std::span<const std::string> namespaces) {
  Owned<UA_String, UA_TYPES_STRING> printed;
  UA_NodeId_print(&node, &printed.value);
  std::string address = text(printed.value);
  const std::size_t index = node.namespaceIndex, end = address.find(';');
  const bool has_name = index > 0 && index < namespaces.size() && end != address.npos &&
                        !namespaces[index].empty() &&
                        namespaces[index].find(';') == std::string::npos;
  return has_name ? std::format("{}{}{}", kByName, namespaces[index], address.substr(end))
                  : address;
}

std::vector<std::string> read_namespaces(UA_Client& client) {
  OwnedVariant value;
  const UA_NodeId array = UA_NODEID_NUMERIC(0, UA_NS0ID_SERVER_NAMESPACEARRAY);
  const bool is_read =
      UA_Client_readValueAttribute(&client, array, &value.value) == UA_STATUSCODE_GOOD &&
      UA_Variant_hasArrayType(&value.value, &UA_TYPES[UA_TYPES_STRING]);
  std::vector<std::string> names;
  if (!is_read) return names;
  const auto* texts = static_cast<const UA_String*>(value.value.data);
  for (std::size_t i = 0; i < value.value.arrayLength; ++i) names.push_back(text(texts[i]));
  return names;
}

}  // namespace millrace::opcua
