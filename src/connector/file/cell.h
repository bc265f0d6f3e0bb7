#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/quality.h"
#include "model/value.h"

namespace millrace::connector::file {

enum class CellFault { kNone, kEmpty, kWrongType, kNotFinite, kTooLarge };

/// What one field of a row says.
struct Cell {
  model::Value value;  // monostate when there is none
  model::Quality quality;
  CellFault fault = CellFault::kNone;
};

/// How cells are written.
struct CellFormat {
  char decimal = '.';
  std::vector<std::string> null_texts;
};

/// Reads a field as a value of `type`; blanks around it mean nothing, except in text. A number must
/// be one exactly: "1.5" is no i64, "1.0" is. A bool is true/false, yes/no, on/off, 1/0; text must
/// be UTF-8. A cell that is no such value is bad, with the reason in its quality; nothing is
/// guessed.
Cell read_cell(std::string_view field, model::ValueType type, const CellFormat& format);

/// Without blanks at both ends.
std::string_view trimmed(std::string_view text);

}  // namespace millrace::connector::file
