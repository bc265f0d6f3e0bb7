#include "spool/internal/spool_change.h"

#include <algorithm>
#include <iterator>

#include "spool/internal/hold_trace.h"
#include "spool/internal/spool_keys.h"

namespace millrace::spool {
namespace {

// So that one transaction stays small even after the cap was lowered; the next one goes on.
constexpr int kEvictionsMax = 4096;

}  // namespace

base::Result<void> SpoolChange::evict(const Caps& caps, std::uint64_t bytes) {
  int left = kEvictionsMax;
  for (bool more = true; more && left > 0; --left) {
    MILLRACE_LET(more, evict_aged(ledger_.first_acked(), caps.keep_acked));
  }
  for (bool more = true; more && left > 0; --left) {
    MILLRACE_LET(more, evict_aged(ledger_.first_unacked(), caps.age_max));
  }
  for (; ledger_.bytes + bytes > caps.bytes_max && left > 0; --left) {
    auto place = ledger_.first_acked();
    if (!place) place = ledger_.first_unacked();
    if (!place) break;
    MILLRACE_TRY(evict_one(*place));
  }
  return {};
}

base::Result<bool> SpoolChange::evict_aged(std::optional<std::uint64_t> place,
                                           base::Duration age_max) {
  if (!place) return false;
  MILLRACE_LET(const IndexEntry entry, read_index(transaction_, *place));
  if (ledger_.age - entry.spooled <= age_max) return false;
  MILLRACE_TRY(evict_one(*place));
  return true;
}

base::Result<void> SpoolChange::evict_one(std::uint64_t place) {
  if (ledger_.is_acked(place)) ledger_.acked_from = place + 1;  // they go in ascending order
  return drop(place, ledger_.is_acked(place) ? GoneReason::kErased : GoneReason::kEvicted);
}

base::Result<void> SpoolChange::append(std::string_view record, const IndexEntry& entry) {
  const std::uint64_t place = ledger_.next++;
  for (std::size_t i = 0; i * kFragmentBytes < record.size(); ++i) {
    MILLRACE_TRY(transaction_.put(Table::kRecord, fragment_key(place, i),
                                  record.substr(i * kFragmentBytes, kFragmentBytes)));
  }
  MILLRACE_TRY(transaction_.put(Table::kIndex, place_key(place), encode_index(entry)));
  ledger_.count_in(place, entry.bytes);
  return {};
}

base::Result<void> SpoolChange::drop(std::uint64_t place, GoneReason reason) {
  MILLRACE_LET(const IndexEntry entry, read_index(transaction_, place));
  bool is_there = true;
  for (std::size_t i = 0; is_there; ++i) {
    MILLRACE_LET(is_there, transaction_.erase(Table::kRecord, fragment_key(place, i)));
  }
  MILLRACE_TRY(transaction_.erase(Table::kIndex, place_key(place)));
  ledger_.count_out(place, entry.bytes);
  if (reason == GoneReason::kCorrupt) ++ledger_.corrupt_batches;
  if (reason == GoneReason::kEvicted) {
    ++ledger_.evicted_batches;
    ledger_.evicted_samples += entry.samples;
  }
  const std::uint32_t samples = reason == GoneReason::kRefused ? 0 : entry.samples;
  return gone_.add({.first = place,
                    .reason = reason,
                    .samples = samples,
                    .time_from = entry.time_from,
                    .time_to = entry.time_to,
                    .each = {samples}});
}

base::Result<void> SpoolChange::trace(const Hold& hold) {
  const std::string key = hold_key(hold.thing, hold.property);
  if (key.size() > kHoldKeyBytesMax) return {};  // no name is that long
  if (hold.samples > 0) return transaction_.put(Table::kMeta, key, encode_hold(hold));
  MILLRACE_TRY(transaction_.erase(Table::kMeta, key));
  return {};
}

base::Result<void> SpoolChange::lose(const HeldLoss& lost) {
  MILLRACE_TRY(transaction_.erase(Table::kMeta, hold_key(lost.thing, lost.property)));
  const std::string record = encode_held(lost);
  return append(record, {.bytes = static_cast<std::uint32_t>(record.size()),
                         .samples = static_cast<std::uint32_t>(lost.samples),
                         .spooled = ledger_.age,
                         .time_from = lost.from,
                         .time_to = lost.to});
}

base::Result<Ledger> SpoolChange::commit() {
  MILLRACE_TRY(gone_.flush());
  MILLRACE_TRY(transaction_.put(Table::kMeta, kStateKey, encode_state(ledger_)));
  MILLRACE_TRY(transaction_.commit());
  return std::move(ledger_);
}

base::Result<std::string> read_record(const Transaction& transaction, std::uint64_t place) {
  std::string record;
  for (std::size_t i = 0;; ++i) {
    MILLRACE_LET(const auto fragment, transaction.get(Table::kRecord, fragment_key(place, i)));
    if (!fragment) break;
    record += *fragment;
    if (fragment->size() < kFragmentBytes) break;
  }
  return record;
}

base::Result<IndexEntry> read_index(const Transaction& transaction, std::uint64_t place) {
  MILLRACE_LET(const auto bytes, transaction.get(Table::kIndex, place_key(place)));
  return bytes ? decode_index(*bytes) : IndexEntry{};
}

base::Result<std::optional<Ledger>> load_ledger(const Transaction& transaction) {
  MILLRACE_LET(const auto state, transaction.get(Table::kMeta, kStateKey));
  if (!state) return std::nullopt;
  MILLRACE_LET(Ledger ledger, decode_state(*state));
  std::uint64_t from = 1;
  while (true) {
    MILLRACE_LET(const auto found, transaction.at_or_behind(Table::kIndex, place_key(from)));
    if (!found) return ledger;
    const std::uint64_t place = place_of(found->key);
    ledger.count_in(place, decode_index(found->value).bytes);
    from = place + 1;
  }
}

BatchSum sum_of_difference(const Transaction& reading, const model::SequenceSet& wider,
                           const model::SequenceSet& narrower, const model::SequenceSet& present) {
  BatchSum sum;
  std::vector<model::SequenceRange> parts;
  for (const model::SequenceRange& range : wider.ranges()) {
    std::ranges::copy(narrower.missing(range), std::back_inserter(parts));
  }
  for (const model::SequenceRange& part : parts) {
    auto at = present.first_present(part.from);
    for (; at && *at <= part.to; at = present.first_present(next(*at))) {
      const auto entry = read_index(reading, number(*at));
      sum.bytes += charge(entry ? entry->bytes : 0);
      ++sum.batches;
    }
  }
  return sum;
}

IndexEntry index_of(const model::Batch& batch, std::size_t record_bytes, base::Duration age) {
  IndexEntry entry{.bytes = static_cast<std::uint32_t>(record_bytes),
                   .samples = static_cast<std::uint32_t>(batch.samples.size()),
                   .spooled = age,
                   .time_from = batch.made.wall,
                   .time_to = batch.made.wall};
  if (batch.samples.empty()) return entry;
  const auto earlier = [](const model::BatchSample& a, const model::BatchSample& b) {
    return a.sample.time < b.sample.time;
  };
  const auto [first, last] = std::ranges::minmax_element(batch.samples, earlier);
  entry.time_from = first->sample.time;
  entry.time_to = last->sample.time;
  return entry;
}

}  // namespace millrace::spool
