#pragma once

#include <open62541/client.h>

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "connector/opcua/certificates.h"
#include "connector/opcua/endpoint.h"
#include "connector/opcua/items.h"
#include "connector/opcua/session.h"
#include "connector/opcua/trust.h"
#include "model/value.h"
#include "unit/units.h"

namespace millrace::opcua {

/// The one UA_Client of a server: connects, keeps one subscription with one item for each tag, and
/// hands data changes over. The client survives a lost line, so that the server's session, its
/// subscription and what it queued meanwhile survive too; a new client is made when the old one
/// could not come back or the server shows another certificate. One thread.
class Link {
 public:
  using OnData = std::function<void(std::size_t tag, const UA_DataValue& value)>;

  /// A tag is a place in `addresses`, of which the last `written_only` are not read.
  Link(ClientOptions options, CertificateFolder folder, Identity identity,
       std::vector<std::string> addresses, OnData on_data, std::size_t written_only = 0);

  /// Asks the server for its endpoints (waits up to the timeout) and begins to connect.
  base::Result<void> connect();
  /// Closes the connection; the server keeps the session until its timeout.
  void abandon();
  /// Closes the session too.
  void close();
  /// Network and callbacks, at most this long.
  void iterate(base::Duration wait);

  LinkView view() const;
  /// Why it failed; call it after view() said so.
  base::Error error() const;

  /// Makes the subscription and an item for each tag; a tag that fails stops no other. Errors: no
  /// subscription.
  base::Result<void> subscribe();
  /// Tries the items that failed again.
  void retry_failed_tags();
  const MonitoredItems& items() const { return items_; }
  /// Reads how tags stand now, with their source times, past the subscription; waits for the
  /// answers. Errors: those of the server.
  base::Result<void> read(std::span<const std::uint32_t> tags, const OnData& on_value);
  /// The units in which the server says it has tags, by place in the list; empty where it says none
  /// or the node is not there. Waits. Errors: those of the server.
  base::Result<std::vector<std::string>> read_units(std::span<const std::uint32_t> tags,
                                                    const unit::Units& units);

  /// Writes to a tag's node, as the type the variable has there; waits for the answer. Errors:
  /// invalid, unsupported, forbidden, unavailable, timeout.
  base::Result<void> write(std::size_t tag, const model::Value& value);
  /// The client while there is one, for services beside the subscription.
  UA_Client* client() const { return client_.get(); }

 private:
  struct Deleter {
    void operator()(UA_Client* client) const;
  };

  base::Result<ChosenEndpoint> discover();
  base::Result<void> renew_client(const ChosenEndpoint& chosen);
  base::Result<void> configure(UA_ClientConfig& config, const ChosenEndpoint& chosen);
  base::Result<void> set_login(UA_ClientConfig& config) const;
  void forget_subscription();

  static Link& of(UA_Client* client);
  static void on_subscription_deleted(UA_Client* client, UA_UInt32 id, void* context);
  static void on_subscription_inactive(UA_Client* client, UA_UInt32 id, void* context);
  static void on_inactive(UA_Client* client);
  static void on_data_change(UA_Client* client, UA_UInt32 subscription, void* context,
                             UA_UInt32 item, void* slot, UA_DataValue* value);

  ClientOptions options_;
  CertificateFolder folder_;
  Identity identity_;
  OnData on_data_;
  MonitoredItems items_;
  TrustVerdict verdict_;
  std::unique_ptr<UA_Client, Deleter> client_;
  std::string server_certificate_;
  bool was_active_ = false;   // since the last connect()
  bool is_inactive_ = false;  // the connectivity check got no answer
  std::uint32_t subscription_ = 0;
  bool is_subscription_silent_ = false;
};

}  // namespace millrace::opcua
