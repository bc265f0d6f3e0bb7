#include "connector/modbus/server.h"

#include <arpa/inet.h>
#include <modbus/modbus.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include "base/files.h"
#include "connector/modbus/wire.h"

namespace millrace::modbus {
namespace {

using base::ErrorCode;
using base::Result;

constexpr int kPlaces = 65536;
constexpr int kHeader = 7;
constexpr int kTurnMs = 20;
constexpr int kBacklog = 16;
constexpr std::size_t kRequestsMax = 1000;
constexpr std::uint8_t kIllegalFunction = 1, kIllegalAddress = 2;

struct ContextDeleter {
  void operator()(modbus_t* context) const { modbus_free(context); }
};
struct MappingDeleter {
  void operator()(modbus_mapping_t* mapping) const { modbus_mapping_free(mapping); }
};

/// The four tables of a unit, and for each place the exception it is answered with, 0 for none.
struct Unit {
  std::unique_ptr<modbus_mapping_t, MappingDeleter> mapping{
      modbus_mapping_new(kPlaces, kPlaces, kPlaces, kPlaces)};
  std::array<std::vector<std::uint8_t>, 4> exceptions;

  Unit() { exceptions.fill(std::vector<std::uint8_t>(kPlaces, kIllegalAddress)); }
  std::vector<std::uint8_t>& of(Table table) { return exceptions[static_cast<std::size_t>(table)]; }
};

/// What a request touches, and whether it writes.
struct Touched {
  Table table = Table::kHolding;
  Request request;
  bool is_write = false;
};

std::uint32_t word(const std::uint8_t* bytes) { return bytes[0] * 256U + bytes[1]; }

std::optional<Touched> parse(std::span<const std::uint8_t> query) {
  if (query.size() < kHeader + 5U) return std::nullopt;
  const std::uint8_t function = query[kHeader];
  const std::uint8_t* data = query.data() + kHeader + 1;
  Touched touched{Table::kHolding, {query[6], function, word(data), word(data + 2)}, false};
  switch (function) {
    case MODBUS_FC_READ_COILS:
      touched.table = Table::kCoil;
      return touched;
    case MODBUS_FC_READ_DISCRETE_INPUTS:
      touched.table = Table::kDiscrete;
      return touched;
    case MODBUS_FC_READ_HOLDING_REGISTERS:
      return touched;
    case MODBUS_FC_READ_INPUT_REGISTERS:
      touched.table = Table::kInput;
      return touched;
    case MODBUS_FC_WRITE_SINGLE_COIL:
    case MODBUS_FC_WRITE_MULTIPLE_COILS:
      touched.table = Table::kCoil;
      break;
    case MODBUS_FC_WRITE_SINGLE_REGISTER:
    case MODBUS_FC_WRITE_MULTIPLE_REGISTERS:
    case MODBUS_FC_MASK_WRITE_REGISTER:
      break;
    default:
      return std::nullopt;
  }
  touched.is_write = true;
  const bool is_many =
      function == MODBUS_FC_WRITE_MULTIPLE_COILS || function == MODBUS_FC_WRITE_MULTIPLE_REGISTERS;
  if (!is_many) touched.request.count = 1;
  return touched;
}

class ModbusServer final : public Server {
 public:
  ~ModbusServer() override {
    {
      const std::lock_guard lock(mutex_);
      is_stopping_ = true;
    }
    stop_.notify_all();
    if (thread_.joinable()) thread_.join();
    clients_.clear();
  }

