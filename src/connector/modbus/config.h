#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "config/table.h"

namespace millrace::modbus {

/// One Modbus TCP device, or gateway to several units, to read.
struct ClientOptions {
  std::string name;
  std::string host;
  std::uint16_t port = 502;
  std::uint8_t unit = 1;
  base::Duration poll_interval = std::chrono::seconds(1);
  base::Duration timeout = std::chrono::seconds(1);
  std::uint32_t block_registers_max = 125;
  std::uint32_t block_bits_max = 2000;
  std::uint32_t gap_registers_max = 8;
  base::Duration reconnect_delay_max = std::chrono::seconds(2);
  base::Duration loss_after = std::chrono::seconds(10);
  base::Duration tag_retry = std::chrono::seconds(30);
};

/// The options of a connection, without its addresses.
const config::TableOf<ClientOptions>& client_table();

}  // namespace millrace::modbus
