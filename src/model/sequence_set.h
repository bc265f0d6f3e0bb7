#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "model/ids.h"

namespace millrace::model {

/// Both ends included.
struct SequenceRange {
  Sequence from{};
  Sequence to{};
  bool operator==(const SequenceRange&) const = default;
};

/// How many sequences a range holds.
constexpr std::uint64_t count(const SequenceRange& range) {
  return number(range.to) - number(range.from) + 1;
}

/// A set of sequences as disjoint, non-adjacent ranges; what a hub has committed of an epoch. The
/// watermark `acked_to()` is the end of the range that starts at 1.
class SequenceSet {
 public:
  SequenceSet() = default;

  /// Adds the range; true when any of it was new.
  bool add(SequenceRange range);
  void remove(SequenceRange range);
  bool contains(Sequence sequence) const;
  bool contains(SequenceRange range) const;
  /// Every sequence up to here is in the set; 0 when 1 is not.
  Sequence acked_to() const;
  /// The ranges above the watermark, ascending.
  std::vector<SequenceRange> ranges_above() const;
  /// All ranges, ascending.
  std::vector<SequenceRange> ranges() const;
  /// The parts of `range` that are not in the set, ascending.
  std::vector<SequenceRange> missing(SequenceRange range) const;
  /// The lowest sequence at or above `from` that is not in the set.
  Sequence first_missing(Sequence from) const;
  /// The lowest sequence at or above `from` that is in the set.
  std::optional<Sequence> first_present(Sequence from) const;
  bool is_empty() const { return ranges_.empty(); }
  std::size_t range_count() const { return ranges_.size(); }

  bool operator==(const SequenceSet&) const = default;

 private:
  std::map<std::uint64_t, std::uint64_t> ranges_;  // first → last
};

}  // namespace millrace::model
