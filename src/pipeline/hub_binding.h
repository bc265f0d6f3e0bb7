#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/property_contract.h"
#include "model/sample.h"
#include "model/transform.h"

namespace millrace::pipeline {

/// One row of a binding at the hub: which address of a third party feeds which property.
struct HubBindingRow {
  std::string address;               // a metric as its birth names it, or a path into JSON
  model::PropertyContract contract;  // with its thing
  model::Transform transform;
  std::string unit;  // in which the source has the value, as the binding says; empty for none
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

/// Whether two texts mean one unit.
using SameUnit = std::function<bool(const std::string& said, const std::string& stated)>;

/// Whether the unit in which a source says it has a value is the one that its binding states; each
/// pair is asked for once. A source or a binding that says nothing is in agreement. One owner.
class UnitAgreement {
 public:
  explicit UnitAgreement(SameUnit same_unit) : same_unit_(std::move(same_unit)) {}
  bool holds(const std::string& said, const std::string& stated);
  /// The sample, marked wrong_unit where it does not hold.
  model::Sample checked(const std::string& said, const std::string& stated, model::Sample sample);

 private:
  SameUnit same_unit_;  // empty: equal texts
  std::map<std::pair<std::string, std::string>, bool> known_;
};

}  // namespace millrace::pipeline
