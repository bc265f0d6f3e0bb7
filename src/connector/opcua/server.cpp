#include "connector/opcua/server.h"

#include <arpa/inet.h>
#include <open62541/plugin/accesscontrol_default.h>
#include <open62541/plugin/pki_default.h>
#include <open62541/server.h>
#include <open62541/server_config_default.h>
#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <deque>
#include <map>
#include <thread>

#include "base/files.h"
#include "connector/opcua/certificates.h"
#include "connector/opcua/endpoint.h"
#include "connector/opcua/log_bridge.h"
#include "connector/opcua/nodes.h"
#include "connector/opcua/wire.h"

namespace millrace::opcua {
namespace {

using base::ErrorCode;
using base::Result;

base::Error server_error(UA_StatusCode status, std::string_view doing) {
  return {ErrorCode::kInternal, base::Retry::kNever,
          std::format("OPC UA server: cannot {}: {}", doing, UA_StatusCode_name(status)), ""};
}

/// Whether this thread writes as the plant, and not for a client.
thread_local bool is_own_write = false;

class UaServer final : public Server {
 public:
  ~UaServer() override {
    is_stopping_ = true;
    if (thread_.joinable()) thread_.join();
    if (server_) {
      UA_Server_run_shutdown(server_);
      UA_Server_delete(server_);
    }
  }

  Result<void> open(const ServerOptions& options, std::vector<ServedVariable> variables,
                    OnWrite on_write) {
    on_write_ = std::move(on_write);
    port_ = options.port;
    if (port_ == 0) {
      MILLRACE_LET(port_, free_port());
    }
    variables_ = std::move(variables);
    for (const ServedVariable& variable : variables_) {
      counts_.emplace(node_name(variable), counts_.size());
    }
    monitored_ = std::vector<std::atomic<int>>(variables_.size());
    UA_ServerConfig config{};
    config.logging = make_logger(options.name);
    if (auto configured = configure(config, options); !configured) {
      UA_ServerConfig_clean(&config);
      return configured;
    }
    server_ = UA_Server_newWithConfig(&config);
    if (!server_) return std::unexpected(server_error(UA_STATUSCODE_BADINTERNALERROR, "start"));
    MILLRACE_TRY(add_nodes(*server_, variables_));
    listen_to_writes();
    if (const UA_StatusCode status = UA_Server_run_startup(server_); status != UA_STATUSCODE_GOOD) {
      return base::fail(
          ErrorCode::kConflict,
          std::format("cannot listen on 127.0.0.1:{}: {}", port_, UA_StatusCode_name(status)),
          "Choose another port.");
    }
    thread_ = std::thread([this] {
      while (!is_stopping_) UA_Server_run_iterate(server_, true);
    });
    return {};
  }

  std::string url() const override { return std::format("opc.tcp://127.0.0.1:{}", port_); }

  Result<void> write(std::size_t variable, const model::Sample& sample) override {
    MILLRACE_CHECK(variable < variables_.size());
    const OwnedDataValue value = to_data_value(sample);
    const std::string name = node_name(variables_[variable]);
    UA_NodeId node = UA_NODEID_STRING(1, nullptr);
    node.identifier.string = borrow(name);
    is_own_write = true;
    const UA_StatusCode status = UA_Server_writeDataValue(server_, node, value.value);
    is_own_write = false;
    if (is_bad(status)) return std::unexpected(server_error(status, "write " + name));
    return {};
  }

  int monitored_items(std::size_t variable) const override { return monitored_.at(variable); }
  std::size_t sessions() const override {
    return UA_Server_getStatistics(server_).ss.currentSessionCount;
  }

