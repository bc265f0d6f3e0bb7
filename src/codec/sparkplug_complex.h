#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "codec/sparkplug.h"

namespace millrace::codec::sparkplug {

inline constexpr std::size_t kDataSetColumnsMax = 4096;
inline constexpr std::size_t kDataSetCellsMax = 100'000;
/// How deep Templates may hold Templates.
inline constexpr int kTemplateDepthMax = 8;

/// A table (§6.4.22). cells[row * columns.size() + column]; a cell without value is kNone.
struct DataSet {
  std::vector<std::string_view> columns;
  std::vector<DataType> types;
  std::vector<WireValue> cells;
  std::size_t rows = 0;
  bool operator==(const DataSet&) const = default;
};

/// From a WireValue of kind kDataSet. Columns, types and the cells of each row must agree in
/// number. Errors: malformed, too_large.
base::Result<DataSet> decode_data_set(std::string_view message);
std::string encode_data_set(const DataSet& data_set);

struct TemplateParameter {
  std::string_view name;
  DataType type = DataType::kUnknown;
  WireValue value;
  bool operator==(const TemplateParameter&) const = default;
};

/// A template definition or instance (§6.4.23). Its metrics may hold templates again, as bytes.
struct Template {
  std::string_view version;
  std::string_view reference;  // name of the definition; empty in a definition
  bool is_definition = false;
  std::vector<Metric> metrics;
  std::vector<TemplateParameter> parameters;
  bool operator==(const Template&) const = default;
};

/// From a WireValue of kind kTemplate. Errors: malformed, too_large.
base::Result<Template> decode_template(std::string_view message);
std::string encode_template(const Template& definition);

/// One plain value inside a metric. `path` is the metric's name, then, parted by '/', the members
/// (Template), or the column (DataSet of one row), or row number and column (of several).
struct FlatValue {
  std::string path;
  DataType datatype = DataType::kUnknown;
  WireValue value;
  bool is_null = false;
};

/// The plain values of a metric of any datatype, at most `limit`; a plain metric gives itself.
/// Errors: malformed, too_large (also for Templates deeper than kTemplateDepthMax).
base::Result<std::vector<FlatValue>> flatten(const Metric& metric, DataType datatype,
                                             std::size_t limit);

}  // namespace millrace::codec::sparkplug
