#include "store/duckdb/utf8.h"

#include <cstdint>

namespace millrace::store::duckdb {
namespace {

struct Form {
  std::uint8_t first_min, first_max, second_min, second_max;
  std::size_t length;
};

// RFC 3629 §4: which second bytes follow which first; all further ones are 80..BF.
constexpr Form kForms[] = {
    {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3}, {0xE1, 0xEC, 0x80, 0xBF, 3},
    {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3}, {0xF0, 0xF0, 0x90, 0xBF, 4},
    {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
};

bool is_between(char c, std::uint8_t low, std::uint8_t high) {
  const auto byte = static_cast<std::uint8_t>(c);
  return byte >= low && byte <= high;
}

bool fits(const Form& form, std::string_view bytes) {
  if (bytes.size() < form.length || !is_between(bytes[0], form.first_min, form.first_max)) {
    return false;
  }
  if (!is_between(bytes[1], form.second_min, form.second_max)) return false;
  for (std::size_t i = 2; i < form.length; ++i) {
    if (!is_between(bytes[i], 0x80, 0xBF)) return false;
  }
  return true;
}

/// Length of the character that the bytes begin with; 0 when they begin with none.
std::size_t character_length(std::string_view bytes) {
  if (is_between(bytes[0], 0, 0x7F)) return 1;
  for (const Form& form : kForms) {
    if (fits(form, bytes)) return form.length;
  }
  return 0;
}

}  // namespace

bool is_utf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t length = character_length(bytes);
    if (length == 0) return false;
    bytes.remove_prefix(length);
  }
  return true;
}

std::string lossy_utf8(std::string_view bytes) {
  std::string text;
  while (!bytes.empty()) {
    const std::size_t length = character_length(bytes);
    text += length == 0 ? std::string_view("\xEF\xBF\xBD") : bytes.substr(0, length);
    bytes.remove_prefix(length == 0 ? 1 : length);
  }
  return text;
}

}  // namespace millrace::store::duckdb
