// An OPC UA server and a Modbus TCP server for command_test.py: prints where they listen and what
// clients write, one line each:
//   opcua URL | modbus PORT
//   wrote VARIABLE VALUE              to the OPC UA server
//   wrote modbus FUNCTION FIRST       to the Modbus server, and then
//   holds PRESSURE OPEN               what stands in holding:0 and coil:3
// and obeys lines on standard input: `refuse CODE` (the Modbus exception for holding:0; 0: none),
// `delay MS` (of each Modbus answer). Ends when standard input does.
#include <filesystem>
#include <iostream>
#include <mutex>
#include <print>

#include "connector/modbus/server.h"
#include "connector/opcua/server.h"

namespace {

using namespace millrace;

std::mutex output;

void say(const std::string& line) {
  const std::lock_guard lock(output);
  std::println("{}", line);
  std::fflush(stdout);
}

std::string text(const model::Value& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return std::to_string(*whole);
  if (const auto* number = std::get_if<double>(&value)) return std::format("{}", *number);
  return "?";
}

const std::vector<opcua::ServedVariable> kVariables = {
    {.thing = "drive", .property = "speed", .type = model::ValueType::kI64, .is_writable = true},
    {.thing = "drive", .property = "locked", .type = model::ValueType::kF64},
    {.thing = "drive", .property = "torque", .type = model::ValueType::kF64, .is_writable = true},
    {.thing = "drive", .property = "stop", .type = model::ValueType::kBool, .is_writable = true},
    {.thing = "drive", .property = "ramp", .type = model::ValueType::kF64, .is_writable = true}};

modbus::Address at(const char* address) { return *modbus::parse_address(address); }

void obey(modbus::Server& server, const std::string& line) {
  const std::size_t space = line.find(' ');
  if (space == std::string::npos) return;
  const int number = std::stoi(line.substr(space));
  if (line.starts_with("refuse")) {
    server.set_exception(at("holding:0"), static_cast<std::uint8_t>(number));
  }
  if (line.starts_with("delay")) server.set_delay(std::chrono::milliseconds(number));
  say("obeyed " + line);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  auto opcua = opcua::Server::start(
      {.certificates = argv[1]}, kVariables, [](std::size_t variable, const model::Sample& sample) {
        say(std::format("wrote {} {}", kVariables[variable].property, text(sample.value)));
      });
  modbus::Server* registers = nullptr;
  auto modbus = modbus::Server::start(0, [&](const modbus::Request& request) {
    say(std::format("wrote modbus {} {}", request.function, request.first));
    const auto pressure = registers->get(at("holding:0:i16")), open = registers->get(at("coil:3"));
    say(std::format("holds {} {}", text(*pressure), text(*open)));
  });
  if (!opcua || !modbus) return 1;
  registers = modbus->get();
  const base::SystemClock clock;
  const std::vector<model::Value> first = {std::int64_t{0}, 1.5, 2.5, false, 0.0};
  for (std::size_t i = 0; i < first.size(); ++i) {
    if (!(*opcua)->write(i, {clock.now(), first[i], {}})) return 1;
  }
  if (!registers->set(at("holding:0:i16"), std::int64_t{25}) ||
      !registers->set(at("coil:3"), false)) {
    return 1;
  }
  say("opcua " + (*opcua)->url());
  say(std::format("modbus {}", registers->port()));
  for (std::string line; std::getline(std::cin, line);) obey(*registers, line);
  return 0;
}
