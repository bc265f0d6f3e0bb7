#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/uuid.h"
#include "model/sequence_set.h"
#include "spool/spool_content.h"

namespace millrace::spool {

/// What the index says of one batch.
struct IndexEntry {
  std::uint32_t bytes = 0;  // of its record
  std::uint32_t samples = 0;
  base::Duration spooled{};  // age clock of the spool at its put()
  base::Time time_from;      // of its samples
  base::Time time_to;
};

std::string encode_index(const IndexEntry& entry);
/// An entry of nothing, which never ages, where the bytes are damaged: only counts are lost.
IndexEntry decode_index(std::string_view bytes);

/// What a record takes of the cap: values above half a page lie on whole pages of their own.
std::uint64_t charge(std::uint64_t record_bytes);

/// The spool in memory: the stored state, and sums over the index. Batches are numbered by *place*,
/// from 1 over the whole life of the file; the sequence in the present epoch is place - base.
struct Ledger {
  // Stored, as one value of the table meta:
  base::Uuid epoch;
  std::uint64_t base = 0;
  std::uint64_t next = 1;     // place of the next put()
  std::uint64_t offered = 0;  // no place above it has been offered in this epoch
  base::Duration age{};       // how long the spool has been open in its life
  std::uint64_t evicted_batches = 0;
  std::uint64_t evicted_samples = 0;
  std::uint64_t corrupt_batches = 0;
  std::uint64_t renewals = 0;
  model::SequenceSet former;  // places delivered under former epochs
  model::SequenceSet acked;   // former, and what the hub has committed of this epoch

  // From the index:
  model::SequenceSet present;
  std::uint64_t bytes = 0;
  std::uint64_t unacked_batches = 0;
  std::uint64_t unacked_bytes = 0;
  std::uint64_t acked_from = 1;  // nothing below it is there and acknowledged

  bool is_present(std::uint64_t place) const { return present.contains(model::Sequence(place)); }
  bool is_acked(std::uint64_t place) const { return acked.contains(model::Sequence(place)); }
  bool is_former(std::uint64_t place) const { return former.contains(model::Sequence(place)); }
  std::uint64_t last() const { return next - 1; }
  /// The lowest place that is there and acknowledged, or not acknowledged.
  std::optional<std::uint64_t> first_acked() const;
  std::optional<std::uint64_t> first_unacked() const;

  void count_in(std::uint64_t place, std::uint64_t record_bytes);
  void count_out(std::uint64_t place, std::uint64_t record_bytes);
};

/// The stored part and back (grammar: spool_change.h). Errors: corrupt, unsupported.
std::string encode_state(const Ledger& ledger);
base::Result<Ledger> decode_state(std::string_view bytes);

/// A set moved by `by` places, without what falls outside of [1, last].
model::SequenceSet shifted(const model::SequenceSet& set, std::int64_t by, std::uint64_t last);

}  // namespace millrace::spool
