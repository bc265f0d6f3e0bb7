#include "connector/opcua/engineering_units.h"

#include <open62541/client.h>

#include <algorithm>

#include "connector/opcua/attributes.h"
#include "connector/opcua/endpoint.h"

namespace millrace::opcua {
namespace {

using base::Result;

constexpr std::string_view kUneceUnits = "http://www.opcfoundation.org/UA/units/un/cefact";

/// The property of one variable.
struct UnitsNode {
  std::size_t variable = 0;
  OwnedNodeId node;
};

UA_RelativePathElement engineering_units() {
  UA_RelativePathElement element{};
  element.referenceTypeId = UA_NODEID_NUMERIC(0, UA_NS0ID_HASPROPERTY);
  element.includeSubtypes = true;
  element.targetName.name = borrow("EngineeringUnits");
  return element;
}

/// Appends the properties of some of the variables, of which the first is the `first`th.
Result<void> find_some(UA_Client& client, const ClientOptions& options,
                       std::span<const OwnedNodeId> variables, std::size_t first,
                       std::vector<UnitsNode>& found) {
  UA_RelativePathElement element = engineering_units();
  std::vector<UA_BrowsePath> paths(variables.size());
  for (std::size_t i = 0; i < paths.size(); ++i) {
    paths[i].startingNode = variables[i].value;
    paths[i].relativePath.elements = &element;
    paths[i].relativePath.elementsSize = 1;
  }
  UA_TranslateBrowsePathsToNodeIdsRequest request{};
  request.browsePaths = paths.data();
  request.browsePathsSize = paths.size();
  Owned<UA_TranslateBrowsePathsToNodeIdsResponse, UA_TYPES_TRANSLATEBROWSEPATHSTONODEIDSRESPONSE>
      response(UA_Client_Service_translateBrowsePathsToNodeIds(&client, request));
  const UA_StatusCode status = response.value.responseHeader.serviceResult;
  if (is_bad(status) || response.value.resultsSize != paths.size()) {
    return std::unexpected(to_error(status, options));
  }
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const UA_BrowsePathResult& result = response.value.results[i];
    if (is_bad(result.statusCode) || result.targetsSize == 0) continue;
    UnitsNode& one = found.emplace_back(first + i);
    UA_NodeId_copy(&result.targets[0].targetId.nodeId, &one.node.value);
  }
  return {};
}

}  // namespace

std::string unit_of(const UA_EUInformation& information, const unit::Units* units) {
  if (units && view(information.namespaceUri) == kUneceUnits) {
    if (std::string known = units->from_opcua(information.unitId); !known.empty()) return known;
  }
  return text(information.displayName.text);
}

Result<std::vector<std::string>> read_units(UA_Client& client, const ClientOptions& options,
                                            std::span<const OwnedNodeId> variables,
                                            const unit::Units& units) {
  constexpr std::size_t kPathsAtOnce = 250;
  std::vector<UnitsNode> found;
  for (std::size_t first = 0; first < variables.size(); first += kPathsAtOnce) {
    const auto some = variables.subspan(first, std::min(kPathsAtOnce, variables.size() - first));
    MILLRACE_TRY(find_some(client, options, some, first, found));
  }
  std::vector<UA_ReadValueId> ids(found.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    ids[i].nodeId = found[i].node.value;
    ids[i].attributeId = UA_ATTRIBUTEID_VALUE;
  }
  std::vector<std::string> said(variables.size());
  const auto take = [&](std::size_t i, const UA_DataValue& value) {
    if (const auto* information = scalar<UA_EUInformation>(value, UA_TYPES_EUINFORMATION)) {
      said[found[i].variable] = unit_of(*information, &units);
    }
  };
  MILLRACE_TRY(read_attributes(client, options, ids, UA_TIMESTAMPSTORETURN_NEITHER, take));
  return said;
}

}  // namespace millrace::opcua
