#include "connector/file/cell.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "codec/utf8.h"

namespace millrace::connector::file {
namespace {

using model::Quality;
using model::Reason;
using model::ValueType;

constexpr std::size_t kNumberBytesMax = 400;  // the longest double in full, and some

Cell bad(CellFault fault, Reason reason) { return {{}, Quality().marked(reason), fault}; }
Cell wrong_type() { return bad(CellFault::kWrongType, Reason::kWrongType); }

template <class Number>
std::from_chars_result whole(std::string_view text, Number& value) {
  if (text.starts_with('+') && text.size() > 1 && text[1] != '-') text.remove_prefix(1);
  auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec == std::errc() && result.ptr != text.data() + text.size()) {
    result.ec = std::errc::invalid_argument;
  }
  return result;
}

Cell read_double(std::string_view text, char decimal) {
  std::array<char, kNumberBytesMax> buffer;
  if (decimal != '.') {
    if (text.size() > buffer.size() || text.contains('.')) return wrong_type();
    std::ranges::replace_copy(text, buffer.data(), decimal, '.');
    text = {buffer.data(), text.size()};
  }
  double value = 0;
  const auto result = whole(text, value);
  if (result.ec == std::errc::result_out_of_range) {
    return bad(CellFault::kTooLarge, Reason::kOutOfRange);
  }
  if (result.ec != std::errc()) return wrong_type();
  if (!std::isfinite(value)) return bad(CellFault::kNotFinite, Reason::kNotFinite);
  return {value, {}, CellFault::kNone};
}

/// A whole number as `type`, also when it is written with a fraction of nothing.
template <class Integer>
Cell read_integer(std::string_view text, ValueType type, char decimal) {
  Integer integer = 0;
  model::Value value;
  const auto result = whole(text, integer);
  if (result.ec == std::errc::result_out_of_range) {
    return bad(CellFault::kTooLarge, Reason::kOutOfRange);
  }
  if (result.ec == std::errc()) {
    value = integer;
  } else {
    Cell as_double = read_double(text, decimal);
    if (as_double.fault != CellFault::kNone) return as_double;
    value = std::move(as_double.value);
  }
  auto exact = model::convert_exactly(value, type);
  return exact ? Cell{std::move(*exact), {}, CellFault::kNone} : wrong_type();
}

Cell read_bool(std::string_view text, char decimal) {
  std::string word(text.substr(0, 8));
  std::ranges::transform(word, word.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  if (word == "true" || word == "yes" || word == "on") return {true, {}, CellFault::kNone};
  if (word == "false" || word == "no" || word == "off") return {false, {}, CellFault::kNone};
  return read_integer<std::int64_t>(text, ValueType::kBool, decimal);
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

Cell read_cell(std::string_view field, ValueType type, const CellFormat& format) {
  const std::string_view text = trimmed(field);
  if (std::ranges::contains(format.null_texts, text)) {
    return bad(CellFault::kEmpty, Reason::kMissingValue);
  }
  switch (type) {
    case ValueType::kF64:
      return read_double(text, format.decimal);
    case ValueType::kI64:
      return read_integer<std::int64_t>(text, type, format.decimal);
    case ValueType::kU64:
      return read_integer<std::uint64_t>(text, type, format.decimal);
    case ValueType::kBool:
      return read_bool(text, format.decimal);
    case ValueType::kText:
      return codec::is_utf8(field) ? Cell{std::string(field), {}, CellFault::kNone} : wrong_type();
    case ValueType::kBytes:
      break;
  }
  return wrong_type();
}

}  // namespace millrace::connector::file
