#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace millrace::connector::sparkplug {

/// What the aliases of one edge node stand for. A Millrace edge counts its aliases up from a small
/// number, and so do most others: small ones are places in a table, the rest is a map. One owner.
class AliasTable {
 public:
  struct Place {
    std::uint32_t device = 0;
    std::uint32_t metric = 0;
    bool operator==(const Place&) const = default;
  };

  void put(std::uint64_t alias, Place place) {
    if (alias >= kTableMax) {
      others_[alias] = place;
      return;
    }
    if (alias >= table_.size()) table_.resize(alias + 1, kNone);
    table_[alias] = place;
  }
  /// Null for an alias that stands for nothing.
  const Place* find(std::uint64_t alias) const {
    if (alias < table_.size()) return table_[alias] == kNone ? nullptr : &table_[alias];
    const auto found = others_.find(alias);
    return found == others_.end() ? nullptr : &found->second;
  }
  void erase_device(std::uint32_t device) {
    for (Place& place : table_) {
      if (place.device == device) place = kNone;
    }
    std::erase_if(others_, [&](const auto& one) { return one.second.device == device; });
  }
  void clear() {
    table_.clear();
    others_.clear();
  }

 private:
  static constexpr std::uint64_t kTableMax = 16'384;  // 128 KiB, whatever aliases a node invents
  static constexpr Place kNone{UINT32_MAX, UINT32_MAX};

  std::vector<Place> table_;
  std::unordered_map<std::uint64_t, Place> others_;
};

}  // namespace millrace::connector::sparkplug
