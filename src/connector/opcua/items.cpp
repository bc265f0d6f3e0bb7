#include "connector/opcua/items.h"

#include <algorithm>
#include <cstdint>
#include <span>

#include "connector/opcua/address.h"

namespace millrace::opcua {
namespace {

constexpr std::size_t kChunk = 200;

bool is_about_filter(UA_StatusCode status) {
  return status == UA_STATUSCODE_BADMONITOREDITEMFILTERUNSUPPORTED ||
         status == UA_STATUSCODE_BADFILTERNOTALLOWED ||
         status == UA_STATUSCODE_BADMONITOREDITEMFILTERINVALID;
}

}  // namespace

MonitoredItems::MonitoredItems(std::vector<std::string> addresses, std::size_t written_only,
                               const ClientOptions& options)
    : addresses_(std::move(addresses)),
      sampling_ms_(std::chrono::duration<double, std::milli>(options.sampling_interval).count()),
      queue_size_(options.queue_size),
      wants_updates_(options.report == Report::kUpdate),
      refuses_filter_(addresses_.size() - written_only, false),
      problems_(refuses_filter_.size(), "not yet subscribed") {
  filter_.trigger = UA_DATACHANGETRIGGER_STATUSVALUETIMESTAMP;
}

std::size_t MonitoredItems::failed() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(problems_, [](const std::string& text) { return !text.empty(); }));
}

void MonitoredItems::create_all(const Target& target) {
  std::vector<std::size_t> tags(problems_.size());
  for (std::size_t i = 0; i < tags.size(); ++i) tags[i] = i;
  problems_.assign(problems_.size(), "not yet subscribed");
  learn_namespaces(target.client);
  create(target, tags);
}

void MonitoredItems::retry_failed(const Target& target) {
  std::vector<std::size_t> tags;
  for (std::size_t i = 0; i < problems_.size(); ++i) {
    if (!problems_[i].empty()) tags.push_back(i);
  }
  if (tags.empty()) return;
  learn_namespaces(target.client);
  create(target, tags);
}

void MonitoredItems::create(const Target& target, const std::vector<std::size_t>& tags) {
  const auto create_chunks = [&](std::span<const std::size_t> rest) {
    while (!rest.empty()) {
      const std::size_t count = std::min(kChunk, rest.size());
      create_chunk(target, rest.first(count));
      rest = rest.subspan(count);
    }
  };
  const auto without = std::ranges::count(refuses_filter_, true);
  create_chunks(tags);
  if (std::ranges::count(refuses_filter_, true) == without) return;
  std::vector<std::size_t> again;  // those that have just refused the filter
  for (const std::size_t tag : tags) {
    if (refuses_filter_[tag] && !problems_[tag].empty()) again.push_back(tag);
  }
  create_chunks(again);
}

UA_MonitoredItemCreateRequest MonitoredItems::request(const UA_NodeId& node, bool with_filter) {
  UA_MonitoredItemCreateRequest item = UA_MonitoredItemCreateRequest_default(node);
  item.requestedParameters.samplingInterval = sampling_ms_;
  item.requestedParameters.queueSize = queue_size_;
  item.requestedParameters.discardOldest = true;
  if (with_filter) {
    UA_ExtensionObject_setValueNoDelete(&item.requestedParameters.filter, &filter_,
                                        &UA_TYPES[UA_TYPES_DATACHANGEFILTER]);
  }
  return item;
}

void MonitoredItems::create_chunk(const Target& target, std::span<const std::size_t> tags) {
  std::vector<OwnedNodeId> nodes;
  std::vector<UA_MonitoredItemCreateRequest> items;
  std::vector<std::size_t> asked;
  for (const std::size_t tag : tags) {
    auto found = node(tag);
    problems_[tag] = found ? "" : found.error().what;
    if (!found) continue;
    nodes.push_back(*std::move(found));
    items.push_back(request(nodes.back().value, wants_updates_ && !refuses_filter_[tag]));
    asked.push_back(tag);
  }
  if (asked.empty()) return;
  std::vector<void*> contexts;
  for (const std::size_t tag : asked) contexts.push_back(reinterpret_cast<void*>(tag));
  std::vector<UA_Client_DataChangeNotificationCallback> callbacks(asked.size(), target.on_data);
  std::vector<UA_Client_DeleteMonitoredItemCallback> deletions(asked.size(), nullptr);
  UA_CreateMonitoredItemsRequest create{};
  create.subscriptionId = target.subscription;
  create.timestampsToReturn = UA_TIMESTAMPSTORETURN_BOTH;
  create.itemsToCreate = items.data();
  create.itemsToCreateSize = items.size();
  Owned<UA_CreateMonitoredItemsResponse, UA_TYPES_CREATEMONITOREDITEMSRESPONSE> response(
      UA_Client_MonitoredItems_createDataChanges(&target.client, create, contexts.data(),
                                                 callbacks.data(), deletions.data()));
  const UA_StatusCode service = response.value.responseHeader.serviceResult;
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const bool has_result = service == UA_STATUSCODE_GOOD && i < response.value.resultsSize;
    const UA_StatusCode status = has_result ? response.value.results[i].statusCode : service;
    if (is_about_filter(status)) refuses_filter_[asked[i]] = true;
    if (is_bad(status)) problems_[asked[i]] = UA_StatusCode_name(status);
  }
}

base::Result<OwnedNodeId> MonitoredItems::node(std::size_t tag) const {
  return node_of(addresses_[tag], namespaces_);
}

void MonitoredItems::learn_namespaces(UA_Client& client) {
  const bool is_needed = std::ranges::any_of(
      addresses_, [](const std::string& address) { return address.starts_with("nsu="); });
  if (is_needed) namespaces_ = read_namespaces(client);
}

}  // namespace millrace::opcua
