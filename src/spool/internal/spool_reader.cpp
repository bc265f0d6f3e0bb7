#include "spool/internal/spool_reader.h"

#include <algorithm>

#include "spool/internal/spool_change.h"
#include "spool/record.h"

namespace millrace::spool {
namespace {

using model::Sequence;

/// The end of the stretch from `at` to `to` in which no place is in `set`.
std::uint64_t end_before(const model::SequenceSet& set, std::uint64_t at, std::uint64_t to) {
  const auto next = set.first_present(Sequence(at));
  return next ? std::min(to, number(*next) - 1) : to;
}

}  // namespace

base::Result<Content> SpoolReader::read(std::uint64_t from, std::uint64_t to,
                                        std::size_t bytes_max) {
  at_ = from;
  while (at_ <= to && (bytes_ < bytes_max || at_ == from)) {
    if (ledger_.is_former(at_)) {
      note_delivered(to);
    } else if (ledger_.is_present(at_)) {
      MILLRACE_TRY(read_batch());
    } else {
      MILLRACE_TRY(read_tombstones(to));
    }
  }
  content_.next = Sequence(at_ - ledger_.base);
  return std::move(content_);
}

base::Result<void> SpoolReader::read_batch() {
  const std::uint64_t place = at_++;
  MILLRACE_LET(const std::string record, read_record(transaction_, place));
  if (auto batch = decode_record(record)) {
    content_.batches.push_back({Sequence(place - ledger_.base), record.size(), std::move(*batch)});
    bytes_ += record.size();
    return {};
  }
  if (auto held = decode_held(record)) {
    add_held(place, std::move(*held));
    bytes_ += record.size();
    return {};
  }
  MILLRACE_LET(const IndexEntry entry, read_index(transaction_, place));
  corrupt_.push_back(place);
  add({.first = place,
       .reason = GoneReason::kCorrupt,
       .samples = entry.samples,
       .time_from = entry.time_from,
       .time_to = entry.time_to,
       .each = {entry.samples}});
  return {};
}

base::Result<void> SpoolReader::read_tombstones(std::uint64_t to) {
  const std::uint64_t end =
      std::min(end_before(ledger_.present, at_, to), end_before(ledger_.former, at_, to));
  MILLRACE_LET(const auto runs, read_gone(transaction_, at_, end));
  for (const GoneRun& run : runs) add(run);
  at_ = end + 1;
  return {};
}

void SpoolReader::note_delivered(std::uint64_t to) {
  const std::uint64_t end = number(ledger_.former.first_missing(Sequence(at_))) - 1;
  add({.first = at_, .length = std::min(end, to) - at_ + 1, .reason = GoneReason::kDelivered});
  at_ = std::min(end, to) + 1;
}

void SpoolReader::add_held(std::uint64_t place, HeldLoss lost) {
  const auto sequence = Sequence(place - ledger_.base);
  content_.gone.push_back({.range = {sequence, sequence},
                           .reason = GoneReason::kHeld,
                           .samples = lost.samples,
                           .each = {static_cast<std::uint32_t>(lost.samples)},
                           .time_from = lost.from,
                           .time_to = lost.to,
                           .thing = std::move(lost.thing),
                           .property = std::move(lost.property)});
}

void SpoolReader::add(const GoneRun& run) {
  const std::uint64_t first = run.first - ledger_.base;
  content_.gone.push_back({.range = {Sequence(first), Sequence(first + run.length - 1)},
                           .reason = run.reason,
                           .samples = run.samples,
                           .each = run.each,
                           .time_from = run.time_from,
                           .time_to = run.time_to});
}

}  // namespace millrace::spool
