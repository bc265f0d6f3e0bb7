#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "model/sample.h"

namespace millrace::opcua {

/// A variable that a Server shows: object `thing`, variable `property`, node id
/// `ns=1;s=<thing>/<property>`. Numbers are AnalogItems with EngineeringUnits and EURange.
struct ServedVariable {
  std::string thing;
  std::string property;
  std::string title;
  model::ValueType type = model::ValueType::kF64;
  std::string unit;  // empty for none
  double low = 0.0;
  double high = 0.0;
  bool is_writable = false;  // by clients
};

struct ServerOptions {
  std::uint16_t port = 0;      // 0: a free one
  std::string name = "plant";  // part of the application URI urn:millrace:server:<name>
  std::string user;            // with a password: this login is accepted
  std::string password;
  bool allows_anonymous = true;
  std::filesystem::path certificates;  // folder, see CertificateFolder; made at first start
};

/// An OPC UA server with variables that somebody writes: what the simulator stands behind, and what
/// tests of the client read. Listens on 127.0.0.1 only, with the endpoints None and Basic256Sha256
/// (SignAndEncrypt); any client certificate is taken, logins are checked. One thread of its own;
/// write() and the counts may be called from any.
class Server {
 public:
  /// What a client has written to a variable. Called on the server's thread; may call write().
  using OnWrite = std::function<void(std::size_t variable, const model::Sample& sample)>;

  /// Binds and begins to serve. Errors: conflict (the port is taken), what concerns the folder.
  static base::Result<std::unique_ptr<Server>> start(const ServerOptions& options,
                                                     std::vector<ServedVariable> variables,
                                                     OnWrite on_write = {});
  virtual ~Server() = default;

  /// "opc.tcp://127.0.0.1:<port>".
  virtual std::string url() const = 0;
  /// A new value with its source time and status; `variable` is its place in the list.
  virtual base::Result<void> write(std::size_t variable, const model::Sample& sample) = 0;
  /// Living monitored items of a variable, over all sessions.
  virtual int monitored_items(std::size_t variable) const = 0;
  virtual std::size_t sessions() const = 0;
};

/// A port of the loopback interface that nobody listens on at the moment.
base::Result<std::uint16_t> free_port();

}  // namespace millrace::opcua
