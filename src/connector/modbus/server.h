#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "connector/modbus/address.h"
#include "model/value.h"

namespace millrace::modbus {

/// A request as the server got it.
struct Request {
  std::uint8_t unit = 0;
  std::uint8_t function = 0;
  std::uint32_t first = 0;
  std::uint32_t count = 0;
  bool operator==(const Request&) const = default;
};

/// A Modbus TCP server with registers that somebody sets: what the simulator stands behind, and
/// what tests of the client read. Listens on 127.0.0.1 only, several clients; what was never set is
/// answered with exception 2. An address without a unit is one of unit 1; units are made by setting
/// something there, others are silent as behind a gateway. One thread of its own; all functions may
/// be called from any.
class Server {
 public:
  /// Registers or coils that a client has just written. Called on the server's thread.
  using OnWrite = std::function<void(const Request& request)>;

  /// Binds and begins to serve; port 0 takes a free one. Errors: conflict (the port is taken).
  static base::Result<std::unique_ptr<Server>> start(std::uint16_t port = 0, OnWrite on_write = {});
  virtual ~Server() = default;

  virtual std::uint16_t port() const = 0;
  /// Errors: invalid, when the value does not fit the address.
  virtual base::Result<void> set(const Address& address, const model::Value& value) = 0;
  /// What stands there now; empty where nothing was ever set.
  virtual std::optional<model::Value> get(const Address& address) const = 0;
  /// Requests that touch these registers get this exception; 0 ends that. Code 2 and an address
  /// that nobody set are the same.
  virtual void set_exception(const Address& address, std::uint8_t code) = 0;
  /// How long each answer takes from now on.
  virtual void set_delay(base::Duration delay) = 0;
  /// Closes all connections; new ones are taken.
  virtual void drop_connections() = 0;
  /// The next so many writes are carried out, and the connection is closed without an answer.
  virtual void drop_after_writes(int count) = 0;

  virtual std::size_t clients() const = 0;
  /// The last requests, oldest first, at most 1000.
  virtual std::vector<Request> requests() const = 0;
};

}  // namespace millrace::modbus
