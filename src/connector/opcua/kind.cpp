#include "connector/opcua/kind.h"

#include <format>

#include "connector/opcua/source.h"
#include "connector/opcua/ua.h"

namespace millrace::opcua {
namespace {

base::Result<void> check_address(std::string_view address) {
  std::string_view local = address;
  if (address.starts_with("nsu=")) {
    const std::size_t end = address.find(';');
    local = end == address.npos ? "" : address.substr(end + 1);
  }
  OwnedNodeId node;
  if (UA_NodeId_parse(&node.value, borrow(local)) == UA_STATUSCODE_GOOD) return {};
  return base::fail(base::ErrorCode::kInvalid, std::format("'{}' is not a node id", address),
                    "Write it like ns=2;s=Name, ns=2;i=42, or nsu=urn:…;s=Name.");
}

}  // namespace

pipeline::ConnectorKind make_kind() {
  pipeline::ConnectorKind kind = pipeline::kind_of("opcua", client_table());
  kind.check_address = check_address;
  kind.make =
      [](const config::Node& options, std::vector<std::string> addresses,
         const pipeline::SourceDeps& deps) -> base::Result<std::unique_ptr<pipeline::Source>> {
    MILLRACE_LET(ClientOptions read, pipeline::read_options(options, client_table()));
    return make_source(std::move(read), std::move(addresses), deps);
  };
  return kind;
}

}  // namespace millrace::opcua
