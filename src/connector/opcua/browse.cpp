#include "connector/opcua/browse.h"

#include <algorithm>
#include <deque>
#include <format>
#include <set>

#include "connector/opcua/address.h"
#include "connector/opcua/link.h"
#include "connector/opcua/node_reader.h"

namespace millrace::opcua {
namespace {

using base::ErrorCode;
using base::Result;
using pipeline::BrowsedNode;

constexpr std::size_t kFoldersAtOnce = 20;
constexpr std::uint32_t kReferencesAtOnce = 500;
constexpr base::Duration kLongest = std::chrono::seconds(60);
constexpr base::Duration kTurn = std::chrono::milliseconds(20);

/// A walk through an address space, breadth first. One thread.
class Walk {
 public:
  Walk(UA_Client& client, const ClientOptions& options, const base::Clock& clock,
       base::MonotonicTime until)
      : client_(client),
        options_(options),
        clock_(clock),
        until_(until),
        namespaces_(read_namespaces(client)) {}

  Result<pipeline::Browsed> run(std::string_view address, std::size_t limit) {
    limit_ = limit;
    OwnedNodeId start(UA_NODEID_NUMERIC(0, UA_NS0ID_OBJECTSFOLDER));
    if (!address.empty()) {
      MILLRACE_LET(start, node_of(address, namespaces_));
    }
    shows_standard_ = !address.empty() && start.value.namespaceIndex == 0;
    seen_.insert(address_of(start.value, namespaces_));
    frontier_.push_back({std::move(start), std::string(address), std::nullopt});
    while (!frontier_.empty()) {
      if (found_.size() >= limit_) keep_variables();
      MILLRACE_TRY(expand());
    }
    MILLRACE_TRY(read_variables(client_, options_, found_));
    return pipeline::Browsed{taken(), is_truncated_};
  }

 private:
  struct Folder {
    OwnedNodeId node;
    std::string address;
    std::optional<std::size_t> place;  // in found_
  };

  Result<void> check_time() const {
    if (clock_.monotonic() < until_) return {};
    return base::fail_for_now(ErrorCode::kTimeout,
                              options_.url + ": browsing took more than a minute",
                              "Browse a folder further down, or ask for fewer nodes.");
  }

  /// Nothing more is taken: of what was found, variables are still asked for unit and range.
  void keep_variables() {
    const auto gone = std::erase_if(frontier_, [&](const Folder& folder) {
      return !folder.place || !found_[*folder.place].node.is_variable;
    });
    if (gone > 0) is_truncated_ = true;
  }

  Result<void> expand() {
    MILLRACE_TRY(check_time());
    std::vector<Folder> folders;
    while (!frontier_.empty() && folders.size() < kFoldersAtOnce) {
      folders.push_back(std::move(frontier_.front()));
      frontier_.pop_front();
    }
    if (folders.empty()) return {};
    std::vector<UA_BrowseDescription> asked(folders.size());
    for (std::size_t i = 0; i < folders.size(); ++i) {
      asked[i].nodeId = folders[i].node.value;
      asked[i].referenceTypeId = UA_NODEID_NUMERIC(0, UA_NS0ID_HIERARCHICALREFERENCES);
      asked[i].includeSubtypes = true;
      asked[i].nodeClassMask = UA_NODECLASS_OBJECT | UA_NODECLASS_VARIABLE;
      asked[i].resultMask = UA_BROWSERESULTMASK_ALL;
    }
    UA_BrowseRequest request{};
    request.requestedMaxReferencesPerNode = kReferencesAtOnce;
    request.nodesToBrowse = asked.data();
    request.nodesToBrowseSize = asked.size();
    Owned<UA_BrowseResponse, UA_TYPES_BROWSERESPONSE> response(
        UA_Client_Service_browse(&client_, request));
    const UA_StatusCode status = response.value.responseHeader.serviceResult;
    if (is_bad(status) || response.value.resultsSize != folders.size()) {
      return std::unexpected(to_error(status, options_));
    }
    for (std::size_t i = 0; i < folders.size(); ++i) {
      MILLRACE_TRY(take_all(folders[i], response.value.results[i]));
    }
    return {};
  }

