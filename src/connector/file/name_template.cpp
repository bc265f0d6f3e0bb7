#include "connector/file/name_template.h"

#include <algorithm>

namespace millrace::connector::file {

base::Result<NameTemplate> NameTemplate::parse(std::string_view text) {
  NameTemplate made;
  made.text_ = text;
  while (!text.empty()) {
    const std::size_t open = text.find('{');
    const std::string_view literal = text.substr(0, open);
    if (literal.contains('}')) {
      return base::fail(base::ErrorCode::kMalformed,
                        std::format("'{}' has a }} without a {{", made.text_),
                        "Write the name of a column between braces: engine-{unit}.");
    }
    if (!literal.empty()) made.pieces_.push_back({false, std::string(literal)});
    if (open == text.npos) break;
    const std::size_t close = text.find('}', open);
    if (close == text.npos || close == open + 1) {
      return base::fail(base::ErrorCode::kMalformed,
                        std::format("'{}' has a {{ without a name and a }}", made.text_),
                        "Write the name of a column between braces: engine-{unit}.");
    }
    made.pieces_.push_back({true, std::string(text.substr(open + 1, close - open - 1))});
    text.remove_prefix(close + 1);
  }
  return made;
}

std::vector<std::string_view> NameTemplate::holes() const {
  std::vector<std::string_view> names;
  for (const Piece& piece : pieces_) {
    if (piece.is_hole) names.push_back(piece.text);
  }
  return names;
}

bool NameTemplate::has_hole(std::string_view name) const {
  return std::ranges::contains(holes(), name);
}

NameTemplate NameTemplate::filled(std::string_view hole, std::string_view with) const {
  NameTemplate made = *this;
  for (Piece& piece : made.pieces_) {
    if (piece.is_hole && piece.text == hole) piece = {false, std::string(with)};
  }
  return made;
}

}  // namespace millrace::connector::file
