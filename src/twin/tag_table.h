#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace millrace::twin {

/// Which columns a table has, of those that a binding's row keeps while the table does not: an
/// empty cell says "none", an absent column nothing.
struct TagColumns {
  bool unit = false;
  bool scale = false;
  bool offset = false;
};

/// One row of a table of tags: an address that feeds a property of a thing. Empty where the table
/// says nothing.
struct TagRow {
  int line = 0;  // of the file, from 1
  std::string thing;
  std::string property;
  std::string connection;
  std::string address;
  std::string model;  // of the thing: "name@version", or a name whose model is made of the rows
  std::string title;  // of the thing
  std::string site, area, cell;
  std::string plant_line;  // column "line"
  std::string unit;        // of the source, after scale and offset
  std::optional<double> scale;
  std::optional<double> offset;
  std::string type;  // f64, i64, u64, bool, text
  std::string property_title;
  std::optional<double> min;  // in `unit`
  std::optional<double> max;
  TagColumns columns;
  std::string problem;  // what is wrong in this row and the next step; empty when nothing is
};

struct TagTableLimits {
  std::size_t bytes_max = 16U << 20;
  std::size_t rows_max = 50'000;
};

/// Columns of a table, in the order in which the documentation names them; the first four are
/// needed.
const std::vector<std::string>& tag_columns();

/// Reads a table of tags: CSV in UTF-8 with a header that names the columns in any order and case.
/// The delimiter is what the header uses: comma, semicolon or tab; beside a semicolon numbers may
/// have a decimal comma, as spreadsheets write them. What is wrong in one row is that row's
/// problem.
///
/// Errors: too_large; malformed (no UTF-8, no header); invalid (a column is missing, unknown or
/// there twice; no rows).
base::Result<std::vector<TagRow>> read_tag_table(std::string_view csv,
                                                 const TagTableLimits& limits = {});

}  // namespace millrace::twin
