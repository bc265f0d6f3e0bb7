#include "connector/opcua/link.h"

#include <open62541/client_config_default.h>
#include <open62541/client_highlevel.h>

#include <algorithm>
#include <cstdint>

#include "base/files.h"
#include "base/log.h"
#include "connector/opcua/attributes.h"
#include "connector/opcua/engineering_units.h"
#include "connector/opcua/log_bridge.h"
#include "connector/opcua/wire.h"

namespace millrace::opcua {
namespace {

using base::ErrorCode;
using base::Result;
namespace log = base::log;

UA_UInt32 milliseconds(base::Duration duration) {
  return static_cast<UA_UInt32>(std::chrono::ceil<std::chrono::milliseconds>(duration).count());
}

/// The type that a variable takes: that of its present value, else the one it declares.
Result<const UA_DataType*> written_type(UA_Client& client, const UA_NodeId& node) {
  OwnedVariant present;
  const UA_StatusCode status = UA_Client_readValueAttribute(&client, node, &present.value);
  if (status == UA_STATUSCODE_GOOD && present.value.type) {
    if (UA_Variant_isScalar(&present.value)) return present.value.type;
    return base::fail(ErrorCode::kUnsupported, "arrays cannot be written",
                      "Bind a variable with a single value.");
  }
  OwnedNodeId declared;
  if (UA_Client_readDataTypeAttribute(&client, node, &declared.value) == UA_STATUSCODE_GOOD) {
    if (const UA_DataType* type = UA_findDataType(&declared.value)) return type;
  }
  return base::fail(
      ErrorCode::kUnsupported,
      std::format("the variable's type cannot be found: {}", UA_StatusCode_name(status)),
      "Bind a variable with a number, text or switch.");
}

}  // namespace

void Link::Deleter::operator()(UA_Client* client) const { UA_Client_delete(client); }

Link::Link(ClientOptions options, CertificateFolder folder, Identity identity,
           std::vector<std::string> addresses, OnData on_data, std::size_t written_only)
    : options_(std::move(options)),
      folder_(std::move(folder)),
      identity_(std::move(identity)),
      on_data_(std::move(on_data)),
      items_(std::move(addresses), written_only, options_) {}

Link& Link::of(UA_Client* client) { return *static_cast<Link*>(UA_Client_getContext(client)); }

Result<ChosenEndpoint> Link::discover() {
  UA_ClientConfig config{};
  config.logging = make_logger(options_.name);
  UA_ClientConfig_setDefault(&config);
  config.timeout = milliseconds(options_.timeout);
  const std::unique_ptr<UA_Client, Deleter> client(UA_Client_newWithConfig(&config));
  UA_EndpointDescription* offered = nullptr;
  std::size_t count = 0;
  const UA_StatusCode status =
      UA_Client_getEndpoints(client.get(), options_.url.c_str(), &count, &offered);
  if (status != UA_STATUSCODE_GOOD) return std::unexpected(to_error(status, options_));
  auto chosen = choose_endpoint({offered, count}, options_);
  UA_Array_delete(offered, count, &UA_TYPES[UA_TYPES_ENDPOINTDESCRIPTION]);
  return chosen;
}

Result<void> Link::connect() {
  verdict_ = {};
  MILLRACE_LET(const ChosenEndpoint chosen, discover());
  const std::string_view shown = opcua::view(chosen.endpoint.value.serverCertificate);
  if (!client_ || !was_active_ || shown != server_certificate_) {
    MILLRACE_TRY(renew_client(chosen));
  }
  server_certificate_ = shown;
  was_active_ = is_inactive_ = false;
  const UA_StatusCode status = UA_Client_connectAsync(client_.get(), options_.url.c_str());
  if (status != UA_STATUSCODE_GOOD) return std::unexpected(to_error(status, options_));
  return {};
}

Result<void> Link::renew_client(const ChosenEndpoint& chosen) {
  client_.reset();
  forget_subscription();
  UA_ClientConfig config{};
  config.logging = make_logger(options_.name);
  if (auto configured = configure(config, chosen); !configured) {
    UA_ClientConfig_clear(&config);
    return configured;
  }
  client_.reset(UA_Client_newWithConfig(&config));
  if (client_) return {};
  return base::fail(ErrorCode::kInternal, "cannot make an OPC UA client");
}

Result<void> Link::configure(UA_ClientConfig& config, const ChosenEndpoint& chosen) {
  const UA_StatusCode status = UA_ClientConfig_setDefaultEncryption(
      &config, borrow(identity_.certificate), borrow(identity_.key), nullptr, 0, nullptr, 0);
  if (status != UA_STATUSCODE_GOOD) return std::unexpected(to_error(status, options_));
  UA_String_clear(&config.clientDescription.applicationUri);
  config.clientDescription.applicationUri = copy(identity_.application_uri);
  UA_LocalizedText_clear(&config.clientDescription.applicationName);
  config.clientDescription.applicationName.text = copy("Millrace edge");
  config.sessionName = copy("millrace " + options_.name);
  config.clientContext = this;
  config.timeout = milliseconds(options_.timeout);
  config.requestedSessionTimeout = milliseconds(options_.session_timeout);
  config.connectivityCheckInterval = 1000;
  config.outStandingPublishRequests = 5;
  config.noReconnect = true;  // Session decides when
  config.inactivityCallback = on_inactive;
  config.subscriptionInactivityCallback = on_subscription_inactive;
  config.securityMode = chosen.endpoint.value.securityMode;
  config.securityPolicyUri = copy(policy_uri(options_.security));
  UA_EndpointDescription_copy(&chosen.endpoint.value, &config.endpoint);
  UA_UserTokenPolicy_copy(&chosen.token.value, &config.userTokenPolicy);
  if (options_.security != Security::kNone) {
    const UA_StatusCode trust = install_trust(config, folder_, verdict_);
    if (trust != UA_STATUSCODE_GOOD) {
      return base::fail(
          ErrorCode::kInvalid,
          std::format("a file in {} is not a certificate (DER)", folder_.trusted_folder().native()),
          "Remove it.");
    }
  }
  return set_login(config);
}

Result<void> Link::set_login(UA_ClientConfig& config) const {
  if (!options_.user.empty()) {
    UA_ClientConfig_setAuthenticationUsername(&config, options_.user.c_str(),
                                              options_.password.c_str());
  } else if (!options_.user_certificate_file.empty()) {
    MILLRACE_LET(const std::string certificate, base::read_file(options_.user_certificate_file));
    MILLRACE_LET(const std::string key, base::read_file(options_.user_key_file));
    const UA_StatusCode status =
        UA_ClientConfig_setAuthenticationCert(&config, borrow(certificate), borrow(key));
    if (status != UA_STATUSCODE_GOOD) return std::unexpected(to_error(status, options_));
  }
  return {};
}

void Link::abandon() {
  if (client_) UA_Client_disconnectSecureChannel(client_.get());
}

void Link::close() {
  if (client_) UA_Client_disconnect(client_.get());
  client_.reset();
  forget_subscription();
}

void Link::iterate(base::Duration wait) {
  if (client_) UA_Client_run_iterate(client_.get(), milliseconds(wait));
  was_active_ = was_active_ || view().is_active;
}

LinkView Link::view() const {
  if (!client_) return {false, true, false};
  UA_SessionState session{};
  UA_StatusCode status = UA_STATUSCODE_GOOD;
  UA_Client_getState(client_.get(), nullptr, &session, &status);
  return {session == UA_SESSIONSTATE_ACTIVATED, status != UA_STATUSCODE_GOOD || is_inactive_,
          subscription_ != 0 && !is_subscription_silent_};
}

base::Error Link::error() const {
  if (verdict_.is_rejected) {
    return {ErrorCode::kForbidden, base::Retry::kLater,
            std::format("{}: the server's certificate is not trusted", options_.url),
            std::format("Check it, then type: mv {} {}", verdict_.rejected_file.native(),
                        verdict_.trusted_folder.native())};
  }
  UA_StatusCode status = UA_STATUSCODE_GOOD;
  if (client_) UA_Client_getState(client_.get(), nullptr, nullptr, &status);
  return to_error(status == UA_STATUSCODE_GOOD ? UA_STATUSCODE_BADTIMEOUT : status, options_);
}

Result<void> Link::subscribe() {
  if (subscription_ != 0) {  // it is silent: the server may still have it
    UA_Client_Subscriptions_deleteSingle(client_.get(), subscription_);
    forget_subscription();
  }
  UA_CreateSubscriptionRequest request = UA_CreateSubscriptionRequest_default();
  const double interval_ms =
      std::chrono::duration<double, std::milli>(options_.publishing_interval).count();
  request.requestedPublishingInterval = interval_ms;
  request.requestedMaxKeepAliveCount = static_cast<UA_UInt32>(std::max(1.0, 2000 / interval_ms));
  request.requestedLifetimeCount = std::max<UA_UInt32>(
      3 * request.requestedMaxKeepAliveCount,
      static_cast<UA_UInt32>(milliseconds(options_.session_timeout) / interval_ms));
  Owned<UA_CreateSubscriptionResponse, UA_TYPES_CREATESUBSCRIPTIONRESPONSE> response(
      UA_Client_Subscriptions_create(client_.get(), request, this, nullptr,
                                     on_subscription_deleted));
  const UA_StatusCode status = response.value.responseHeader.serviceResult;
  if (status != UA_STATUSCODE_GOOD) return std::unexpected(to_error(status, options_));
  subscription_ = response.value.subscriptionId;
  items_.create_all({*client_, subscription_, on_data_change});
  return {};
}

void Link::retry_failed_tags() {
  if (subscription_ != 0) items_.retry_failed({*client_, subscription_, on_data_change});
}

Result<void> Link::read(std::span<const std::uint32_t> tags, const OnData& on_value) {
  std::vector<OwnedNodeId> nodes;
  std::vector<std::size_t> asked;
  for (const std::uint32_t tag : tags) {
    auto node = items_.node(tag);
    if (!node) continue;
    nodes.push_back(*std::move(node));
    asked.push_back(tag);
  }
  std::vector<UA_ReadValueId> ids(nodes.size());
  for (std::size_t i = 0; i < ids.size(); ++i) {
    ids[i].nodeId = nodes[i].value;
    ids[i].attributeId = UA_ATTRIBUTEID_VALUE;
  }
  return read_attributes(
      *client_, options_, ids, UA_TIMESTAMPSTORETURN_SOURCE,
      [&](std::size_t i, const UA_DataValue& value) { on_value(asked[i], value); });
}

Result<std::vector<std::string>> Link::read_units(std::span<const std::uint32_t> tags,
                                                  const unit::Units& units) {
  items_.learn_namespaces(*client_);
  std::vector<OwnedNodeId> nodes;
  for (const std::uint32_t tag : tags) {
    auto node = items_.node(tag);
    nodes.push_back(node ? *std::move(node) : OwnedNodeId());
  }
  return opcua::read_units(*client_, options_, nodes, units);
}

Result<void> Link::write(std::size_t tag, const model::Value& value) {
  if (!view().is_active) {
    return base::fail_for_now(ErrorCode::kUnavailable,
                              options_.url + ": not connected, not written",
                              "Check the connection.");
  }
  MILLRACE_LET(const OwnedNodeId node, items_.node(tag));
  MILLRACE_LET(const UA_DataType* type, written_type(*client_, node.value));
  MILLRACE_LET(const OwnedVariant variant, to_variant(value, *type));
  const UA_StatusCode status =
      UA_Client_writeValueAttribute(client_.get(), node.value, &variant.value);
  if (!is_bad(status)) return {};
  return std::unexpected(write_error(status, options_));
}

void Link::forget_subscription() {
  subscription_ = 0;
  is_subscription_silent_ = false;
}

void Link::on_subscription_deleted(UA_Client*, UA_UInt32 id, void* context) {
  Link& link = *static_cast<Link*>(context);
  if (link.subscription_ == id) link.forget_subscription();
}

void Link::on_subscription_inactive(UA_Client* client, UA_UInt32 id, void*) {
  Link& link = of(client);
  log::info("opcua {}: subscription {} is silent", link.options_.name, id);
  if (link.subscription_ == id) link.is_subscription_silent_ = true;
}

void Link::on_inactive(UA_Client* client) { of(client).is_inactive_ = true; }

void Link::on_data_change(UA_Client* client, UA_UInt32, void*, UA_UInt32, void* tag,
                          UA_DataValue* value) {
  if (value) of(client).on_data_(reinterpret_cast<std::uintptr_t>(tag), *value);
}

}  // namespace millrace::opcua
