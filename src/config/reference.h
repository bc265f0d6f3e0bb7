#pragma once

#include <array>
#include <string>

#include "config/option.h"

namespace millrace::config {

/// JSON Schema (draft 2020-12) of a table and its sections, indented: for editors, forms and CI.
/// Units stand in "x-unit", secrets are "writeOnly".
std::string json_schema(const Table& table);

/// What a file may have where a text is needed: the reader takes a bare 5 for the text "5".
inline constexpr std::array<const char*, 3> kTextTypes = {"string", "number", "boolean"};

/// The reference page in Markdown: a heading and a table of options for each section.
std::string markdown(const Table& table);

}  // namespace millrace::config
