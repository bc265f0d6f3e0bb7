#include "codec/utf8.h"

#include <cstdint>
#include <cstring>

namespace millrace::codec {
namespace {

std::uint8_t at(std::string_view bytes, std::size_t index) {
  return index < bytes.size() ? static_cast<std::uint8_t>(bytes[index]) : 0;
}

bool is_continuation(std::uint8_t byte) { return (byte & 0xC0U) == 0x80U; }

// Bytes of the character at `pos`, 0 when there is none (RFC 3629, §4).
std::size_t character_bytes(std::string_view bytes, std::size_t pos) {
  const std::uint8_t first = at(bytes, pos), second = at(bytes, pos + 1);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4 || !is_continuation(second)) return 0;
  if (first < 0xE0) return 2;
  if (!is_continuation(at(bytes, pos + 2))) return 0;
  if (first < 0xF0) {
    const bool is_short = first == 0xE0 && second < 0xA0;
    const bool is_surrogate = first == 0xED && second > 0x9F;
    return is_short || is_surrogate ? 0 : 3;
  }
  const bool is_short = first == 0xF0 && second < 0x90;
  const bool is_beyond = first == 0xF4 && second > 0x8F;
  return is_short || is_beyond || !is_continuation(at(bytes, pos + 3)) ? 0 : 4;
}

// Most text is ASCII: eight characters at once.
bool begins_with_eight_ascii(std::string_view bytes) {
  std::uint64_t word = 0;
  if (bytes.size() < sizeof word) return false;
  std::memcpy(&word, bytes.data(), sizeof word);
  return (word & 0x8080'8080'8080'8080) == 0;
}

}  // namespace

bool is_utf8(std::string_view bytes) {
  for (std::size_t pos = 0; pos < bytes.size();) {
    if (begins_with_eight_ascii(bytes.substr(pos))) {
      pos += 8;
      continue;
    }
    const std::size_t length = character_bytes(bytes, pos);
    if (length == 0) return false;
    pos += length;
  }
  return true;
}

std::string readable_utf8(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  for (std::size_t pos = 0; pos < bytes.size();) {
    const std::size_t length = character_bytes(bytes, pos);
    text += length == 0 ? std::string_view("\xEF\xBF\xBD") : bytes.substr(pos, length);
    pos += length == 0 ? 1 : length;
  }
  return text;
}

}  // namespace millrace::codec