  Result<void> open(std::uint16_t port, OnWrite on_write) {
    on_write_ = std::move(on_write);
    context_.reset(modbus_new_tcp("127.0.0.1", port));
    if (!context_) return base::fail(ErrorCode::kInternal, "cannot make a Modbus server");
    listener_ = base::FileDescriptor(modbus_tcp_listen(context_.get(), kBacklog));
    sockaddr_in address{};
    socklen_t length = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (!listener_.is_open() || ::getsockname(listener_.get(), generic, &length) != 0) {
      return base::fail(
          ErrorCode::kConflict,
          std::format("cannot listen on 127.0.0.1:{}: {}", port, modbus_strerror(errno)),
          "Choose another port.");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
    return {};
  }

  std::uint16_t port() const override { return port_; }

  Result<void> set(const Address& address, const model::Value& value) override {
    MILLRACE_LET(const std::vector<std::uint16_t> registers, to_registers(value, address));
    const std::lock_guard lock(mutex_);
    Unit& unit = units_[address.unit.value_or(1)];
    const std::uint16_t mask =
        address.bit ? to_registers(true, address).value()[0] : std::uint16_t{0xFFFF};
    for (std::size_t i = 0; i < registers.size(); ++i) {
      const std::size_t place = address.number + i;
      std::uint8_t& exception = unit.of(address.table)[place];
      if (exception == kIllegalAddress) exception = 0;
      put(unit, address.table, place, mask, registers[i]);
    }
    return {};
  }

  std::optional<model::Value> get(const Address& address) const override {
    const std::lock_guard lock(mutex_);
    const auto unit = units_.find(address.unit.value_or(1));
    if (unit == units_.end()) return std::nullopt;
    std::vector<std::uint16_t> registers;
    for (std::uint32_t place = address.number; place < address.end(); ++place) {
      registers.push_back(at(unit->second, address.table, place));
    }
    return to_value(registers, address);
  }

  void set_exception(const Address& address, std::uint8_t code) override {
    const std::lock_guard lock(mutex_);
    auto& exceptions = units_[address.unit.value_or(1)].of(address.table);
    std::fill_n(exceptions.begin() + address.number, address.count(), code);
  }

  void set_delay(base::Duration delay) override {
    const std::lock_guard lock(mutex_);
    delay_ = delay;
  }
  void drop_connections() override { is_dropping_ = true; }
  void drop_after_writes(int count) override { drops_ = count; }
  std::size_t clients() const override { return client_count_; }
  std::vector<Request> requests() const override {
    const std::lock_guard lock(mutex_);
    return {requests_.begin(), requests_.end()};
  }

 private:
  static std::uint16_t at(const Unit& unit, Table table, std::size_t place) {
    const modbus_mapping_t& mapping = *unit.mapping;
    switch (table) {
      case Table::kCoil:
        return mapping.tab_bits[place];
      case Table::kDiscrete:
        return mapping.tab_input_bits[place];
      case Table::kInput:
        return mapping.tab_input_registers[place];
      case Table::kHolding:
        return mapping.tab_registers[place];
    }
    return 0;
  }

  static void put(Unit& unit, Table table, std::size_t place, std::uint16_t mask,
                  std::uint16_t value) {
    modbus_mapping_t& mapping = *unit.mapping;
    const auto kept = static_cast<std::uint16_t>(at(unit, table, place) & ~mask);
    const auto both = static_cast<std::uint16_t>(kept | value);
    if (table == Table::kCoil) mapping.tab_bits[place] = static_cast<std::uint8_t>(value);
    if (table == Table::kDiscrete) mapping.tab_input_bits[place] = static_cast<std::uint8_t>(value);
    if (table == Table::kInput) mapping.tab_input_registers[place] = both;
    if (table == Table::kHolding) mapping.tab_registers[place] = both;
  }

  void run() {
    while (!is_stopping_) {
      if (is_dropping_.exchange(false)) clients_.clear();
      client_count_ = clients_.size();
      std::vector<pollfd> polled = {{listener_.get(), POLLIN, 0}};
      for (const base::FileDescriptor& client : clients_) {
        polled.push_back({client.get(), POLLIN, 0});
      }
      ::poll(polled.data(), polled.size(), kTurnMs);
      for (std::size_t i = clients_.size(); i-- > 0;) {
        if (polled[i + 1].revents && !serve(clients_[i].get())) {
          clients_.erase(clients_.begin() + static_cast<std::ptrdiff_t>(i));
        }
      }
      if (polled[0].revents) {
        clients_.emplace_back(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      }
    }
  }

  /// False when the connection is to be closed.
  bool serve(int client) {
    modbus_set_socket(context_.get(), client);
    std::array<std::uint8_t, MODBUS_TCP_MAX_ADU_LENGTH> query{};
    const int length = modbus_receive(context_.get(), query.data());
    if (length <= 0) return length == 0;
    return answer(std::span(query).first(static_cast<std::size_t>(length)));
  }

  bool answer(std::span<const std::uint8_t> query) {
    const auto touched = parse(query);
    std::unique_lock lock(mutex_);
    stop_.wait_for(lock, delay_, [this] { return is_stopping_.load(); });
    if (is_stopping_) return false;
    if (!touched) {
      return modbus_reply_exception(context_.get(), query.data(), kIllegalFunction) > 0;
    }
    requests_.push_back(touched->request);
    if (requests_.size() > kRequestsMax) requests_.pop_front();
    const auto unit = units_.find(touched->request.unit);
    if (unit == units_.end()) return true;
    const std::uint8_t exception = exception_of(unit->second, *touched);
    if (exception != 0) {
      return modbus_reply_exception(context_.get(), query.data(), exception) > 0;
    }
    const bool is_dropped = touched->is_write && drops_ > 0;
    if (is_dropped) {
      --drops_;
      modbus_set_socket(context_.get(), -1);  // carried out, and the answer goes nowhere
    }
    const int sent = modbus_reply(context_.get(), query.data(), static_cast<int>(query.size()),
                                  unit->second.mapping.get());
    lock.unlock();
    if (touched->is_write && on_write_) on_write_(touched->request);
    return sent > 0 && !is_dropped;
  }

  static std::uint8_t exception_of(Unit& unit, const Touched& touched) {
    const auto& exceptions = unit.of(touched.table);
    const std::size_t end = std::size_t{touched.request.first} + touched.request.count;
    if (end > exceptions.size()) return kIllegalAddress;
    for (std::size_t place = touched.request.first; place < end; ++place) {
      if (exceptions[place] != 0) return exceptions[place];
    }
    return 0;
  }

  OnWrite on_write_;
  std::unique_ptr<modbus_t, ContextDeleter> context_;
  base::FileDescriptor listener_;
  std::uint16_t port_ = 0;
  std::vector<base::FileDescriptor> clients_;  // of the server's thread
  std::thread thread_;
  std::atomic<bool> is_stopping_ = false, is_dropping_ = false;
  std::atomic<int> drops_ = 0;
  std::atomic<std::size_t> client_count_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable stop_;
  std::map<std::uint8_t, Unit> units_;
  std::deque<Request> requests_;
  base::Duration delay_{};
};

}  // namespace

Result<std::unique_ptr<Server>> Server::start(std::uint16_t port, OnWrite on_write) {
  auto server = std::make_unique<ModbusServer>();
  MILLRACE_TRY(server->open(port, std::move(on_write)));
  return server;
}

}  // namespace millrace::modbus
