#include "connector/file/row_template.h"

#include <algorithm>

#include "config/problem.h"
#include "connector/file/cell.h"

namespace millrace::connector::file {

base::Result<std::size_t> Columns::find(std::string_view name) const {
  const auto it = std::ranges::find(names_, name);
  if (it == names_.end()) {
    const std::string near = config::nearest(name, names_);
    return base::fail(base::ErrorCode::kNotFound, std::format("the file has no column '{}'", name),
                      near.empty() ? std::format("It has {} columns; the first is '{}'.",
                                                 names_.size(), names_.empty() ? "" : names_[0])
                                   : std::format("Did you mean '{}'?", near));
  }
  if (std::find(it + 1, names_.end(), name) != names_.end()) {
    return base::fail(
        base::ErrorCode::kConflict, std::format("the file has two columns '{}'", name),
        "Name them apart under format.columns, with header: false and skip_lines: 1.");
  }
  return static_cast<std::size_t>(it - names_.begin());
}

base::Result<RowTemplate> RowTemplate::bind(const NameTemplate& text, const Columns& columns) {
  RowTemplate made;
  for (const NameTemplate::Piece& piece : text.pieces()) {
    Piece bound{.literal = piece.text, .is_column = piece.is_hole};
    if (piece.is_hole) {
      MILLRACE_LET(bound.column, columns.find(piece.text));
      made.is_static_ = false;
    }
    made.pieces_.push_back(std::move(bound));
  }
  return made;
}

std::vector<std::size_t> RowTemplate::columns() const {
  std::vector<std::size_t> found;
  for (const Piece& piece : pieces_) {
    if (piece.is_column) found.push_back(piece.column);
  }
  return found;
}

void RowTemplate::render(std::span<const std::string_view> fields, std::string& into) const {
  into.clear();
  for (const Piece& piece : pieces_) {
    if (piece.is_column) {
      into += trimmed(fields[piece.column]);
    } else {
      into += piece.literal;
    }
  }
}

std::string RowTemplate::render(std::span<const std::string_view> fields) const {
  std::string text;
  render(fields, text);
  return text;
}

}  // namespace millrace::connector::file
