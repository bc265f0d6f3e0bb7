#include "codec/utf8.h"

#include <clocale>
#include <cstdint>
#include <cstring>
#include <cwctype>

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

std::uint32_t code_of(std::string_view character) {
  const auto first = static_cast<std::uint8_t>(character[0]);
  std::uint32_t code = character.size() == 1 ? first : first & (0x7FU >> character.size());
  for (const char c : character.substr(1))
    code = code << 6 | (static_cast<std::uint8_t>(c) & 0x3FU);
  return code;
}

void append_character(std::string& text, std::uint32_t code) {
  const auto more = [&](int shift) { text += static_cast<char>(0x80U | (code >> shift & 0x3FU)); };
  if (code < 0x80) {
    text += static_cast<char>(code);
  } else if (code < 0x800) {
    text += static_cast<char>(0xC0U | code >> 6);
    more(0);
  } else if (code < 0x10000) {
    text += static_cast<char>(0xE0U | code >> 12);
    more(6), more(0);
  } else {
    text += static_cast<char>(0xF0U | code >> 18);
    more(12), more(6), more(0);
  }
}

/// The C library's own tables, whatever the locale of the process.
std::uint32_t small_letter(std::uint32_t code) {
  static const locale_t kUnicode = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  if (!kUnicode) return code;
  return static_cast<std::uint32_t>(::towlower_l(static_cast<wint_t>(code), kUnicode));
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

std::string lower_utf8(std::string_view text) {
  std::string lower;
  lower.reserve(text.size());
  for (std::size_t pos = 0; pos < text.size();) {
    const std::size_t length = character_bytes(text, pos);
    if (length <= 1) {
      const char c = text[pos++];
      lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
      continue;
    }
    append_character(lower, small_letter(code_of(text.substr(pos, length))));
    pos += length;
  }
  return lower;
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
