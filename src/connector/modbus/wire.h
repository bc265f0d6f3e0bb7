#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/error.h"
#include "connector/modbus/address.h"
#include "model/value.h"

namespace millrace::modbus {

/// What a device answered for an address, `address.count()` registers (or one bit as 0 or 1), as a
/// value: i16 to i64 are i64, u16 to u64 are u64, f32 and f64 are f64 with NaN and infinities as
/// they are, text ends at its first NUL. Empty for a text that is not UTF-8.
std::optional<model::Value> to_value(std::span<const std::uint16_t> registers,
                                     const Address& address);

/// The reverse, for writing; of a bool in a register only its bit is set. Numbers are converted
/// exactly, except that an f64 becomes the nearest f32. A shorter text is filled up with NULs.
/// Errors: invalid, when the value does not fit.
base::Result<std::vector<std::uint16_t>> to_registers(const model::Value& value,
                                                      const Address& address);

}  // namespace millrace::modbus
