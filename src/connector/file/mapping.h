#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "config/table.h"
#include "connector/file/problem.h"
#include "model/value.h"

namespace millrace::connector::file {

/// A column for each property; or one row for each sample.
enum class Layout { kWide, kLong };
/// What an empty cell is: no sample, or a bad one without a value. By layout: skip when it is wide,
/// missing when it is long.
enum class EmptyCell { kByLayout, kSkip, kMissing };

/// How the text of the file is laid out.
struct TextFormat {
  std::string delimiter = ",";
  std::string quote = "\"";
  bool has_header = true;
  std::vector<std::string> columns;
  std::int64_t skip_lines = 0;
  std::string decimal = ".";
  std::vector<std::string> null_texts = {"", "NA", "N/A", "NaN", "nan", "NULL", "null"};
};

/// Where a row's time comes from: columns, or a clock that counts steps.
struct TimeRule {
  std::string column;
  std::string second_column;
  std::string format = "iso";
  std::string zone = "UTC";
  std::string start;
  std::string step;
  std::string counter;
  std::int64_t counter_start = 0;
};

/// One property (wide: of a column; long: of a text in the property column), or "*" for all others.
struct PropertyRule {
  std::string column;
  std::string name;
  model::ValueType type = model::ValueType::kF64;
  std::string unit;
  std::string title;
  std::string thing;
  bool is_required = true;
};
inline constexpr std::string_view kEveryOther = "*";

/// Which columns of a long table say what a sample is.
struct LongRule {
  std::string property;
  std::string value;
  std::string unit;
};

/// How one kind of file becomes things, properties and samples: a mapping file. What each member
/// means stands in mapping_table.cpp, once. One that parse_mapping() gave is consistent.
struct Mapping {
  TextFormat format;
  Layout layout = Layout::kWide;
  LongRule long_table;
  std::string thing, thing_title, site, area, line;  // templates, see name_template.h
  TimeRule time;
  EmptyCell empty_cells = EmptyCell::kByLayout;
  std::vector<PropertyRule> properties;
  std::vector<std::string> skip;
};

/// The options of a mapping file: its schema and reference page come from here.
const config::TableOf<Mapping>& mapping_table();
const config::TableOf<PropertyRule>& property_table();

/// Reads a mapping file. Every mistake goes to `problems` with its line; an unknown key names the
/// nearest. Errors: invalid, the first of them.
base::Result<Mapping> parse_mapping(std::string_view yaml, const ProblemSink& problems);

/// The mapping as a JSON object with sorted keys, without whatever has its default value: the same
/// for every file that means the same. Part of an import's identity.
std::string canonical_json(const Mapping& mapping);

/// The mapping file that says this, without whatever has its default value.
std::string to_yaml(const Mapping& mapping);

/// The character behind "tab", "space" (codec::kCsvBlanks: runs of blanks), "none" (0) or itself.
char character_of(std::string_view word);

}  // namespace millrace::connector::file
