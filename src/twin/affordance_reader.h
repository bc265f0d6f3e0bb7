#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/table.h"
#include "twin/data_schema.h"
#include "twin/thing_model.h"

namespace millrace::twin {

/// Reads property and action affordances of a resolved model (WoT TD 1.1 §5.3.1) with their `mr:`
/// terms. Terms whose value is a placeholder that nothing replaced are left out.
class AffordanceReader {
 public:
  AffordanceReader(const Report& report, const unit::Units& units)
      : report_(report), schemas_(report, units) {}

  PropertySpec property(const std::string& name, const config::Node& node) const;
  ActionSpec action(const std::string& name, const config::Node& node) const;

 private:
  void read_type(const config::Node& node, const std::string& path, const ValueSchema& schema,
                 PropertySpec& property) const;
  void read_contract(const config::Node& node, const std::string& path, const ValueSchema& schema,
                     PropertySpec& property) const;
  void read_filter(const config::Node& node, const std::string& path, PropertySpec& property) const;
  void read_alarms(const config::Node& node, const std::string& path, PropertySpec& property) const;
  void check_alarm(const config::Node& node, const std::string& path, const AlarmLimit& alarm,
                   const PropertySpec& property) const;
  /// Reads a section with a table; its problems are named by the path.
  template <class T>
  void read_table(const config::Node& node, const std::string& path,
                  const config::TableOf<T>& table, T& target) const;

  const Report& report_;
  DataSchemaReader schemas_;
};

/// The `type` that a JSON Schema has for values of this type.
std::string_view json_type_of(model::ValueType type);

/// title and titles, or description and descriptions.
Texts texts_of(const config::Node& node, std::string_view one, std::string_view many);

}  // namespace millrace::twin
