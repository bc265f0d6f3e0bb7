#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "connector/sparkplug/alias_table.h"
#include "connector/sparkplug/host_counters.h"
#include "connector/sparkplug/host_names.h"
#include "connector/sparkplug/host_wire.h"

namespace millrace::connector::sparkplug {

/// A message that came before its turn.
struct HeldMessage {
  std::string topic;
  std::string payload;
  base::Time received;
};

/// When a node may be asked for its births, and how often it was without an answer.
struct RebirthPlan {
  bool is_wanted = false;
  bool is_listed = false;  // in the session's list of those who wait
  base::MonotonicTime not_before{};
  int unanswered = 0;
};

/// What a host application knows of one edge node: its births, its aliases, where its seq stands.
/// One owner.
class HostNode {
 public:
  HostNode(std::string group, std::string node)
      : group_(std::move(group)), node_(std::move(node)) {}

  /// The node is born: everything known before is void. `hello` when it is a Millrace edge,
  /// whose node is a Name.
  void begin(const codec::sparkplug::Payload& nbirth,
             std::optional<codec::delivery::HelloBody> hello, HostNames& names);
  /// Takes what a birth lists for a device (empty: the node itself) and gives the device; null when
  /// a Millrace edge names something that is no Name.
  BornDevice* bear(std::string_view device, const codec::sparkplug::Payload& birth,
                   HostNames& names, std::uint32_t metrics_max, HostCounters& counters);
  /// The device with this id, born in this session; null otherwise.
  BornDevice* find(std::string_view device);

  /// The message's metrics that `device` has listed, by alias or name. False when any is unknown:
  /// births were missed.
  bool resolve(const BornDevice& device, const codec::sparkplug::Payload& payload,
               std::vector<KnownMetric>& known, HostCounters& counters) const;

  const std::string& group() const { return group_; }
  const std::string& node() const { return node_; }
  const std::string& origin() const { return origin_; }
  const std::string& site() const { return site_; }
  bool is_millrace() const { return is_millrace_; }

  bool is_online = false;
  std::optional<std::uint64_t> bd_seq;
  std::uint8_t next_seq = 0;
  std::map<std::uint8_t, HeldMessage> held;  // by seq
  base::MonotonicTime gap_since{};
  RebirthPlan rebirth;

 private:
  bool is_listable(const codec::sparkplug::Metric& metric, HostCounters& counters) const;
  bool name_device(BornDevice& device, HostNames& names) const;

  std::string group_;
  std::string node_;
  std::string origin_;
  std::string site_;
  bool is_millrace_ = false;
  std::deque<BornDevice> devices_;
  std::map<std::string, std::size_t, std::less<>> device_places_;
  AliasTable aliases_;
  std::size_t metric_count_ = 0;
};

}  // namespace millrace::connector::sparkplug
