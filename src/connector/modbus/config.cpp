#include "connector/modbus/config.h"

namespace millrace::modbus {
namespace {

using config::Need;
using config::TableOf;

TableOf<ClientOptions> make_client_table() {
  using O = ClientOptions;
  TableOf<O> table("Modbus TCP", "A device, or a gateway to several, whose registers are polled.");
  table
      .name({.key = "name",
             .sentence = "Name of the connection, for logs, metrics and the page.",
             .need = Need::kRequired},
            &O::name)
      .text({.key = "host", .sentence = "Name or address of the device.", .need = Need::kRequired},
            &O::host, {1, 255})
      .integer({.key = "port", .sentence = "TCP port."}, &O::port, {1, 65535})
      .integer({.key = "unit",
                .sentence = "Unit id of addresses that name none; many devices take any."},
               &O::unit, {0, 255})
      .duration({.key = "poll_interval_ms", .sentence = "Time from one reading to the next."},
                &O::poll_interval, {10, 3600000})
      .duration({.key = "timeout_ms", .sentence = "How long the device may take to answer."},
                &O::timeout, {50, 60000})
      .integer(
          {.key = "block_registers_max", .sentence = "Registers the device gives in one read."},
          &O::block_registers_max, {1, 125})
      .integer({.key = "block_bits_max",
                .sentence = "Coils or discrete inputs the device gives in one read."},
               &O::block_bits_max, {1, 2000})
      .integer({.key = "gap_registers_max",
                .sentence = "Unwanted registers that are read along to save a request; 0: none, "
                            "for devices where reading has an effect."},
               &O::gap_registers_max, {0, 124})
      .duration({.key = "reconnect_delay_max_s",
                 .sentence = "Longest wait between two attempts to connect."},
                &O::reconnect_delay_max, {1, 300})
      .duration({.key = "loss_after_s",
                 .sentence = "After this long without connection each tag gets one sample without "
                             "a value."},
                &O::loss_after, {1, 86400})
      .duration(
          {.key = "tag_retry_s", .sentence = "How often a register that failed is tried again."},
          &O::tag_retry, {1, 86400});
  return table;
}

}  // namespace

const TableOf<ClientOptions>& client_table() {
  static const TableOf<ClientOptions> kTable = make_client_table();
  return kTable;
}

}  // namespace millrace::modbus
