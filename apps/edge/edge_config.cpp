#include "edge/edge_config.h"

namespace millrace::apps {
namespace {

using config::Need;
using config::TableOf;

const TableOf<sim::CounterOptions>& counter_table() {
  static const auto kTable = [] {
    using O = sim::CounterOptions;
    TableOf<O> table("Counters", "Known numbers, for commissioning: 1, 2, 3 … on many tags.");
    table.integer({.key = "things", .sentence = "How many things."}, &O::things, {1, 1000})
        .integer({.key = "properties", .sentence = "How many properties each."}, &O::properties,
                 {1, 100})
        .duration({.key = "interval_ms", .sentence = "Time between two numbers."}, &O::interval,
                  {10, 3600000})
        .duration({.key = "history_s", .sentence = "How far back the numbers begin; 0: now."},
                  &O::history, {0, 31536000})
        .duration({.key = "history_interval_s", .sentence = "Time between two numbers of history."},
                  &O::history_interval, {1, 86400})
        .duration(
            {.key = "window_s",
             .sentence = "Only the last number of each such window is sent; 0: every number."},
            &O::window, {0, 86400});
    return table;
  }();
  return kTable;
}

const TableOf<SpoolLimits>& spool_table() {
  static const auto kTable = [] {
    using O = SpoolLimits;
    TableOf<O> table("Spool", "How much the edge keeps for the hub.");
    table
        .integer({.key = "size_mb",
                  .sentence = "Cap in megabytes; above it the oldest is given up and recorded."},
                 &O::size_mb, {1, 1 << 20})
        .duration({.key = "age_max_d", .sentence = "What is older is given up and recorded."},
                  &O::age_max, {1, 3650})
        .duration({.key = "keep_acked_h",
                   .sentence = "How long delivered batches stay, for a hub that is restored."},
                  &O::keep_acked, {0, 8760});
    return table;
  }();
  return kTable;
}

TableOf<EdgeConfig> make_edge_table() {
  using O = EdgeConfig;
  TableOf<O> table("millrace-edge", "The edge agent: what it reads and where it delivers.");
  table.name({.key = "edge", .sentence = "Name of this edge.", .need = Need::kRequired}, &O::edge)
      .name({.key = "site", .sentence = "Name of the site.", .need = Need::kRequired}, &O::site)
      .text({.key = "data_dir", .sentence = "Folder for spool, certificates and counters."},
            &O::data_dir)
      .text({.key = "primary_host",
             .sentence = "Sparkplug host to wait for; empty: millrace-<site>; none: do not wait."},
            &O::primary_host)
      .section({.key = "hub", .sentence = "The broker of the hub."}, &O::hub,
               connector::sparkplug::mqtt_table())
      .section({.key = "spool", .sentence = "Store and forward."}, &O::spool, spool_table());
  add_connections(table, &O::connections);
  table
      .sections({.key = "counters", .sentence = "Known numbers, for commissioning."}, &O::counters,
                counter_table(), {0, 10})
      .check([](const O& read) -> std::optional<TableOf<O>::Complaint> {
        const auto checked = check_together(read.connections);
        if (checked) return std::nullopt;
        return TableOf<O>::Complaint{"opcua", checked.error().what, checked.error().hint};
      });
  return table;
}

}  // namespace

const TableOf<EdgeConfig>& edge_table() {
  static const auto kTable = make_edge_table();
  return kTable;
}

}  // namespace millrace::apps
