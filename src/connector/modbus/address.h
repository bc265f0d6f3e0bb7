#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "model/value.h"

namespace millrace::modbus {

/// The four tables of a Modbus device (Modbus Application Protocol 1.1b3 §4.3).
enum class Table : std::uint8_t { kCoil, kDiscrete, kInput, kHolding };

enum class Type : std::uint8_t { kBool, kI16, kU16, kI32, kU32, kI64, kU64, kF32, kF64, kText };

/// How the bytes of a value stand in its registers; A is the most significant. A value of 64 bits
/// follows the same two questions: are the bytes of a register swapped, do the low words come
/// first.
enum class Order : std::uint8_t {
  kAbcd,  // as the standard has it: high word first, high byte first
  kBadc,  // bytes of each register swapped
  kCdab,  // low word first
  kDcba,  // both
};

/// Where a value stands in a device and what it is.
///
///   address = place { ":" part }
///   place   = table ":" number    the address on the wire, 0 to 65535
///           | 5 or 6 digits       as register maps print it: the first digit is the table (0 coil,
///                                 1 discrete, 3 input, 4 holding), the others count from 1
///   table   = "coil" | "discrete" | "input" | "holding"
///   part    = type | order | "bit=" 0…15 | "len=" 1…250 | "unit=" 0…255      each at most once
///   type    = "bool" | "i16" | "u16" | "i32" | "u32" | "i64" | "u64" | "f32" | "f64" | "text"
///   order   = "abcd" | "badc" | "cdab" | "dcba"
///
/// `holding:0:f32` and `40001:f32` are the same place; `holding:40001` is another one. Coils and
/// discrete inputs are bools. A register without a type is u16, with a bit it is a bool (bit 0 is
/// the least significant); text needs its length in bytes. `unit` is another one than the
/// connection's, behind a gateway.
struct Address {
  Table table = Table::kHolding;
  std::uint16_t number = 0;
  Type type = Type::kU16;
  Order order = Order::kAbcd;
  std::optional<std::uint8_t> bit;  // of a register
  std::uint16_t length = 0;         // of a text in bytes
  std::optional<std::uint8_t> unit;

  bool operator==(const Address&) const = default;
  /// Registers it covers, or 1 coil or input.
  std::uint32_t count() const;
  /// One behind its last register.
  std::uint32_t end() const { return number + count(); }
  bool is_bits() const { return table == Table::kCoil || table == Table::kDiscrete; }
};

inline constexpr std::uint16_t kTextBytesMax = 250;
inline constexpr std::uint32_t kWriteRegistersMax = 123;  // of function 16

/// Whether a device can be told to change what stands there: coils, and holding registers of which
/// one message can write all.
bool takes_writes(const Address& address);

/// Errors: invalid, saying what is wrong and how it is written.
base::Result<Address> parse_address(std::string_view text);
/// The canonical form, with the number on the wire.
std::string to_text(const Address& address);
std::string_view text(Table table);
/// What to say of an address that the device does not have and that looks like the number of a
/// register map behind `holding:`; empty for others.
std::string map_number_hint(const Address& address);
/// The physical type its values have.
model::ValueType value_type(const Address& address);

}  // namespace millrace::modbus
