#pragma once

#include <string>
#include <string_view>

namespace millrace::codec {

/// Whether the bytes are UTF-8 as RFC 3629 has it: shortest forms, no surrogates, up to U+10FFFF.
bool is_utf8(std::string_view bytes);

/// The same text with each byte that fits nowhere replaced by U+FFFD.
std::string readable_utf8(std::string_view bytes);

/// The same text with small letters for capital ones: each character that has one small letter
/// (Unicode's simple mapping). A byte that fits nowhere stays.
std::string lower_utf8(std::string_view text);

}  // namespace millrace::codec
