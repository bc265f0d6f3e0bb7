#include "connector/sparkplug/host_node.h"

#include "codec/utf8.h"
#include "connector/sparkplug/edge_wire.h"
#include "model/name.h"

namespace millrace::connector::sparkplug {
namespace {

using codec::sparkplug::DataType;
using codec::sparkplug::Metric;
using codec::sparkplug::NameFault;
using codec::sparkplug::Payload;

constexpr std::size_t kTitleBytesMax = 1024;

// Metrics that steer a session; they are no data.
bool is_control(std::string_view name) {
  return name == kBdSeq || name.starts_with("Node Control/") || name.starts_with("Device Control/");
}

/// What an edge calls it; of a third party the metric's name, by which a binding names it.
std::string title_of(const Metric& metric, const std::string& property, bool is_millrace) {
  const bool is_title = is_millrace && !metric.title.empty() &&
                        metric.title.size() <= kTitleBytesMax && codec::is_utf8(metric.title);
  if (is_title) return std::string(metric.title);
  const std::string_view called =
      is_millrace ? codec::delivery::property_of_metric(metric.name) : metric.name;
  return called == property ? std::string() : std::string(metric.name);
}

bool is_storable(DataType type) {
  return codec::sparkplug::value_type(type).has_value() || type == DataType::kDataSet ||
         type == DataType::kTemplate;
}

}  // namespace

void HostNode::begin(const Payload& nbirth, std::optional<codec::delivery::HelloBody> hello,
                     HostNames& names) {
  is_millrace_ = hello.has_value();
  origin_ = is_millrace_ ? node_ : names.origin(group_, node_);
  site_ = names.site(group_);
  devices_.clear();
  device_places_.clear();
  aliases_.clear();
  metric_count_ = 0;
  held.clear();
  rebirth.is_wanted = false;
  rebirth.unanswered = 0;
  bd_seq.reset();
  for (const Metric& metric : nbirth.metrics) {
    if (metric.name == kBdSeq) bd_seq = metric.value.bits;
  }
  next_seq = static_cast<std::uint8_t>(nbirth.seq.value_or(0) + 1);
}

bool HostNode::is_listable(const Metric& metric, HostCounters& counters) const {
  if (is_control(metric.name)) return false;
  const bool is_named = !metric.name.empty() && metric.name_fault == NameFault::kNone;
  if (is_named && is_storable(metric.datatype.value_or(DataType::kUnknown))) return true;
  counters.refused_metric.add();
  return false;
}

bool HostNode::name_device(BornDevice& device, HostNames& names) const {
  if (is_millrace_) {
    device.thing = device.id.empty() ? node_ : device.id;
    return model::is_name(device.thing);
  }
  device.thing = names.thing(group_, node_, device.id);
  return true;
}

BornDevice* HostNode::bear(std::string_view id, const Payload& birth, HostNames& names,
                           std::uint32_t metrics_max, HostCounters& counters) {
  const auto [place, is_new] = device_places_.try_emplace(std::string(id), devices_.size());
  if (is_new) devices_.emplace_back();
  BornDevice& device = devices_[place->second];
  metric_count_ -= device.metrics.size();
  device = BornDevice{.id = std::string(id)};
  if (!name_device(device, names)) return nullptr;
  const auto device_place = static_cast<std::uint32_t>(place->second);
  aliases_.erase_device(device_place);
  std::vector<const Metric*> listed;
  std::vector<std::string_view> texts;
  for (const Metric& metric : birth.metrics) {
    if (!is_listable(metric, counters)) continue;
    if (metric_count_ + listed.size() >= metrics_max) {
      counters.refused_metric.add();
      continue;
    }
    const auto [known, is_first] =
        device.places.try_emplace(std::string(metric.name), listed.size());
    if (metric.alias) {
      aliases_.put(*metric.alias, {device_place, static_cast<std::uint32_t>(known->second)});
    }
    if (!is_first) continue;
    listed.push_back(&metric);
    texts.push_back(is_millrace_ ? codec::delivery::property_of_metric(metric.name) : metric.name);
  }
  const std::vector<std::string> properties =
      is_millrace_ ? std::vector<std::string>(texts.begin(), texts.end()) : distinct_names(texts);
  for (std::size_t i = 0; i < listed.size(); ++i) {
    const DataType datatype = *listed[i]->datatype;
    device.metrics.push_back({std::string(listed[i]->name), properties[i], datatype,
                              codec::sparkplug::value_type(datatype), std::string(listed[i]->unit),
                              title_of(*listed[i], properties[i], is_millrace_)});
    if (is_millrace_ && !id.empty() && !model::is_name(properties[i])) return nullptr;
  }
  metric_count_ += device.metrics.size();
  device.is_alive = true;
  return &device;
}

BornDevice* HostNode::find(std::string_view id) {
  const auto place = device_places_.find(id);
  if (place == device_places_.end()) return nullptr;
  BornDevice& device = devices_[place->second];
  return device.is_alive ? &device : nullptr;
}

bool HostNode::resolve(const BornDevice& device, const Payload& payload,
                       std::vector<KnownMetric>& known, HostCounters& counters) const {
  known.clear();
  known.reserve(payload.metrics.size());
  bool is_complete = true;
  for (const Metric& metric : payload.metrics) {
    const BornDevice* owner = nullptr;
    std::size_t place = 0;
    if (!metric.name.empty()) {
      if (is_control(metric.name)) continue;
      const auto found = device.places.find(std::string(metric.name));
      if (found != device.places.end()) {
        owner = &device;
        place = found->second;
      }
    } else if (metric.alias) {
      if (const AliasTable::Place* found = aliases_.find(*metric.alias)) {
        owner = &devices_[found->device];
        place = found->metric;
      }
    }
    if (owner == &device) {
      known.push_back({&metric, place});
    } else {
      counters.unknown_metric.add();
      is_complete = false;
    }
  }
  return is_complete;
}

}  // namespace millrace::connector::sparkplug
