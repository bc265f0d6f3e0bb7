#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace millrace::spool {

/// A key of eight bytes, big-endian, so that LMDB's order is that of the numbers.
inline std::string place_key(std::uint64_t place) {
  std::string key(8, '\0');
  for (std::size_t i = 8; i-- > 0; place >>= 8) key[i] = static_cast<char>(place & 0xFF);
  return key;
}

/// place_key() and the number of the fragment, two bytes, big-endian.
inline std::string fragment_key(std::uint64_t place, std::size_t fragment) {
  std::string key = place_key(place);
  key += static_cast<char>((fragment >> 8) & 0xFF);
  key += static_cast<char>(fragment & 0xFF);
  return key;
}

inline std::uint64_t place_of(std::string_view key) {
  std::uint64_t place = 0;
  for (std::size_t i = 0; i < 8 && i < key.size(); ++i) {
    place = (place << 8) | static_cast<std::uint8_t>(key[i]);
  }
  return place;
}

}  // namespace millrace::spool
