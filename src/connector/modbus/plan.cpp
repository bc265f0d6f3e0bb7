#include "connector/modbus/plan.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "base/error.h"

namespace millrace::modbus {
namespace {

auto place(const Address& address) {
  return std::tuple(*address.unit, address.table, address.number, address.end());
}

Block block_of(std::size_t tag, const Address& address) {
  return {*address.unit, address.table, address.number, address.count(), {tag}};
}

void extend(Block& block, std::size_t tag, const Address& address) {
  block.count = std::max(block.end(), address.end()) - block.first;
  block.tags.push_back(tag);
}

/// Blocks from tags in order of place; `joins` says whether the next one goes into the last block.
template <class Joins>
std::vector<Block> gather(std::span<const std::size_t> tags, std::span<const Address> addresses,
                          Joins joins) {
  std::vector<Block> blocks;
  for (const std::size_t tag : tags) {
    const Address& address = addresses[tag];
    if (!blocks.empty() && joins(blocks.back(), address)) {
      extend(blocks.back(), tag, address);
    } else {
      blocks.push_back(block_of(tag, address));
    }
  }
  return blocks;
}

Block joined(std::span<const Block> blocks) {
  Block all = blocks.front();
  for (const Block& block : blocks.subspan(1)) all = join_blocks(all, block);
  return all;
}

}  // namespace

std::vector<Block> plan_blocks(std::span<const Address> addresses, const PlanLimits& limits) {
  std::vector<std::size_t> tags(addresses.size());
  std::iota(tags.begin(), tags.end(), 0);
  std::ranges::stable_sort(tags, {}, [&](std::size_t tag) { return place(addresses[tag]); });
  return gather(tags, addresses, [&](const Block& last, const Address& next) {
    if (last.unit != *next.unit || last.table != next.table) return false;
    const std::uint32_t count_max = next.is_bits() ? limits.bits_max : limits.registers_max;
    const std::uint32_t gap_max = limits.gap_registers_max * (next.is_bits() ? 16 : 1);
    const std::uint32_t end = std::max(last.end(), next.end());
    return next.number <= last.end() + gap_max && end - last.first <= count_max;
  });
}

std::vector<Block> split_block(const Block& block, std::span<const Address> addresses) {
  const std::vector<Block> without_gaps =
      gather(block.tags, addresses,
             [](const Block& last, const Address& next) { return next.number <= last.end(); });
  if (without_gaps.size() > 1) return without_gaps;
  const std::vector<Block> apart =
      gather(block.tags, addresses,
             [](const Block& last, const Address& next) { return next.number < last.end(); });
  if (apart.size() > 1) {
    const std::span all(apart);
    return {joined(all.first(all.size() / 2)), joined(all.subspan(all.size() / 2))};
  }
  std::vector<Block> ranges =
      gather(block.tags, addresses, [](const Block& last, const Address& next) {
        return next.number == last.first && next.count() == last.count;
      });
  if (ranges.size() > 1) return ranges;
  return {};
}

Block join_blocks(const Block& first, const Block& second) {
  MILLRACE_CHECK(first.unit == second.unit && first.table == second.table);
  Block both = first;
  both.count = std::max(first.end(), second.end()) - first.first;
  both.tags.insert(both.tags.end(), second.tags.begin(), second.tags.end());
  return both;
}

}  // namespace millrace::modbus
