#pragma once

#include <string>
#include <vector>

#include "config/table.h"
#include "connector/sim/counter_source.h"
#include "connector/sparkplug/config.h"
#include "edge/edge_connections.h"

namespace millrace::apps {

/// How much the edge keeps for the hub.
struct SpoolLimits {
  std::uint32_t size_mb = 1024;
  base::Duration age_max = std::chrono::days(30);
  base::Duration keep_acked = std::chrono::hours(24);
};

/// The one YAML file of millrace-edge.
struct EdgeConfig {
  std::string edge;
  std::string site;
  std::string data_dir = "edge-data";
  std::string primary_host;  // empty: millrace-<site>; "none": do not wait
  connector::sparkplug::MqttConfig hub;
  SpoolLimits spool;
  std::vector<EdgeConnection> connections;
  std::vector<sim::CounterOptions> counters;
};

const config::TableOf<EdgeConfig>& edge_table();

}  // namespace millrace::apps
