#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "connector/modbus/address.h"

namespace millrace::modbus {

/// One read: neighbouring registers or bits of one table of one unit.
struct Block {
  std::uint8_t unit = 0;
  Table table = Table::kHolding;
  std::uint32_t first = 0;
  std::uint32_t count = 0;
  std::vector<std::size_t> tags;  // whose values it brings, by place

  std::uint32_t end() const { return first + count; }
  bool operator==(const Block&) const = default;
};

/// How large a read may be (Modbus Application Protocol 1.1b3 §6.1, §6.3), and how much unwanted it
/// may bring between two wanted values; a gap of bits may be 16 times as wide.
struct PlanLimits {
  std::uint32_t registers_max = 125;
  std::uint32_t bits_max = 2000;
  std::uint32_t gap_registers_max = 8;
};

/// The fewest blocks that bring all addresses, each of which has its unit. A value is never cut in
/// two; one that is wider than the limit has a block of its own.
std::vector<Block> plan_blocks(std::span<const Address> addresses, const PlanLimits& limits);

/// A block that a device refuses, in smaller ones that bring the same: first without the gaps, then
/// in halves between values, at last one for each range. Empty when only one range is left.
std::vector<Block> split_block(const Block& block, std::span<const Address> addresses);

/// Two blocks as one, where the second begins within or right behind the first.
Block join_blocks(const Block& first, const Block& second);

}  // namespace millrace::modbus
