#include "connector/sparkplug/host_counters.h"

namespace millrace::connector::sparkplug {
namespace {

base::Counter& fault(base::Metrics& metrics, const char* kind) {
  return metrics.counter("millrace_sparkplug_faults_total",
                         "Messages, metrics and values from nodes that were not as they should be",
                         {{"kind", kind}});
}

}  // namespace

HostCounters::HostCounters(base::Metrics& metrics)
    : messages(metrics.counter("millrace_sparkplug_messages_total", "Sparkplug messages received")),
      malformed(fault(metrics, "malformed")),
      too_large(fault(metrics, "too_large")),
      unknown_node(fault(metrics, "unknown_node")),
      unknown_metric(fault(metrics, "unknown_metric")),
      refused_metric(fault(metrics, "refused_metric")),
      wrong_type(fault(metrics, "wrong_type")),
      not_finite(fault(metrics, "not_finite")),
      no_time(fault(metrics, "no_time")),
      transient(fault(metrics, "transient")),
      queue_full(fault(metrics, "queue_full")),
      out_of_order(fault(metrics, "out_of_order")),
      taken_name(fault(metrics, "taken_name")),
      group_limit(fault(metrics, "group_limit")),
      no_birth(fault(metrics, "no_birth")),
      no_position(metrics.counter("millrace_sparkplug_unpositioned_total",
                                  "Messages of edges for other consumers, while no hub answered")),
      rebirths(metrics.counter("millrace_sparkplug_rebirth_requests_total",
                               "Rebirth requests sent to nodes")),
      ignored_deaths(fault(metrics, "death_of_earlier_session")),
      nodes_online(metrics.gauge("millrace_sparkplug_nodes_online", "Edge nodes that are born")),
      groups(metrics.gauge("millrace_sparkplug_groups", "Groups that this hub owns")) {}

}  // namespace millrace::connector::sparkplug
