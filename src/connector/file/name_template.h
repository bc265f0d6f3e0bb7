#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace millrace::connector::file {

/// Text with holes: "engine-{unit}". A hole names a column of the file, or `file` (the file's name
/// up to its first dot), `folder` (the folder it stands in) or `column` (the property's column).
class NameTemplate {
 public:
  NameTemplate() = default;
  /// Errors: malformed when a brace has no partner.
  static base::Result<NameTemplate> parse(std::string_view text);

  const std::string& text() const { return text_; }
  bool is_empty() const { return pieces_.empty(); }
  /// Names of the holes, in order.
  std::vector<std::string_view> holes() const;
  bool has_hole(std::string_view name) const;
  /// The same with one hole filled for good.
  NameTemplate filled(std::string_view hole, std::string_view with) const;

  struct Piece {
    bool is_hole = false;
    std::string text;  // the hole's name, or what stands there
  };
  const std::vector<Piece>& pieces() const { return pieces_; }

 private:
  std::string text_;
  std::vector<Piece> pieces_;
};

}  // namespace millrace::connector::file
