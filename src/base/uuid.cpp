#include "base/uuid.h"

#include <cstring>

namespace millrace::base {
namespace {

int nibble(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

constexpr bool hyphen_before(std::size_t byte) {
  return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

}  // namespace

Uuid Uuid::make(Random& random) {
  Uuid uuid;
  const std::uint64_t halves[2] = {random.next(), random.next()};
  std::memcpy(uuid.bytes.data(), halves, sizeof halves);
  uuid.bytes[6] = static_cast<std::uint8_t>((uuid.bytes[6] & 0x0F) | 0x40);
  uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3F) | 0x80);
  return uuid;
}

std::string to_text(const Uuid& uuid) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (std::size_t i = 0; i < uuid.bytes.size(); ++i) {
    if (hyphen_before(i)) text += '-';
    text += kDigits[uuid.bytes[i] >> 4];
    text += kDigits[uuid.bytes[i] & 15];
  }
  return text;
}

Result<Uuid> parse_uuid(std::string_view text) {
  Uuid uuid;
  std::size_t at = 0;
  bool good = text.size() == 36;
  for (std::size_t i = 0; good && i < uuid.bytes.size(); ++i) {
    if (hyphen_before(i)) good = text[at++] == '-';
    const int high = nibble(text[at]), low = nibble(text[at + 1]);
    good = good && high >= 0 && low >= 0;
    uuid.bytes[i] = static_cast<std::uint8_t>(good ? high * 16 + low : 0);
    at += 2;
  }
  if (!good) return fail(ErrorCode::kMalformed, std::format("'{}' is not a UUID", text));
  return uuid;
}

}  // namespace millrace::base

std::size_t std::hash<millrace::base::Uuid>::operator()(
    const millrace::base::Uuid& uuid) const noexcept {
  std::size_t halves[2];
  std::memcpy(halves, uuid.bytes.data(), sizeof halves);
  return halves[0] ^ (halves[1] * 0x9E3779B97F4A7C15ULL);
}
