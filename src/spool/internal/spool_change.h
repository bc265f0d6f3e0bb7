#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "model/sample.h"
#include "spool/internal/gone_runs.h"
#include "spool/internal/ledger.h"
#include "spool/internal/lmdb_file.h"
#include "spool/record.h"

// The file of a spool, version 1: an LMDB file (spool.mdb) with four tables. A place is the number
// of a batch over the life of the file, from 1, never reused; sequence = place - base. Numbers as
// in byte_stream.h, keys big-endian.
//
//   meta    "state" → version:u8 (1) epoch:16 bytes base:varint next:varint offered:varint
//                     age:varint evicted_batches:varint evicted_samples:varint
//                     corrupt_batches:varint renewals:varint former:set acked:set crc32c:u32
//                     set = ranges:varint (gap from the last end:varint length:varint)*
//           "hold" 0:u8 thing 0:u8 property → version:u8 (1) from:i64 last:i64 until:i64
//                     samples:varint crc32c:u32
//   record  place:u64 fragment:u16 → at most 65,536 bytes of the record (record.cpp)
//   index   place:u64 → bytes:u32 samples:u32 spooled:i64 time_from:i64 time_to:i64 crc32c:u32
//   gone    place/256:u64 → run* crc32c:u32, ascending
//                     run = gap:varint length:varint reason:u8 samples:varint
//                           time_from:signed varint duration:varint
//
// Every place in [1, next) is either in index and record, or gone; what neither has is gone for an
// unknown reason. crc32c is over the bytes before it. Recovery: one transaction changes all four
// tables, so there is nothing to repair; a damaged record or bucket costs itself, a damaged state
// or page tree the file, which is set aside.
//
// A hold says what the process that has the file open keeps in memory only, as of the last
// transaction: it is changed in the one that makes what was held durable. One that start() finds is
// of a process that was killed. It becomes a record of version 2 at a place of its own, in one
// transaction, which is delivered as a loss. Holds came in November 2026: a program from before
// leaves them alone, and the next one that knows them finds them.

namespace millrace::spool {

inline constexpr std::string_view kStateKey = "state";
inline constexpr std::size_t kFragmentBytes = 65'536;

/// The caps that a change keeps.
struct Caps {
  std::uint64_t bytes_max = 0;
  base::Duration age_max{};
  base::Duration keep_acked{};
};

/// One durable change of a spool: a transaction and the ledger as it will be after it. Nothing has
/// happened until commit() gives that ledger.
class SpoolChange {
 public:
  SpoolChange(Transaction transaction, Ledger ledger)
      : transaction_(std::move(transaction)), ledger_(std::move(ledger)), gone_(transaction_) {}
  SpoolChange(const SpoolChange&) = delete;
  SpoolChange& operator=(const SpoolChange&) = delete;

  Ledger& ledger() { return ledger_; }

  /// Drops what is too old, then makes room for `bytes`: acknowledged records first, silently, then
  /// the oldest others, which become tombstones.
  base::Result<void> evict(const Caps& caps, std::uint64_t bytes);
  base::Result<void> append(std::string_view record, const IndexEntry& entry);
  /// Takes the batch out; only its tombstone stays.
  base::Result<void> drop(std::uint64_t place, GoneReason reason);
  /// What is held in memory from now on, or no more.
  base::Result<void> trace(const Hold& hold);
  /// What a killed process held: its trace becomes the record of its loss.
  base::Result<void> lose(const HeldLoss& lost);
  base::Result<Ledger> commit();

 private:
  base::Result<bool> evict_aged(std::optional<std::uint64_t> place, base::Duration age_max);
  base::Result<void> evict_one(std::uint64_t place);

  Transaction transaction_;
  Ledger ledger_;
  GoneWriter gone_;
};

/// The whole record of a place; empty when a fragment of it is missing.
base::Result<std::string> read_record(const Transaction& transaction, std::uint64_t place);
base::Result<IndexEntry> read_index(const Transaction& transaction, std::uint64_t place);
/// Reads the stored state and sums up the index; nothing when the file is new.
base::Result<std::optional<Ledger>> load_ledger(const Transaction& transaction);

/// Some of the batches.
struct BatchSum {
  std::uint64_t batches = 0;
  std::uint64_t bytes = 0;
};

/// What is present, in `wider` and not in `narrower`.
BatchSum sum_of_difference(const Transaction& reading, const model::SequenceSet& wider,
                           const model::SequenceSet& narrower, const model::SequenceSet& present);

/// What the index will say of a batch.
IndexEntry index_of(const model::Batch& batch, std::size_t record_bytes, base::Duration age);

}  // namespace millrace::spool
