#include "spool/crc32c.h"

#include <array>
#include <cstring>

namespace millrace::spool {
namespace {

constexpr std::uint32_t kPolynomial = 0x82F63B78;  // reflected
using CrcTable = std::array<std::uint32_t, 256>;

/// Tables for eight bytes at a time ("slicing by 8").
constexpr std::array<CrcTable, 8> make_tables() {
  std::array<CrcTable, 8> tables{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? kPolynomial : 0);
    tables[0][i] = crc;
  }
  for (std::size_t t = 1; t < 8; ++t) {
    for (std::size_t i = 0; i < 256; ++i) {
      tables[t][i] = (tables[t - 1][i] >> 8) ^ tables[0][tables[t - 1][i] & 0xFF];
    }
  }
  return tables;
}

constexpr auto kCrcTables = make_tables();

std::uint32_t eight_bytes(std::uint32_t crc, const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, 8);
  word ^= crc;
  std::uint32_t next = 0;
  for (std::size_t i = 0; i < 8; ++i) next ^= kCrcTables[7 - i][(word >> (8 * i)) & 0xFF];
  return next;
}

}  // namespace

std::uint32_t crc32c(std::string_view bytes) {
  std::uint32_t crc = ~0U;
  for (; bytes.size() >= 8; bytes.remove_prefix(8)) crc = eight_bytes(crc, bytes.data());
  for (const char c : bytes) {
    crc = (crc >> 8) ^ kCrcTables[0][(crc ^ static_cast<std::uint8_t>(c)) & 0xFF];
  }
  return ~crc;
}

}  // namespace millrace::spool
