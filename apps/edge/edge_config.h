#pragma once

#include <string>
#include <vector>

#include "config/table.h"
#include "connector/opcua/config.h"
#include "connector/sim/counter_source.h"
#include "connector/sparkplug/config.h"
#include "pipeline/tag_pipeline.h"

namespace millrace::apps {

/// One value that an OPC UA server is read for.
struct OpcUaTag {
  opcua::TagOptions address;
  model::PropertyContract contract;
  model::FilterPolicy filter;
};

struct OpcUaServer {
  opcua::ClientOptions client;
  std::vector<OpcUaTag> tags;
};

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
  std::vector<OpcUaServer> opcua;
  std::vector<sim::CounterOptions> counters;
};

const config::TableOf<EdgeConfig>& edge_table();

}  // namespace millrace::apps
