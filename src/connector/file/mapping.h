#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "connector/file/name_template.h"
#include "connector/file/problem.h"
#include "model/value.h"

namespace millrace::connector::file {

enum class Layout { kWide, kLong };        // a column for each property; or one row for each sample
enum class EmptyCell { kSkip, kMissing };  // no sample; or a bad one without a value

/// How the text of the file is laid out.
struct TextFormat {
  char delimiter = ',';  // codec::kCsvBlanks for runs of blanks
  char quote = '"';      // 0 for none
  bool has_header = true;
  std::vector<std::string> columns;  // names, where there is no header
  std::int64_t skip_lines = 0;       // before the header
  char decimal = '.';
  std::vector<std::string> null_texts;
};

/// Where a row's time comes from: columns, or a clock that counts steps.
struct TimeRule {
  std::vector<std::string> columns;  // one, or several that are joined with a blank
  std::string format;                // "iso", "epoch_s", "epoch_ms", "epoch_us" or a pattern
  std::string zone;                  // IANA name or fixed offset, for times without an offset
  std::optional<base::Time> start;   // of the synthetic clock …
  base::Duration step{};             // … which moves by this …
  std::string counter;               // … times this column, or times the row of its thing
  std::int64_t counter_start = 0;    // the counter's value at `start`
};

/// One property (wide: of a column; long: of a text in the property column), or "*" for all others.
struct PropertyRule {
  std::string column;
  NameTemplate name;   // empty: the nearest valid name of the column
  NameTemplate thing;  // empty: that of the mapping
  model::ValueType type = model::ValueType::kF64;
  std::string unit;
  std::string title;
  bool is_required = true;  // a file without this column is refused
  int line = 0;             // in the mapping file
};

/// Which columns of a long table say what a sample is.
struct LongRule {
  std::string property;
  std::string value;
  std::string unit;  // empty for none
};

/// How one kind of file becomes things, properties and samples. Made from a mapping file whose
/// keys, defaults and meaning stand in mapping_table.cpp, once.
struct Mapping {
  TextFormat format;
  Layout layout = Layout::kWide;
  LongRule long_table;
  NameTemplate thing, thing_title, site, area, line;
  TimeRule time;
  EmptyCell empty_cells = EmptyCell::kSkip;
  std::vector<PropertyRule> properties;
  std::vector<std::string> skip;  // columns that are left out on purpose
};

/// Reads a mapping file. Every mistake goes to `problems` with its line; an unknown key names the
/// nearest. Errors: invalid or malformed, the first of them.
base::Result<Mapping> parse_mapping(std::string_view yaml, const ProblemSink& problems);

/// The mapping as a JSON object with sorted keys, without whatever has its default value: the same
/// for every file that means the same. Part of an import's identity.
std::string canonical_json(const Mapping& mapping);

/// The keys of a mapping file with defaults and meaning, as Markdown.
std::string mapping_reference();

}  // namespace millrace::connector::file
