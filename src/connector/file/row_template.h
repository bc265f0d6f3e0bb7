#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "connector/file/name_template.h"

namespace millrace::connector::file {

/// A file's columns by name.
class Columns {
 public:
  explicit Columns(std::vector<std::string> names) : names_(std::move(names)) {}

  std::size_t size() const { return names_.size(); }
  const std::string& name(std::size_t index) const { return names_[index]; }
  /// Errors: not_found with the nearest name; conflict when two columns have it.
  base::Result<std::size_t> find(std::string_view name) const;

 private:
  std::vector<std::string> names_;
};

/// A template whose holes are known columns of a file.
class RowTemplate {
 public:
  /// Errors: those of Columns::find.
  static base::Result<RowTemplate> bind(const NameTemplate& text, const Columns& columns);

  /// Whether it says the same for every row.
  bool is_static() const { return is_static_; }
  /// Columns that it reads.
  std::vector<std::size_t> columns() const;
  void render(std::span<const std::string_view> fields, std::string& into) const;
  std::string render(std::span<const std::string_view> fields) const;

 private:
  struct Piece {
    std::string literal;
    std::size_t column = 0;
    bool is_column = false;
  };
  std::vector<Piece> pieces_;
  bool is_static_ = true;
};

}  // namespace millrace::connector::file
