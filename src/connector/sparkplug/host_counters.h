#pragma once

#include "base/metrics.h"

namespace millrace::connector::sparkplug {

/// What the host application counts; shown at /metrics.
struct HostCounters {
  explicit HostCounters(base::Metrics& metrics);

  base::Counter& messages;
  base::Counter& malformed;       // payload, body, topic or STATE that cannot be read
  base::Counter& too_large;       // message or value above its limit
  base::Counter& unknown_node;    // DATA or DBIRTH of a node without NBIRTH
  base::Counter& unknown_metric;  // alias or name that no birth has listed
  base::Counter& refused_metric;  // bad name, unknown datatype, above the limit of its node
  base::Counter& wrong_type;
  base::Counter& not_finite;
  base::Counter& no_time;
  base::Counter& transient;       // values that are not to be stored
  base::Counter& queue_full;      // messages that the hub had no room for
  base::Counter& out_of_order;    // messages whose seq was not the next
  base::Counter& taken_name;      // NBIRTH of an edge whose name is online in another group
  base::Counter& group_limit;     // messages of groups that are not owned for their number
  base::Counter& no_birth;        // nodes that were asked for births in vain, and given up
  base::Counter& no_position;     // DATA of a Millrace edge for others, while no hub answered
  base::Counter& rebirths;        // requests sent
  base::Counter& ignored_deaths;  // NDEATH of an earlier session
  base::Gauge& nodes_online;
  base::Gauge& groups;  // that the hub owns
};

}  // namespace millrace::connector::sparkplug
