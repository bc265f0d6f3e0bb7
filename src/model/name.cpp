#include "model/name.h"

#include <algorithm>

namespace millrace::model {
namespace {

constexpr std::size_t kNameBytesMax = 63;

bool is_first(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool is_later(char c) { return is_first(c) || c == '.' || c == '_' || c == '-'; }

}  // namespace

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kNameBytesMax && is_first(text.front()) &&
         std::ranges::all_of(text, is_later);
}

base::Result<Name> Name::parse(std::string_view text) {
  if (is_name(text)) return Name(std::string(text));
  return base::fail(
      base::ErrorCode::kInvalid, std::format("'{}' is not a name", text.substr(0, 80)),
      std::format("Names match [a-z0-9][a-z0-9._-]{{0,62}}; nearest: '{}'.", nearest_name(text)));
}

std::string nearest_name(std::string_view text) {
  std::string name;
  for (const char raw : text) {
    const char c = raw >= 'A' && raw <= 'Z' ? static_cast<char>(raw + 32) : raw;
    if (name.empty() ? is_first(c) : is_later(c)) {
      name += c;
    } else if (!name.empty() && name.back() != '-') {
      name += '-';
    }
    if (name.size() == kNameBytesMax) break;
  }
  while (!name.empty() && name.back() == '-') name.pop_back();
  return name.empty() ? "x" : name;
}

}  // namespace millrace::model
