// A pump that does not care how it is read: swap_plant opcua|modbus PORT LOG THING BEGUN
//
// What it measures is a function of the time alone, so that two of these programs are one pump with
// old and with new electronics: pulses (ten a second since BEGUN, seconds since 1970), pressure in
// bar, temperature in degC. As OPC UA server it writes all of it every 100 ms; as Modbus device it
// measures when it is asked, and has pulses (u32), pressure (kPa × 10) and temperature (degF × 10)
// in holding registers 100 to 103. LOG gets a line for everything that was served:
//
//   time in µs, pulses, pressure in bar, temperature in degC, 1 when somebody listened
//
// SIGTERM: it falls silent, lets what was served go out, and ends.
#include <modbus/modbus.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <memory>
#include <numbers>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "connector/opcua/server.h"

namespace {

using namespace millrace;
using namespace std::chrono_literals;

volatile std::sig_atomic_t is_over = 0;

struct Truth {
  base::Time time;
  std::int64_t pulses = 0;
  double pressure = 0;     // bar
  double temperature = 0;  // degC
  double speed = 0;        // 1/min
};

class Pump {
 public:
  Pump(double begun, const char* log) : begun_(begun), log_(std::fopen(log, "w")) {}
  ~Pump() { std::fclose(log_); }
  Pump(const Pump&) = delete;

  Truth now() const {
    const base::Time time = clock_.now();
    const double t = std::chrono::duration<double>(time.time_since_epoch()).count() - begun_;
    const double turn = 2 * std::numbers::pi * t;
    return {time, static_cast<std::int64_t>(t * 10), 4 + 1.5 * std::sin(turn / 7),
            60 + 20 * std::sin(turn / 11), 2900 + 10 * std::sin(turn / 5)};
  }
  void note(const Truth& truth, bool is_heard) {
    std::fprintf(log_, "%lld %lld %.17g %.17g %d\n",
                 static_cast<long long>(truth.time.time_since_epoch().count()),
                 static_cast<long long>(truth.pulses), truth.pressure, truth.temperature,
                 is_heard ? 1 : 0);
    std::fflush(log_);
  }

 private:
  const base::SystemClock clock_;
  const double begun_;
  std::FILE* const log_;
};

int serve_opcua(Pump& pump, std::uint16_t port, const std::string& thing) {
  const auto folder =
      std::filesystem::temp_directory_path() / std::format("millrace-swap-{}-{}", ::getpid(), port);
  std::vector<opcua::ServedVariable> variables = {
      {thing, "pulses", "Pulses", model::ValueType::kI64, "", 0, 0, false},
      {thing, "pressure", "Pressure", model::ValueType::kF64, "bar", 0, 10, false},
      {thing, "temperature", "Temperature", model::ValueType::kF64, "degC", 0, 200, false},
      {thing, "speed", "Speed", model::ValueType::kF64, "1/min", 0, 3000, false}};
  {
    const auto server = opcua::Server::start({.port = port, .name = thing, .certificates = folder},
                                             std::move(variables));
    if (!server) return std::fprintf(stderr, "%s\n", server.error().what.c_str()), 1;
    while (!is_over) {
      const bool is_heard = (*server)->monitored_items(0) > 0 &&
                            (*server)->monitored_items(1) > 0 && (*server)->monitored_items(2) > 0;
      const Truth truth = pump.now();
      const std::array<model::Value, 4> values = {truth.pulses, truth.pressure, truth.temperature,
                                                  truth.speed};
      for (std::size_t i = 0; i < values.size(); ++i) {
        if (!(*server)->write(i, {truth.time, values[i], {}})) return 1;
      }
      pump.note(truth, is_heard);
      std::this_thread::sleep_for(100ms);
    }
    std::this_thread::sleep_for(1s);  // what listeners have not been sent yet
  }
  std::filesystem::remove_all(folder);
  return 0;
}

void set_registers(const Truth& truth, modbus_mapping_t& map) {
  const auto pulses = static_cast<std::uint32_t>(truth.pulses);
  map.tab_registers[0] = static_cast<std::uint16_t>(pulses >> 16);
  map.tab_registers[1] = static_cast<std::uint16_t>(pulses & 0xFFFFU);
  map.tab_registers[2] = static_cast<std::uint16_t>(std::lround(truth.pressure * 1000));
  map.tab_registers[3] =
      static_cast<std::uint16_t>(std::lround((truth.temperature * 9 / 5 + 32) * 10));
}

/// One client after the other; when told to end it waits until nobody has asked for a while.
int serve_modbus(Pump& pump, std::uint16_t port) {
  const std::unique_ptr<modbus_t, decltype(&modbus_free)> context(modbus_new_tcp("127.0.0.1", port),
                                                                  modbus_free);
  const std::unique_ptr<modbus_mapping_t, decltype(&modbus_mapping_free)> map(
      modbus_mapping_new_start_address(0, 0, 0, 0, 100, 4, 0, 0), modbus_mapping_free);
  int listener = modbus_tcp_listen(context.get(), 1);
  if (listener < 0) return std::fprintf(stderr, "%s\n", modbus_strerror(errno)), 1;
  int client = -1;
  while (true) {
    pollfd wanted{client >= 0 ? client : listener, POLLIN, 0};
    const int ready = ::poll(&wanted, 1, 30);
    if (ready <= 0 && is_over) break;
    if (ready <= 0) continue;
    if (client < 0) {
      client = modbus_tcp_accept(context.get(), &listener);
      continue;
    }
    std::array<std::uint8_t, MODBUS_TCP_MAX_ADU_LENGTH> query{};
    const int length = modbus_receive(context.get(), query.data());
    if (length < 0) {
      modbus_close(context.get());
      client = -1;
      continue;
    }
    const Truth truth = pump.now();
    set_registers(truth, *map);
    if (modbus_reply(context.get(), query.data(), length, map.get()) > 0) pump.note(truth, true);
  }
  if (client >= 0) modbus_close(context.get());
  ::close(listener);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) return std::fprintf(stderr, "opcua|modbus PORT LOG THING BEGUN\n"), 64;
  base::log::start(base::log::Level::kInfo);
  std::signal(SIGTERM, [](int) { is_over = 1; });
  std::signal(SIGPIPE, SIG_IGN);
  Pump pump(std::stod(argv[5]), argv[3]);
  const auto port = static_cast<std::uint16_t>(std::stoi(argv[2]));
  return argv[1] == std::string("opcua") ? serve_opcua(pump, port, argv[4])
                                         : serve_modbus(pump, port);
}
