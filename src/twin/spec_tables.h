#pragma once

#include <string>
#include <vector>

#include "config/table.h"
#include "model/property_contract.h"
#include "twin/catalog.h"

namespace millrace::twin {

// What the `spec` of each kind but ThingModel says, as its table reads it, before anything is
// resolved. A connection's table has no row for the options of its connector.

struct SiteSpec {
  Texts title;
  std::string enterprise;
  std::string time_zone;
};

struct PlaceSpec {
  std::string site;
  std::string area;
  std::string line;
  std::string cell;
};

struct ThingSpec {
  Texts title;
  std::string model;
  PlaceSpec place;
  config::TextsByText tags;
  config::TextsByText placeholders;
  std::vector<std::string> optional;
};

struct ConnectionSpec {
  std::string edge;
};

/// A row of a binding: an address for a property or an action.
struct BindingRow {
  std::string target;
  std::string address;
  std::string unit;
  double scale = 1;
  double offset = 0;
  config::TextsByText values;
  std::string quality;  // of properties
};

struct BindingSpec {
  std::string thing;
  std::string connection;
  SparkplugSource sparkplug;
  MqttSource mqtt;
  std::vector<BindingRow> properties;
  std::vector<BindingRow> actions;
};

const config::TableOf<SiteSpec>& site_table();
const config::TableOf<ThingSpec>& thing_table();
const config::TableOf<ConnectionSpec>& connection_table();
const config::TableOf<BindingSpec>& binding_table();
const config::TableOf<Retention>& retention_table();
/// One of `mr:alarms`.
const config::TableOf<AlarmLimit>& alarm_table();

/// The table of a kind's spec; nullptr for ThingModel.
const config::Table* spec_table(Kind kind);

}  // namespace millrace::twin
