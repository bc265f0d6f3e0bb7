#pragma once

#include <open62541/client.h>
#include <open62541/client_subscriptions.h>

#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "connector/opcua/config.h"
#include "connector/opcua/ua.h"

namespace millrace::opcua {

/// The monitored items of a subscription: one for each tag that is read, created in chunks; a tag
/// that the server refuses stops no other and can be tried again. One thread.
class MonitoredItems {
 public:
  /// Where the items are made. Their context is the tag's number as a pointer.
  struct Target {
    UA_Client& client;
    std::uint32_t subscription = 0;
    UA_Client_DataChangeNotificationCallback on_data = nullptr;
  };

  /// The last `written_only` of the addresses have a node to write to and no item.
  MonitoredItems(std::vector<std::string> addresses, std::size_t written_only,
                 const ClientOptions& options);

  /// What `nsu=` addresses stand for at this server; before node() where nothing is created yet.
  void learn_namespaces(UA_Client& client);
  /// For a new subscription.
  void create_all(const Target& target);
  /// For the tags that have a problem.
  void retry_failed(const Target& target);

  /// By tag that is to be read: why it is not; empty when it is.
  const std::vector<std::string>& problems() const { return problems_; }
  std::size_t failed() const;
  /// The tag's node at this server. Errors: invalid, not_found.
  base::Result<OwnedNodeId> node(std::size_t tag) const;

 private:
  void create(const Target& target, const std::vector<std::size_t>& tags);
  void create_chunk(const Target& target, std::span<const std::size_t> tags);
  UA_MonitoredItemCreateRequest request(const UA_NodeId& node, bool with_filter);

  std::vector<std::string> addresses_;
  double sampling_ms_;
  std::uint32_t queue_size_;
  bool wants_updates_;
  UA_DataChangeFilter filter_{};
  std::vector<bool> refuses_filter_;  // by tag
  std::vector<std::string> problems_;
  std::vector<std::string> namespaces_;
};

}  // namespace millrace::opcua
