#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace millrace::codec::pbf {

/// Reads protobuf fields in the order in which the caller expects them: tags of one byte, varints
/// of at most eight, lengths of one. What is anything else, or torn, is not taken and the cursor
/// stays before its tag, so that a pbf::reader over rest() reads it or refuses it. Never looks
/// beyond the message. Any thread.
class FieldCursor {
 public:
  explicit FieldCursor(std::string_view message)
      : at_(message.data()), end_(at_ + message.size()) {}

  bool is_at_end() const { return at_ == end_; }
  std::string_view rest() const { return {at_, end_}; }

  /// Each takes the field under the cursor if it has this tag and one of the plain forms. Inlined
  /// always, or the cursor would live in memory between the calls.
  [[gnu::always_inline]] bool take_varint(std::uint32_t tag, std::uint64_t& value) {
    if (!is_at(tag)) return false;
    const std::size_t size = read_varint(at_ + 1, value);
    at_ += size == 0 ? 0 : 1 + size;
    return size != 0;
  }
  [[gnu::always_inline]] bool take_bool(std::uint32_t tag, bool& value) {
    if (!is_at(tag) || left() < 2 || byte(1) >= 0x80) return false;
    value = byte(1) != 0;
    at_ += 2;
    return true;
  }
  template <class Number>
  [[gnu::always_inline]] bool take_fixed(std::uint32_t tag, Number& bits) {
    if (!is_at(tag) || left() < 1 + sizeof(Number)) return false;
    bits = load<Number>(at_ + 1);
    at_ += 1 + sizeof(Number);
    return true;
  }
  [[gnu::always_inline]] bool take_bytes(std::uint32_t tag, std::string_view& value) {
    if (!is_at(tag) || left() < 2 || byte(1) >= 0x80 || left() - 2 < byte(1)) return false;
    value = {at_ + 2, byte(1)};
    at_ += 2 + value.size();
    return true;
  }

 private:
  std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }
  std::uint8_t byte(std::size_t index) const { return static_cast<std::uint8_t>(at_[index]); }
  bool is_at(std::uint32_t tag) const { return at_ != end_ && byte(0) == tag; }

  template <class Number>
  static Number load(const char* from) {
    Number number;
    std::memcpy(&number, from, sizeof number);
    return std::endian::native == std::endian::big ? std::byteswap(number) : number;
  }

  // The number of bytes the varint at `from` has; 0 when it is torn or longer than eight.
  [[gnu::always_inline]] std::size_t read_varint(const char* from, std::uint64_t& value) const {
    const auto room = static_cast<std::size_t>(end_ - from);
    if (room != 0 && static_cast<std::uint8_t>(*from) < 0x80) {
      value = static_cast<std::uint8_t>(*from);
      return 1;
    }
    if (room >= sizeof(std::uint64_t)) return fold(load<std::uint64_t>(from), value);
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < room; ++i) {
      word |= std::uint64_t(static_cast<std::uint8_t>(from[i])) << (8 * i);
    }
    return room == 0 ? 0 : fold(word | ~std::uint64_t(0) << (8 * room), value);
  }

  // Eight bytes at once: those up to the first without the high bit, 7 bits of each moved together.
  [[gnu::always_inline]] static std::size_t fold(std::uint64_t word, std::uint64_t& value) {
    const std::uint64_t ends = ~word & 0x8080'8080'8080'8080;
    if (ends == 0) return 0;
    word &= (ends ^ (ends - 1)) & 0x7F7F'7F7F'7F7F'7F7F;
    word = (word & 0x007F'007F'007F'007F) | (word & 0x7F00'7F00'7F00'7F00) >> 1;
    word = (word & 0x0000'3FFF'0000'3FFF) | (word & 0x3FFF'0000'3FFF'0000) >> 2;
    value = (word & 0x0000'0000'0FFF'FFFF) | (word & 0x0FFF'FFFF'0000'0000) >> 4;
    return static_cast<std::size_t>(std::countr_zero(ends) + 1) / 8;
  }

  const char* at_;
  const char* end_;
};

}  // namespace millrace::codec::pbf
