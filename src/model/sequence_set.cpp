#include "model/sequence_set.h"

#include <algorithm>
#include <iterator>

namespace millrace::model {

bool SequenceSet::add(SequenceRange range) {
  std::uint64_t from = number(range.from), to = number(range.to);
  if (from > to || contains(range)) return false;
  auto next = ranges_.upper_bound(from);
  if (next != ranges_.begin()) {
    if (const auto previous = std::prev(next); previous->second + 1 >= from) {
      from = previous->first;
      to = std::max(to, previous->second);
      ranges_.erase(previous);
    }
  }
  while (next != ranges_.end() && next->first <= to + 1) {
    to = std::max(to, next->second);
    next = ranges_.erase(next);
  }
  ranges_[from] = to;
  return true;
}

void SequenceSet::remove(SequenceRange range) {
  const std::uint64_t from = number(range.from), to = number(range.to);
  auto it = ranges_.upper_bound(from);
  if (it != ranges_.begin()) --it;
  while (it != ranges_.end() && it->first <= to) {
    const auto [first, last] = *it;
    if (last < from) {
      ++it;
      continue;
    }
    it = ranges_.erase(it);
    if (first < from) ranges_[first] = from - 1;
    if (last > to) ranges_[to + 1] = last;
  }
}

bool SequenceSet::contains(Sequence sequence) const { return contains({sequence, sequence}); }

bool SequenceSet::contains(SequenceRange range) const {
  auto it = ranges_.upper_bound(number(range.from));
  return it != ranges_.begin() && std::prev(it)->second >= number(range.to);
}

Sequence SequenceSet::acked_to() const {
  const auto first = ranges_.begin();
  return Sequence(first != ranges_.end() && first->first <= 1 ? first->second : 0);
}

std::vector<SequenceRange> SequenceSet::ranges_above() const {
  std::vector<SequenceRange> found = ranges();
  if (number(acked_to()) > 0) found.erase(found.begin());
  return found;
}

std::vector<SequenceRange> SequenceSet::ranges() const {
  std::vector<SequenceRange> found;
  for (const auto& [from, to] : ranges_) found.push_back({Sequence(from), Sequence(to)});
  return found;
}

std::vector<SequenceRange> SequenceSet::missing(SequenceRange range) const {
  std::vector<SequenceRange> found;
  std::uint64_t at = number(range.from);
  const std::uint64_t end = number(range.to);
  while (at <= end) {
    const std::uint64_t gap = number(first_missing(Sequence(at)));
    if (gap > end) break;
    const auto next = ranges_.upper_bound(gap);
    const std::uint64_t last = next == ranges_.end() ? end : std::min(end, next->first - 1);
    found.push_back({Sequence(gap), Sequence(last)});
    at = last + 1;
  }
  return found;
}

Sequence SequenceSet::first_missing(Sequence from) const {
  const auto it = ranges_.upper_bound(number(from));
  if (it == ranges_.begin()) return from;
  const std::uint64_t last = std::prev(it)->second;
  return last >= number(from) ? Sequence(last + 1) : from;
}

std::optional<Sequence> SequenceSet::first_present(Sequence from) const {
  if (contains(from)) return from;
  const auto it = ranges_.upper_bound(number(from));
  if (it == ranges_.end()) return std::nullopt;
  return Sequence(it->first);
}

}  // namespace millrace::model