 private:
  Result<void> configure(UA_ServerConfig& config, const ServerOptions& options) {
    const std::string uri = "urn:millrace:server:" + options.name;
    const CertificateFolder folder(options.certificates);
    MILLRACE_LET(const Identity identity, folder.identity(uri, "Millrace " + options.name));
    const UA_ByteString certificate = borrow(identity.certificate), key = borrow(identity.key);
    UA_StatusCode status = UA_ServerConfig_setBasics_withPort(&config, port_);
    UA_String_clear(&config.serverUrls[0]);
    config.serverUrls[0] = copy(url());
    UA_String_clear(&config.applicationDescription.applicationUri);
    config.applicationDescription.applicationUri = copy(uri);
    config.context = this;
    config.monitoredItemRegisterCallback = on_monitored;
    config.samplingIntervalLimits.min = 5;
    config.publishingIntervalLimits.min = 10;
    config.queueSizeLimits.max = 10000;
    config.allowEmptyVariables = UA_RULEHANDLING_ACCEPT;  // a variable may have a status only
    for (UA_CertificateVerification* pki : {&config.secureChannelPKI, &config.sessionPKI}) {
      if (pki->clear) pki->clear(pki);
      UA_CertificateVerification_AcceptAll(pki);
    }
    status |= UA_ServerConfig_addSecurityPolicyNone(&config, &certificate);
    status |= UA_ServerConfig_addSecurityPolicyBasic256Sha256(&config, &certificate, &key);
    status |= set_access(config, options);
    status |= UA_ServerConfig_addEndpoint(&config, borrow(policy_uri(Security::kNone)),
                                          UA_MESSAGESECURITYMODE_NONE);
    status |= UA_ServerConfig_addEndpoint(&config, borrow(policy_uri(Security::kBasic256Sha256)),
                                          UA_MESSAGESECURITYMODE_SIGNANDENCRYPT);
    if (status != UA_STATUSCODE_GOOD) return std::unexpected(server_error(status, "configure"));
    return {};
  }

  /// Passwords travel under Basic256Sha256, on the endpoint None too.
  static UA_StatusCode set_access(UA_ServerConfig& config, const ServerOptions& options) {
    const UA_UsernamePasswordLogin login{borrow(options.user), borrow(options.password)};
    const UA_String token_policy = borrow(policy_uri(Security::kBasic256Sha256));
    return UA_AccessControl_default(&config, options.allows_anonymous, &token_policy,
                                    options.user.empty() ? 0 : 1, &login);
  }

  void listen_to_writes() {
    for (const ServedVariable& variable : variables_) {
      if (!variable.is_writable) continue;
      const std::string name = node_name(variable);
      UA_NodeId node = UA_NODEID_STRING(1, nullptr);
      node.identifier.string = borrow(name);
      UA_Server_setVariableNode_valueCallback(server_, node, {nullptr, on_written});
    }
  }

  static void on_written(UA_Server* server, const UA_NodeId*, void*, const UA_NodeId* node, void*,
                         const UA_NumericRange*, const UA_DataValue* data) {
    if (is_own_write) return;
    auto& self = *static_cast<UaServer*>(UA_Server_getConfig(server)->context);
    const auto found = self.counts_.find(text(node->identifier.string));
    if (found == self.counts_.end() || !self.on_write_) return;
    self.on_write_(found->second, to_sample(*data, base::SystemClock().now()));
  }

  static void on_monitored(UA_Server* server, const UA_NodeId*, void*, const UA_NodeId* node, void*,
                           UA_UInt32, UA_Boolean removed) {
    auto& self = *static_cast<UaServer*>(UA_Server_getConfig(server)->context);
    if (node->namespaceIndex != 1 || node->identifierType != UA_NODEIDTYPE_STRING) return;
    const auto found = self.counts_.find(text(node->identifier.string));
    if (found != self.counts_.end()) self.monitored_[found->second] += removed ? -1 : 1;
  }

  OnWrite on_write_;
  std::uint16_t port_ = 0;
  std::vector<ServedVariable> variables_;
  std::map<std::string, std::size_t> counts_;  // node name → place
  std::vector<std::atomic<int>> monitored_;
  UA_Server* server_ = nullptr;
  std::thread thread_;
  std::atomic<bool> is_stopping_ = false;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::start(const ServerOptions& options,
                                              std::vector<ServedVariable> variables,
                                              OnWrite on_write) {
  auto server = std::make_unique<UaServer>();
  MILLRACE_TRY(server->open(options, std::move(variables), std::move(on_write)));
  return server;
}

Result<std::uint16_t> free_port() {
  const base::FileDescriptor fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  const bool is_bound =
      ::bind(fd.get(), generic, length) == 0 && ::getsockname(fd.get(), generic, &length) == 0;
  if (!is_bound) return std::unexpected(base::system_error(errno, "find", "a free port"));
  return ntohs(address.sin_port);
}

}  // namespace millrace::opcua
