#include "spool/internal/ledger.h"

#include <algorithm>

#include "spool/crc32c.h"
#include "spool/internal/byte_stream.h"

namespace millrace::spool {
namespace {

using model::Sequence;
using model::SequenceSet;

constexpr std::uint8_t kLedgerVersion = 1;
constexpr std::size_t kRangesMax = 1U << 20;
constexpr std::uint64_t kPageBytes = 4096, kPageHeadBytes = 16, kOverflowFrom = 2000;
constexpr std::uint64_t kRecordOverhead = 96;  // key, node and index entry

void write_set(ByteWriter& out, const SequenceSet& set) {
  out.varint(set.range_count());
  std::uint64_t at = 0;
  for (const model::SequenceRange& range : set.ranges()) {
    out.varint(number(range.from) - at);
    out.varint(count(range));
    at = number(range.to);
  }
}

SequenceSet read_set(ByteReader& in) {
  SequenceSet set;
  std::uint64_t at = 0;
  for (std::size_t left = in.count(kRangesMax); left > 0 && in.is_good(); --left) {
    const std::uint64_t from = at + in.varint();
    at = from + in.varint() - 1;
    set.add({Sequence(from), Sequence(at)});
  }
  return set;
}

}  // namespace

std::string encode_index(const IndexEntry& entry) {
  std::string bytes;
  ByteWriter out(bytes);
  out.fixed(entry.bytes);
  out.fixed(entry.samples);
  out.fixed(entry.spooled.count());
  out.fixed(micros(entry.time_from));
  out.fixed(micros(entry.time_to));
  out.fixed(crc32c(bytes));
  return bytes;
}

IndexEntry decode_index(std::string_view bytes) {
  ByteReader in(bytes);
  IndexEntry entry;
  entry.bytes = in.fixed<std::uint32_t>();
  entry.samples = in.fixed<std::uint32_t>();
  entry.spooled = base::Duration(in.fixed<std::int64_t>());
  entry.time_from = time_of(in.fixed<std::int64_t>());
  entry.time_to = time_of(in.fixed<std::int64_t>());
  const auto checksum = in.fixed<std::uint32_t>();
  const bool holds = in.is_good() && in.is_at_end() &&
                     checksum == crc32c(bytes.substr(0, bytes.size() - sizeof checksum));
  return holds ? entry : IndexEntry{.spooled = base::Duration::max()};
}

std::uint64_t charge(std::uint64_t record_bytes) {
  if (record_bytes < kOverflowFrom) return record_bytes + kRecordOverhead;
  const std::uint64_t pages = (record_bytes + kPageHeadBytes + kPageBytes - 1) / kPageBytes;
  return pages * kPageBytes + kRecordOverhead;
}

std::optional<std::uint64_t> Ledger::first_acked() const {
  auto at = present.first_present(Sequence(acked_from));
  while (at && !acked.contains(*at)) {
    const auto next_acked = acked.first_present(*at);
    if (!next_acked) return std::nullopt;
    at = present.first_present(*next_acked);
  }
  if (!at) return std::nullopt;
  return number(*at);
}

std::optional<std::uint64_t> Ledger::first_unacked() const {
  auto at = present.first_present(Sequence(1));
  while (at && acked.contains(*at)) at = present.first_present(acked.first_missing(*at));
  if (!at) return std::nullopt;
  return number(*at);
}

void Ledger::count_in(std::uint64_t place, std::uint64_t record_bytes) {
  present.add({Sequence(place), Sequence(place)});
  bytes += charge(record_bytes);
  if (is_acked(place)) return;
  ++unacked_batches;
  unacked_bytes += charge(record_bytes);
}

void Ledger::count_out(std::uint64_t place, std::uint64_t record_bytes) {
  present.remove({Sequence(place), Sequence(place)});
  bytes -= std::min(bytes, charge(record_bytes));
  if (is_acked(place)) return;
  --unacked_batches;
  unacked_bytes -= std::min(unacked_bytes, charge(record_bytes));
}

std::string encode_state(const Ledger& ledger) {
  std::string bytes;
  ByteWriter out(bytes);
  out.fixed(kLedgerVersion);
  out.fixed(ledger.epoch.bytes);
  out.varint(ledger.base);
  out.varint(ledger.next);
  out.varint(ledger.offered);
  out.varint(static_cast<std::uint64_t>(ledger.age.count()));
  out.varint(ledger.evicted_batches);
  out.varint(ledger.evicted_samples);
  out.varint(ledger.corrupt_batches);
  out.varint(ledger.renewals);
  write_set(out, ledger.former);
  write_set(out, ledger.acked);
  out.fixed(crc32c(bytes));
  return bytes;
}

base::Result<Ledger> decode_state(std::string_view bytes) {
  ByteReader in(bytes.substr(0, bytes.size() - std::min<std::size_t>(bytes.size(), 4)));
  ByteReader tail(bytes.substr(bytes.size() - std::min<std::size_t>(bytes.size(), 4)));
  const auto version = in.fixed<std::uint8_t>();
  if (in.is_good() && version > kLedgerVersion) {
    return base::fail(base::ErrorCode::kUnsupported,
                      std::format("the spool has format version {}", version),
                      "Use the newer millrace-edge that wrote this spool.");
  }
  Ledger ledger;
  ledger.epoch.bytes = in.fixed<decltype(ledger.epoch.bytes)>();
  ledger.base = in.varint();
  ledger.next = in.varint();
  ledger.offered = in.varint();
  ledger.age = base::Duration(static_cast<std::int64_t>(in.varint()));
  ledger.evicted_batches = in.varint();
  ledger.evicted_samples = in.varint();
  ledger.corrupt_batches = in.varint();
  ledger.renewals = in.varint();
  ledger.former = read_set(in);
  ledger.acked = read_set(in);
  const bool holds = in.is_good() && in.is_at_end() && version == kLedgerVersion &&
                     ledger.next > 0 &&
                     tail.fixed<std::uint32_t>() == crc32c(bytes.substr(0, bytes.size() - 4));
  if (!holds) return base::fail(base::ErrorCode::kCorrupt, "the state of the spool is damaged");
  return ledger;
}

SequenceSet shifted(const SequenceSet& set, std::int64_t by, std::uint64_t last) {
  SequenceSet moved;
  for (const model::SequenceRange& range : set.ranges()) {
    const auto from = static_cast<std::int64_t>(number(range.from)) + by;
    const auto to = static_cast<std::int64_t>(number(range.to)) + by;
    const std::uint64_t low = from < 1 ? 1 : static_cast<std::uint64_t>(from);
    const std::uint64_t high = to < 0 ? 0 : std::min(last, static_cast<std::uint64_t>(to));
    if (low <= high) moved.add({Sequence(low), Sequence(high)});
  }
  return moved;
}

}  // namespace millrace::spool
