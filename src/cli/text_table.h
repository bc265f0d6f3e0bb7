#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace millrace::cli {

/// Rows as aligned columns under their names; numbers to the right.
class TextTable {
 public:
  explicit TextTable(std::vector<std::string> names) : names_(std::move(names)) {}
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  std::size_t rows() const { return rows_.size(); }
  std::string text() const;

 private:
  std::vector<std::string> names_;
  std::vector<std::vector<std::string>> rows_;
};

/// "1,234,567".
std::string grouped(std::uint64_t number);

}  // namespace millrace::cli
