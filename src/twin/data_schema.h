#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/node.h"
#include "model/value.h"
#include "twin/report.h"
#include "unit/units.h"

namespace millrace::twin {

/// Whether a scalar holds a placeholder that nothing has replaced yet: "{{NAME}}".
bool has_placeholder(const config::Node& node);

/// What a data schema of the TD says about one value (WoT TD 1.1 §5.3.2), checked.
struct ValueSchema {
  std::optional<model::ValueType> type;  // empty for an object, an array, or none given
  std::string json_type;                 // as written; empty for none
  std::string unit;
  std::optional<double> min;  // included
  std::optional<double> max;  // included
};

/// Reads data schemas and reports what is wrong in them: unknown terms with the nearest known one,
/// a unit that is none, limits that exclude each other, values that break them.
class DataSchemaReader {
 public:
  DataSchemaReader(const Report& report, const unit::Units& units)
      : report_(report), units_(units) {}

  /// `path` names it in sentences ("properties.flow"); `more` are terms known beside those of a
  /// data schema. Terms whose value is a placeholder are left out.
  ValueSchema read(const config::Node& node, const std::string& path,
                   const std::vector<std::string>& more) const;

 private:
  void check_terms(const config::Node& node, const std::string& path,
                   const std::vector<std::string>& more) const;
  void check_shapes(const config::Node& node, const std::string& path) const;
  void check_unit(const config::Node& node, const std::string& path, ValueSchema& schema) const;
  void read_type(const config::Node& node, const std::string& path, ValueSchema& schema) const;
  void read_limits(const config::Node& node, const std::string& path, ValueSchema& schema) const;
  std::optional<double> limit(const config::Node& node, std::string_view key,
                              const std::string& path) const;
  void check_values(const config::Node& node, const std::string& path,
                    const ValueSchema& schema) const;
  void check_value(const config::Node& value, const std::string& what,
                   const ValueSchema& schema) const;
  void read_parts(const config::Node& node, const std::string& path) const;

  const Report& report_;
  const unit::Units& units_;
};

}  // namespace millrace::twin
