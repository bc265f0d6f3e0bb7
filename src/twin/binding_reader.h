#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "twin/catalog.h"
#include "twin/report.h"
#include "twin/spec_tables.h"

namespace millrace::twin {

/// Conversions between units, each asked once.
class Conversions {
 public:
  explicit Conversions(const unit::Units& units) : units_(units) {}
  const base::Result<unit::Conversion>& between(const std::string& from, const std::string& to);

 private:
  const unit::Units& units_;
  std::map<std::pair<std::string, std::string>, base::Result<unit::Conversion>> known_;
};

/// Makes a Binding of its spec: checks names against the thing's model, addresses against the
/// source, and combines scale, offset and units into one Transform for each row.
class BindingReader {
 public:
  BindingReader(const std::map<std::string, Thing, std::less<>>& things,
                const std::map<std::string, Connection, std::less<>>& connections,
                const ConnectionChecks& checks, Conversions& conversions)
      : things_(things), connections_(connections), checks_(checks), conversions_(conversions) {}

  /// Names that are referred to but stand in a resource that is itself wrong.
  void forgive(std::string name) { broken_.push_back(std::move(name)); }
  /// Reports what is wrong.
  Binding read(const Report& report) const;

 private:
  struct Row;
  struct Target;
  BindingSource read_source(const Report& report, const BindingSpec& spec) const;
  ConnectionSource read_connection(const Report& report, const std::string& name) const;
  void check_mqtt(const Report& report, const MqttSource& source) const;
  void check_sparkplug(const Report& report, const SparkplugSource& source) const;
  void check_address(const Row& row, const BindingSource& source) const;
  bool takes_writes(const Row& row, const BindingSource& source) const;
  void read_properties(const Report& report, const BindingSpec& spec, Binding& binding) const;
  void read_actions(const Report& report, const BindingSpec& spec, Binding& binding) const;
  model::Transform transform(const Row& row, const Target& target) const;
  bool may_stand_for_a_unit(const Row& row) const;
  void read_units(const Row& row, const Target& target, model::Transform& transform) const;
  void read_values(const Row& row, const Target& target, model::Transform& transform) const;

  const std::map<std::string, Thing, std::less<>>& things_;
  const std::map<std::string, Connection, std::less<>>& connections_;
  const ConnectionChecks& checks_;
  Conversions& conversions_;
  std::vector<std::string> broken_;  // "Thing pump-1"
};

}  // namespace millrace::twin
