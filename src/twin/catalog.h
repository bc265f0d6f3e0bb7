#pragma once

#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "model/transform.h"
#include "twin/resource.h"
#include "twin/thing_model.h"
#include "unit/units.h"

namespace millrace::twin {

/// ISA-95 place of a thing; empty where unknown.
struct Place {
  std::string enterprise;  // the site's
  std::string site;
  std::string area;
  std::string line;
  std::string cell;
};

struct Site {
  std::string name;
  Texts titles;
  std::string enterprise;
  std::string time_zone;  // IANA; empty: the hub's
};

/// One digital twin. Its identity survives hardware, models and places.
struct Thing {
  std::string name;
  Texts titles;
  Place place;
  std::map<std::string, std::string> tags;  // free
  ModelRef model_ref;
  std::shared_ptr<const ThingModel> model;  // with this thing's placeholders and options applied
};

/// A server or device that an edge reads.
struct Connection {
  std::string name;
  std::string edge;
  std::string type;      // name of a ConnectorKind
  config::Node options;  // of that kind, checked
};

/// What an address feeds: the transform has scale, offset and units combined.
struct PropertyBinding {
  std::string property;
  std::string address;
  std::string unit;  // of the source, as the file writes it; empty for none
  model::Transform transform;
  /// What the source itself may say: `unit`, but empty where scale and offset are more than a
  /// correction and may stand for a unit.
  std::string raw_unit;
  std::string quality;       // of JSON: path to whether the value is good; empty for none
  bool takes_writes = true;  // false where its connector only lets it be read
};
/// Invoking the action, or writing the property, writes here.
struct ActionBinding {
  std::string action;
  std::string address;
  model::Transform transform;  // from raw to the action's input; written through its inverse
  bool takes_writes = true;    // false where its connector only lets it be read
};

/// Where a binding's values come from.
struct ConnectionSource {
  std::string connection;
};
struct SparkplugSource {  // a third-party node at the hub; addresses are metric names
  std::string group;
  std::string node;
  std::string device;  // empty: metrics of the node itself
};
struct MqttSource {   // plain MQTT with JSON at the hub; addresses are JSON pointers
  std::string topic;  // filter; '+' allowed
  std::string time;   // JSON pointer of the source time; empty: the time of arrival
};
using BindingSource = std::variant<ConnectionSource, SparkplugSource, MqttSource>;

struct Binding {
  std::string name;
  std::string thing;
  BindingSource source;
  std::vector<PropertyBinding> properties;
  std::vector<ActionBinding> actions;
};

/// How long what is kept; 0 keeps for ever. Deletion is by whole partitions.
struct Retention {
  std::string name;
  int raw_days = 0;
  int minutes_days = 0;
  int hours_days = 0;
};

/// What the catalog asks of connectors, which stand on a higher floor. Errors: invalid.
struct ConnectionChecks {
  std::vector<std::string> types;  // known ConnectorKinds
  std::function<config::Problems(const std::string& type, const config::Node& options)> options;
  std::function<base::Result<void>(const std::string& type, std::string_view address)> address;
  /// Whether anything may write there; empty: everywhere.
  std::function<bool(const std::string& type, std::string_view address)> takes_writes;
};

/// Everything that is configured, resolved and checked against each other. Immutable once built:
/// whoever needs it holds a shared_ptr; an apply makes another.
class Catalog {
 public:
  /// All that is wrong is reported at once, each with file and line: unknown references (naming the
  /// nearest), cycles in extends, two bindings on one property, units that do not convert, a
  /// binding without a unit where the property has one, wrong options and addresses.
  static std::expected<std::shared_ptr<const Catalog>, ResourceProblems> build(
      std::vector<Resource> resources, const unit::Units& units, const ConnectionChecks& checks);

  const std::vector<Resource>& resources() const { return resources_; }  // by key
  const std::map<std::string, Site, std::less<>>& sites() const { return sites_; }
  const std::map<std::string, Thing, std::less<>>& things() const { return things_; }
  const std::map<ModelRef, std::shared_ptr<const ThingModel>>& models() const { return models_; }
  const std::map<std::string, Connection, std::less<>>& connections() const { return connections_; }
  const std::map<std::string, Binding, std::less<>>& bindings() const { return bindings_; }
  const std::optional<Retention>& retention() const { return retention_; }

  const Thing* thing(std::string_view name) const;
  /// The binding that feeds a thing's property and its row, if any.
  std::pair<const Binding*, const PropertyBinding*> feeding(std::string_view thing,
                                                            std::string_view property) const;
  /// The binding that an action of a thing is written through and its row, if any.
  std::pair<const Binding*, const ActionBinding*> acting(std::string_view thing,
                                                         std::string_view action) const;
  /// A thing's bindings.
  std::vector<const Binding*> bindings_of(std::string_view thing) const;
  /// The contract of a thing's property with `thing` filled in; empty when unknown.
  std::optional<model::PropertyContract> contract(std::string_view thing,
                                                  std::string_view property) const;

 private:
  friend class CatalogBuilder;

  std::vector<Resource> resources_;
  std::map<std::string, Site, std::less<>> sites_;
  std::map<std::string, Thing, std::less<>> things_;
  std::map<ModelRef, std::shared_ptr<const ThingModel>> models_;
  std::map<std::string, Connection, std::less<>> connections_;
  std::map<std::string, Binding, std::less<>> bindings_;
  std::optional<Retention> retention_;
  std::multimap<std::string, const Binding*, std::less<>> bindings_of_;  // by thing
};

}  // namespace millrace::twin
