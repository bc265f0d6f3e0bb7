#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/uuid.h"
#include "model/sample.h"
#include "model/sequence_set.h"

namespace millrace::spool {

/// Why a batch is no longer in the spool. The numbers are stored: never change or reuse one.
enum class GoneReason : std::uint8_t {
  kEvicted = 1,    // given up at the cap before the hub had acknowledged it: lost
  kErased = 2,     // acknowledged, and dropped later
  kCorrupt = 3,    // its bytes on the disk were no longer what was written
  kDelivered = 4,  // stored by the hub under a former epoch
  kRefused = 5,    // its put() failed after all; its maker was told so
  kHeld = 6,       // never a batch: a filter held it in memory when the process was killed
};

/// "evicted", "erased", "corrupt", "delivered", "refused", "held": as in
/// store::LossInterval::reason.
std::string_view text(GoneReason reason);

inline constexpr std::uint64_t kTombstoneBatchesMax = 2000;

/// What stands in for batches that the spool can no longer give: at most kTombstoneBatchesMax.
struct Tombstone {
  model::SequenceRange range;
  GoneReason reason = GoneReason::kErased;
  std::uint64_t samples = 0;        // of all; 0 when unknown
  std::vector<std::uint32_t> each;  // of each batch in the range; empty when unknown one by one
  base::Time time_from;             // of the samples; equal to time_to when unknown
  base::Time time_to;
  std::string thing = {};     // of kHeld: whose samples, at least that many; the others are no
  std::string property = {};  // newer than time_to
  bool operator==(const Tombstone&) const = default;
};

/// What a process that uses the spool holds of one property in memory only.
struct Hold {
  std::string thing;
  std::string property;
  base::Time from;            // of the first sample
  base::Time last;            // of the newest one so far
  base::Time until;           // none will be held longer than that
  std::uint64_t samples = 0;  // so far; 0: nothing is held any more
};

/// A batch as it is read back.
struct SpooledBatch {
  model::Sequence sequence{};
  std::size_t bytes = 0;  // of its record
  model::Batch batch;
};

/// What a read gives: every sequence of [from, next) is in exactly one of the two, ascending.
struct Content {
  std::vector<SpooledBatch> batches;
  std::vector<Tombstone> gone;
  model::Sequence next{};  // where to read on
};

/// Where a spool stands.
struct SpoolState {
  base::Uuid epoch;
  model::Sequence oldest{};   // lowest one still there; `next` when the spool is empty
  model::Sequence next{};     // the next put() gets this one
  model::Sequence offered{};  // none above this one has ever been offered to a hub
};

/// Counts since the spool was made, unless stated otherwise.
struct SpoolStats {
  std::uint64_t batches = 0;                 // there now, acknowledged ones included
  std::uint64_t bytes = 0;                   // charged to the cap now
  std::uint64_t unacknowledged_batches = 0;  // now
  std::uint64_t unacknowledged_bytes = 0;    // now
  std::uint64_t evicted_batches = 0;         // lost: not acknowledged
  std::uint64_t evicted_samples = 0;
  std::uint64_t corrupt_batches = 0;
  std::uint64_t renewals = 0;    // epochs after the first
  bool is_after_damage = false;  // the file could not be read at start() and was set aside
};

}  // namespace millrace::spool
