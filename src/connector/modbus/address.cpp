#include "connector/modbus/address.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <format>
#include <vector>

namespace millrace::modbus {
namespace {

using base::ErrorCode;
using base::Result;

constexpr std::array<std::string_view, 4> kTables = {"coil", "discrete", "input", "holding"};
constexpr std::array<std::string_view, 10> kTypes = {"bool", "i16", "u16", "i32", "u32",
                                                     "i64",  "u64", "f32", "f64", "text"};
constexpr std::array<std::string_view, 4> kOrders = {"abcd", "badc", "cdab", "dcba"};
constexpr std::uint32_t kNumbers = 65536;

/// What was written, so that the parts can be checked against each other.
struct Written {
  std::optional<Type> type;
  std::optional<Order> order;
  std::optional<std::uint32_t> bit, length, unit;
};

auto refuse(std::string_view text, std::string_view why) {
  return base::fail(ErrorCode::kInvalid, std::format("'{}': {}", text.substr(0, 100), why),
                    "Write it like holding:100:f32:cdab, coil:12 or 40001:u16 (docs: modbus).");
}

template <class E, std::size_t N>
std::optional<E> find(const std::array<std::string_view, N>& names, std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<E>(found - names.begin());
}

std::optional<std::uint32_t> parse_number(std::string_view digits) {
  const bool is_plain = !digits.empty() && digits.size() <= 6 &&
                        std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
  if (!is_plain) return std::nullopt;
  std::uint32_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(':');
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

/// "40001" and "400001": table and number in one.
std::optional<Address> parse_map_number(std::string_view digits) {
  if (digits.size() != 5 && digits.size() != 6) return std::nullopt;
  const auto number = parse_number(digits.substr(1));
  if (!number || *number < 1 || *number > kNumbers) return std::nullopt;
  Address address;
  switch (digits[0]) {
    case '0':
      address.table = Table::kCoil;
      break;
    case '1':
      address.table = Table::kDiscrete;
      break;
    case '3':
      address.table = Table::kInput;
      break;
    case '4':
      address.table = Table::kHolding;
      break;
    default:
      return std::nullopt;
  }
  address.number = static_cast<std::uint16_t>(*number - 1);
  return address;
}

template <class T>
bool set_once(std::optional<T>& slot, T value) {
  if (slot) return false;
  slot = value;
  return true;
}

/// Empty, or what is wrong with it.
std::string take_option(std::string_view part, Written& written) {
  const std::size_t equals = part.find('=');
  const std::string_view key = part.substr(0, equals);
  struct Key {
    std::string_view name;
    std::optional<std::uint32_t>* slot;
    std::uint32_t min, max;
  };
  for (const Key& known :
       {Key{"bit", &written.bit, 0, 15}, Key{"len", &written.length, 1, kTextBytesMax},
        Key{"unit", &written.unit, 0, 255}}) {
    if (known.name != key) continue;
    const auto number = parse_number(part.substr(equals + 1));
    if (!number || *number < known.min || *number > known.max) {
      return std::format("{} is a number from {} to {}", key, known.min, known.max);
    }
    return set_once(*known.slot, *number) ? "" : std::format("{} stands there twice", key);
  }
  return std::format("'{}' is not known; there are bit=, len= and unit=", key.substr(0, 50));
}

std::string take_part(std::string_view part, Written& written) {
  if (part.find('=') != std::string_view::npos) return take_option(part, written);
  if (const auto type = find<Type>(kTypes, part)) {
    return set_once(written.type, *type) ? "" : "there are two types";
  }
  if (const auto order = find<Order>(kOrders, part)) {
    return set_once(written.order, *order) ? "" : "there are two orders";
  }
  return std::format(
      "'{}' is neither a type (bool i16 u16 i32 u32 i64 u64 f32 f64 text) nor an order (abcd badc "
      "cdab dcba)",
      part.substr(0, 50));
}

/// The parts against the table; empty, or what is wrong.
std::string combine(const Written& written, Address& address) {
  if (written.unit) address.unit = static_cast<std::uint8_t>(*written.unit);
  if (address.is_bits()) {
    const bool has_more = written.bit || written.length || written.order;
    if (has_more || written.type.value_or(Type::kBool) != Type::kBool) {
      return std::format("a {} is one bit: it has no type, order, bit or length",
                         text(address.table));
    }
    address.type = Type::kBool;
    return "";
  }
  address.type = written.type.value_or(written.bit ? Type::kBool : Type::kU16);
  address.order = written.order.value_or(Order::kAbcd);
  if ((address.type == Type::kBool) != written.bit.has_value()) {
    return "a bool in a register needs bit=0 to bit=15, and nothing else has one";
  }
  if ((address.type == Type::kText) != written.length.has_value()) {
    return "a text needs its length in bytes, like len=16, and nothing else has one";
  }
  if (written.bit) address.bit = static_cast<std::uint8_t>(*written.bit);
  address.length = static_cast<std::uint16_t>(written.length.value_or(0));
  const bool swaps_words = address.order == Order::kCdab || address.order == Order::kDcba;
  if (swaps_words && (address.count() == 1 || address.type == Type::kText)) {
    return "only numbers of 32 and 64 bits have words to swap: take abcd or badc";
  }
  return "";
}

}  // namespace

std::uint32_t Address::count() const {
  switch (type) {
    case Type::kBool:
    case Type::kI16:
    case Type::kU16:
      return 1;
    case Type::kI32:
    case Type::kU32:
    case Type::kF32:
      return 2;
    case Type::kI64:
    case Type::kU64:
    case Type::kF64:
      return 4;
    case Type::kText:
      return (length + 1U) / 2;
  }
  return 1;
}

std::string_view text(Table table) { return kTables[static_cast<std::size_t>(table)]; }

Result<Address> parse_address(std::string_view text) {
  const std::vector<std::string_view> parts = parts_of(text);
  Address address;
  std::size_t next = 1;
  if (const auto table = find<Table>(kTables, parts[0])) {
    const auto number = parts.size() > 1 ? parse_number(parts[1]) : std::nullopt;
    if (!number || *number >= kNumbers) {
      return refuse(text, "behind the table stands a number from 0 to 65535");
    }
    address.table = *table;
    address.number = static_cast<std::uint16_t>(*number);
    next = 2;
  } else if (const auto known = parse_map_number(parts[0])) {
    address = *known;
  } else {
    return refuse(text,
                  "it begins with a table (coil, discrete, input, holding) and a number, or with "
                  "5 or 6 digits like 40001");
  }
  Written written;
  for (; next < parts.size(); ++next) {
    if (const std::string why = take_part(parts[next], written); !why.empty()) {
      return refuse(text, why);
    }
  }
  if (const std::string why = combine(written, address); !why.empty()) return refuse(text, why);
  if (address.end() > kNumbers) return refuse(text, "it goes beyond the last register, 65535");
  return address;
}

std::string to_text(const Address& address) {
  std::string all = std::format("{}:{}", text(address.table), address.number);
  if (!address.is_bits()) {
    all += ":" + std::string(kTypes[static_cast<std::size_t>(address.type)]);
    if (address.order != Order::kAbcd) {
      all += ":" + std::string(kOrders[static_cast<std::size_t>(address.order)]);
    }
  }
  if (address.bit) all += std::format(":bit={}", *address.bit);
  if (address.length > 0) all += std::format(":len={}", address.length);
  if (address.unit) all += std::format(":unit={}", *address.unit);
  return all;
}

std::string map_number_hint(const Address& address) {
  constexpr std::uint16_t kMapNumberFirst = 40001;
  if (address.table != Table::kHolding || address.number < kMapNumberFirst) return {};
  return std::format("; if the register map says {0}, write {0} without holding:", address.number);
}

bool takes_writes(const Address& address) {
  const bool is_table = address.table == Table::kCoil || address.table == Table::kHolding;
  return is_table && address.count() <= kWriteRegistersMax;
}

model::ValueType value_type(const Address& address) {
  switch (address.type) {
    case Type::kBool:
      return model::ValueType::kBool;
    case Type::kI16:
    case Type::kI32:
    case Type::kI64:
      return model::ValueType::kI64;
    case Type::kU16:
    case Type::kU32:
    case Type::kU64:
      return model::ValueType::kU64;
    case Type::kF32:
    case Type::kF64:
      return model::ValueType::kF64;
    case Type::kText:
      return model::ValueType::kText;
  }
  return model::ValueType::kU64;
}

}  // namespace millrace::modbus
