#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/property_contract.h"
#include "model/transform.h"

namespace millrace::pipeline {

/// One row of a binding at the hub: which address of a third party feeds which property.
struct HubBindingRow {
  std::string address;               // a metric as its birth names it, or a path into JSON
  model::PropertyContract contract;  // with its thing
  model::Transform transform;
  std::string unit;  // in which the source itself has the value, as the binding says; else empty
  std::string quality = {};  // path into JSON: whether the value is good; empty for none
  bool operator==(const HubBindingRow&) const = default;
};

/// What feeds a thing at the hub. Of two kinds: an automatic thing of a third-party node (`thing`),
/// or plain MQTT topics with JSON (`topic`).
struct HubBinding {
  std::string name;
  std::string site;       // of the thing that is fed
  std::string thing;      // automatic name; empty for MQTT
  std::string topic;      // MQTT filter, with '+' and '#'
  std::string time_path;  // of JSON; empty: the time of arrival
  std::vector<HubBindingRow> rows;
  bool operator==(const HubBinding&) const = default;
};

/// The property under which the payloads of a plain MQTT topic are kept …
inline constexpr std::string_view kPayloadProperty = "payload";
/// … and the origin under which all such topics stand, also in Series::source.
inline constexpr std::string_view kTopicOrigin = "mqtt-devices";

/// Whether a topic fits an MQTT filter (MQTT 5.0, 4.7).
bool fits_topic_filter(std::string_view filter, std::string_view topic);

}  // namespace millrace::pipeline
