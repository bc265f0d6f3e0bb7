#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "base/clock.h"

// How the spool's formats write numbers: fixed ones little-endian, varints as LEB128 (at most ten
// bytes), signed varints in zigzag, texts as a varint length and that many bytes; times as
// microseconds since the epoch.

namespace millrace::spool {

static_assert(std::endian::native == std::endian::little, "fixed numbers are copied as they stand");

inline std::int64_t micros(base::Time time) { return time.time_since_epoch().count(); }
inline base::Time time_of(std::int64_t micros) { return base::Time(base::Duration(micros)); }

class ByteWriter {
 public:
  explicit ByteWriter(std::string& out) : out_(out) {}

  template <class T>
  void fixed(T value) {
    char bytes[sizeof(T)];
    std::memcpy(bytes, &value, sizeof(T));
    out_.append(bytes, sizeof(T));
  }
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) out_ += static_cast<char>(value | 0x80);
    out_ += static_cast<char>(value);
  }
  /// The difference of two numbers of 64 bits; wraps, and so does the reader.
  void signed_varint(std::int64_t value) {
    const auto bits = static_cast<std::uint64_t>(value);
    varint((bits << 1) ^ (value < 0 ? ~0ULL : 0ULL));
  }
  void text(std::string_view value) {
    varint(value.size());
    out_ += value;
  }

 private:
  std::string& out_;
};

/// Reads what ByteWriter wrote. After the first thing that does not fit, is_good() is false and
/// everything reads as zero.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  template <class T>
  T fixed() {
    T value{};
    if (const std::string_view bytes = take(sizeof(T)); !bytes.empty()) {
      std::memcpy(&value, bytes.data(), sizeof(T));
    }
    return value;
  }
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<std::uint8_t>(rest_.front());
      rest_.remove_prefix(1);
      if (shift == 63 && byte > 1) break;
      value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return value;
    }
    fail();
    return 0;
  }
  std::int64_t signed_varint() {
    const std::uint64_t bits = varint();
    return static_cast<std::int64_t>((bits >> 1) ^ ((bits & 1) ? ~0ULL : 0ULL));
  }
  std::string_view text(std::size_t bytes_max) {
    const std::uint64_t size = varint();
    if (size > bytes_max) {
      fail();
      return {};
    }
    return take(static_cast<std::size_t>(size));
  }
  /// A count of things of which each takes at least one byte.
  std::size_t count(std::size_t most) {
    const std::uint64_t number = varint();
    if (number > most || number > rest_.size()) fail();
    return is_good_ ? static_cast<std::size_t>(number) : 0;
  }
  void fail() {
    is_good_ = false;
    rest_ = {};
  }
  bool is_good() const { return is_good_; }
  bool is_at_end() const { return rest_.empty(); }

 private:
  std::string_view take(std::size_t size) {
    if (size > rest_.size()) {
      fail();
      return {};
    }
    const std::string_view bytes = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return bytes;
  }

  std::string_view rest_;
  bool is_good_ = true;
};

}  // namespace millrace::spool