  /// A folder's references, with those behind continuation points.
  Result<void> take_all(const Folder& folder, const UA_BrowseResult& first) {
    if (is_bad(first.statusCode)) {
      if (folder.place) return {};  // one that vanished, or that this login may not see
      return base::fail(ErrorCode::kNotFound,
                        std::format("{}: {}", folder.address, UA_StatusCode_name(first.statusCode)),
                        "Browse from the root.");
    }
    take(folder, first);
    OwnedBytes rest;
    UA_ByteString_copy(&first.continuationPoint, &rest.value);
    while (rest.value.length > 0) {
      const bool is_enough = found_.size() >= limit_ || !check_time();
      if (is_enough) is_truncated_ = true;
      UA_BrowseNextRequest request{};
      request.releaseContinuationPoints = is_enough;
      request.continuationPoints = &rest.value;
      request.continuationPointsSize = 1;
      Owned<UA_BrowseNextResponse, UA_TYPES_BROWSENEXTRESPONSE> response(
          UA_Client_Service_browseNext(&client_, request));
      if (is_enough) return check_time();
      const UA_StatusCode status = response.value.responseHeader.serviceResult;
      if (is_bad(status) || response.value.resultsSize != 1) {
        return std::unexpected(to_error(status, options_));
      }
      const UA_BrowseResult& result = response.value.results[0];
      if (is_bad(result.statusCode)) return std::unexpected(to_error(result.statusCode, options_));
      take(folder, result);
      UA_ByteString_clear(&rest.value);
      UA_ByteString_copy(&result.continuationPoint, &rest.value);
    }
    return {};
  }

  void take(const Folder& folder, const UA_BrowseResult& result) {
    for (std::size_t i = 0; i < result.referencesSize; ++i) take(folder, result.references[i]);
  }

  void take(const Folder& folder, const UA_ReferenceDescription& reference) {
    if (reference.nodeId.serverIndex != 0 || reference.nodeId.namespaceUri.length > 0) return;
    const UA_NodeId& node = reference.nodeId.nodeId;
    const UA_NodeId property = UA_NODEID_NUMERIC(0, UA_NS0ID_HASPROPERTY);
    if (UA_NodeId_equal(&reference.referenceTypeId, &property)) {
      if (folder.place) note_property(found_[*folder.place], reference);
      return;
    }
    if (node.namespaceIndex == 0 && !shows_standard_) return;
    std::string address = address_of(node, namespaces_);
    if (seen_.contains(address)) return;
    if (found_.size() >= limit_) {
      is_truncated_ = true;
      return;
    }
    seen_.insert(address);
    FoundNode found;
    UA_NodeId_copy(&node, &found.id.value);
    found.node = {.address = address,
                  .parent = folder.address,
                  .name = text(reference.browseName.name),
                  .title = text(reference.displayName.text),
                  .is_variable = reference.nodeClass == UA_NODECLASS_VARIABLE,
                  .unit = {}};
    Folder next;
    UA_NodeId_copy(&node, &next.node.value);
    next.address = std::move(address);
    next.place = found_.size();
    found_.push_back(std::move(found));
    frontier_.push_back(std::move(next));
  }

  static void note_property(FoundNode& of, const UA_ReferenceDescription& reference) {
    if (reference.browseName.namespaceIndex != 0) return;
    const std::string_view name = view(reference.browseName.name);
    if (name == "EURange") UA_NodeId_copy(&reference.nodeId.nodeId, &of.range_id.value);
    if (name == "EngineeringUnits") UA_NodeId_copy(&reference.nodeId.nodeId, &of.units_id.value);
  }

  /// Without the variables that cannot be read, unless something stands below them.
  std::vector<BrowsedNode> taken() {
    std::set<std::string_view> parents;
    for (const FoundNode& found : found_) parents.insert(found.node.parent);
    std::vector<BrowsedNode> nodes;
    for (const FoundNode& found : found_) {
      if (found.is_unreadable && !parents.contains(found.node.address)) continue;
      nodes.push_back(found.node);
    }
    return nodes;
  }

  UA_Client& client_;
  const ClientOptions& options_;
  const base::Clock& clock_;
  const base::MonotonicTime until_;
  const std::vector<std::string> namespaces_;
  std::size_t limit_ = 0;
  bool shows_standard_ = false;
  bool is_truncated_ = false;
  std::set<std::string> seen_;
  std::deque<Folder> frontier_;
  std::vector<FoundNode> found_;
};

/// Connects once, as a source does.
Result<void> activate(Link& link, const base::Clock& clock, base::MonotonicTime until) {
  MILLRACE_TRY(link.connect());
  while (!link.view().is_active) {
    if (link.view().is_failed || clock.monotonic() > until) return std::unexpected(link.error());
    link.iterate(kTurn);
  }
  return {};
}

}  // namespace

Result<pipeline::Browsed> browse(const ClientOptions& options, std::string_view address,
                                 std::size_t limit, const pipeline::SourceDeps& deps) {
  if (!address.empty()) MILLRACE_TRY(check_address(address));
  const CertificateFolder folder(deps.folder);
  MILLRACE_LET(Identity identity,
               folder.identity("urn:millrace:edge:" + deps.reader, "Millrace edge " + deps.reader));
  Link link(options, folder, std::move(identity), {}, [](std::size_t, const UA_DataValue&) {});
  const base::MonotonicTime now = deps.clock.monotonic();
  MILLRACE_TRY(activate(link, deps.clock, now + 2 * options.timeout));
  auto found = Walk(*link.client(), options, deps.clock, now + kLongest).run(address, limit);
  link.close();
  return found;
}

}  // namespace millrace::opcua
