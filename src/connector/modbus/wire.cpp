#include "connector/modbus/wire.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <format>
#include <limits>

#include "codec/utf8.h"

namespace millrace::modbus {
namespace {

using base::ErrorCode;
using base::Result;
using model::Value;

std::uint16_t swap_bytes(std::uint16_t word) {
  return static_cast<std::uint16_t>(word << 8 | word >> 8);
}

/// From the device's order to the standard's, and back: the same operation both ways.
std::vector<std::uint16_t> reordered(std::span<const std::uint16_t> registers, Order order) {
  std::vector<std::uint16_t> words(registers.begin(), registers.end());
  if (order == Order::kCdab || order == Order::kDcba) std::ranges::reverse(words);
  if (order == Order::kBadc || order == Order::kDcba) {
    std::ranges::transform(words, words.begin(), swap_bytes);
  }
  return words;
}

std::uint64_t join_words(std::span<const std::uint16_t> words) {
  std::uint64_t bits = 0;
  for (const std::uint16_t word : words) bits = bits << 16 | word;
  return bits;
}

std::vector<std::uint16_t> split_words(std::uint64_t bits, std::uint32_t count) {
  std::vector<std::uint16_t> words(count);
  for (std::uint32_t i = count; i-- > 0; bits >>= 16) words[i] = static_cast<std::uint16_t>(bits);
  return words;
}

std::optional<Value> text_value(std::span<const std::uint16_t> words, std::size_t length) {
  std::string text;
  for (const std::uint16_t word : words) {
    text.push_back(static_cast<char>(word >> 8));
    text.push_back(static_cast<char>(word & 0xFF));
  }
  text.resize(std::min(length, text.find('\0') == std::string::npos ? length : text.find('\0')));
  if (!codec::is_utf8(text)) return std::nullopt;
  return text;
}

auto does_not_fit(const Address& address, std::string_view why) {
  return base::fail(ErrorCode::kInvalid, std::format("{}: {}", to_text(address), why),
                    "Write a value of the address's type and range.");
}

template <class I>
Result<std::uint64_t> integer_bits(const Value& value, const Address& address) {
  using Wide = std::conditional_t<std::is_signed_v<I>, std::int64_t, std::uint64_t>;
  const auto type = std::is_signed_v<I> ? model::ValueType::kI64 : model::ValueType::kU64;
  const auto exact = model::convert_exactly(value, type);
  const Wide* number = exact ? std::get_if<Wide>(&*exact) : nullptr;
  if (!number) return does_not_fit(address, "the value is not a whole number it can hold");
  if (*number < std::numeric_limits<I>::min() || *number > std::numeric_limits<I>::max()) {
    return does_not_fit(address,
                        std::format("{} is beyond {} to {}", *number, std::numeric_limits<I>::min(),
                                    std::numeric_limits<I>::max()));
  }
  return static_cast<std::uint64_t>(*number);
}

Result<std::uint64_t> float_bits(const Value& value, const Address& address) {
  const auto exact = model::convert_exactly(value, model::ValueType::kF64);
  const double* number = exact ? std::get_if<double>(&*exact) : nullptr;
  if (!number) return does_not_fit(address, "the value is not a number it can hold exactly");
  if (address.type == Type::kF64) return std::bit_cast<std::uint64_t>(*number);
  if (std::isfinite(*number) && std::abs(*number) > double{std::numeric_limits<float>::max()}) {
    return does_not_fit(address, std::format("{} is beyond what 32 bits hold", *number));
  }
  return std::bit_cast<std::uint32_t>(static_cast<float>(*number));
}

Result<std::uint64_t> bool_bits(const Value& value, const Address& address) {
  const auto exact = model::convert_exactly(value, model::ValueType::kBool);
  const bool* flag = exact ? std::get_if<bool>(&*exact) : nullptr;
  if (!flag) return does_not_fit(address, "the value is neither true nor false");
  return std::uint64_t{*flag} << address.bit.value_or(0);
}

Result<std::vector<std::uint16_t>> text_words(const Value& value, const Address& address) {
  const std::string* text = std::get_if<std::string>(&value);
  if (!text) return does_not_fit(address, "the value is not a text");
  if (text->size() > address.length) {
    return does_not_fit(address,
                        std::format("{} bytes are more than {}", text->size(), address.length));
  }
  std::vector<std::uint16_t> words(address.count());
  for (std::size_t i = 0; i < text->size(); ++i) {
    const auto byte = static_cast<std::uint8_t>((*text)[i]);
    words[i / 2] = static_cast<std::uint16_t>(words[i / 2] | (i % 2 ? byte : byte << 8));
  }
  return words;
}

Result<std::uint64_t> number_bits(const Value& value, const Address& address) {
  switch (address.type) {
    case Type::kBool:
      return bool_bits(value, address);
    case Type::kI16:
      return integer_bits<std::int16_t>(value, address);
    case Type::kU16:
      return integer_bits<std::uint16_t>(value, address);
    case Type::kI32:
      return integer_bits<std::int32_t>(value, address);
    case Type::kU32:
      return integer_bits<std::uint32_t>(value, address);
    case Type::kI64:
      return integer_bits<std::int64_t>(value, address);
    case Type::kU64:
      return integer_bits<std::uint64_t>(value, address);
    default:
      return float_bits(value, address);
  }
}

}  // namespace

std::optional<Value> to_value(std::span<const std::uint16_t> registers, const Address& address) {
  MILLRACE_CHECK(registers.size() == address.count());
  if (address.is_bits()) return registers[0] != 0;
  const std::vector<std::uint16_t> words = reordered(registers, address.order);
  const std::uint64_t bits = address.type == Type::kText ? 0 : join_words(words);
  switch (address.type) {
    case Type::kBool:
      return (bits >> address.bit.value_or(0) & 1) != 0;
    case Type::kI16:
      return std::int64_t{static_cast<std::int16_t>(bits)};
    case Type::kI32:
      return std::int64_t{static_cast<std::int32_t>(bits)};
    case Type::kI64:
      return static_cast<std::int64_t>(bits);
    case Type::kU16:
    case Type::kU32:
    case Type::kU64:
      return bits;
    case Type::kF32:
      return double{std::bit_cast<float>(static_cast<std::uint32_t>(bits))};
    case Type::kF64:
      return std::bit_cast<double>(bits);
    case Type::kText:
      return text_value(words, address.length);
  }
  return std::nullopt;
}

Result<std::vector<std::uint16_t>> to_registers(const Value& value, const Address& address) {
  if (address.type == Type::kText) {
    MILLRACE_LET(const std::vector<std::uint16_t> words, text_words(value, address));
    return reordered(words, address.order);
  }
  MILLRACE_LET(const std::uint64_t bits, number_bits(value, address));
  return reordered(split_words(bits, address.count()), address.order);
}

}  // namespace millrace::modbus
