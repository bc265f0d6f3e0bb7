#pragma once

#include <string>

#include "config/option.h"

namespace millrace::config {

/// JSON Schema (draft 2020-12) of a table and its sections, indented: for editors, forms and CI.
/// Units stand in "x-unit", secrets are "writeOnly".
std::string json_schema(const Table& table);

/// The reference page in Markdown: a heading and a table of options for each section.
std::string markdown(const Table& table);

}  // namespace millrace::config
