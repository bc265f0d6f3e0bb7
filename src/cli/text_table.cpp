#include "cli/text_table.h"

#include <algorithm>

namespace millrace::cli {
namespace {

bool is_number(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789.,-+eE%") == std::string::npos;
}

/// Characters, not bytes; wide ones count as one.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; }));
}

}  // namespace

std::string TextTable::text() const {
  std::vector<std::size_t> widths(names_.size());
  std::vector<bool> is_right(names_.size(), !rows_.empty());
  for (std::size_t i = 0; i < names_.size(); ++i) {
    widths[i] = width(names_[i]);
    for (const auto& row : rows_) {
      widths[i] = std::max(widths[i], width(row[i]));
      if (!row[i].empty() && !is_number(row[i])) is_right[i] = false;
    }
  }
  std::string all;
  const auto line = [&](const std::vector<std::string>& cells) {
    std::string one;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      const std::string space(widths[i] - width(cells[i]), ' ');
      one += (i > 0 ? "  " : "") + (is_right[i] ? space + cells[i] : cells[i] + space);
    }
    while (one.ends_with(' ')) one.pop_back();
    all += one + "\n";
  };
  line(names_);
  std::ranges::for_each(rows_, line);
  return all;
}

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

}  // namespace millrace::cli
