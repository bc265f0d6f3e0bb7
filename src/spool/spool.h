#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/files.h"
#include "base/random.h"
#include "model/sample.h"
#include "spool/record.h"
#include "spool/spool_content.h"

namespace millrace::spool {

/// How a spool keeps its batches.
struct SpoolOptions {
  /// The folder of the spool; made when it is not there. One process at a time.
  std::filesystem::path directory;
  /// The cap, in bytes as charged (records, rounded up to pages where LMDB does so). At least 64
  /// KB. The file takes up to twice of it, and never shrinks.
  std::uint64_t bytes_max = 1ULL << 30;
  /// Batches that were not acknowledged within this time are given up. It counts while the spool is
  /// open, not by the wall clock: a clock that jumps evicts nothing.
  base::Duration age_max = std::chrono::days(30);
  /// How long acknowledged batches are kept for a hub that is restored from a backup.
  base::Duration keep_acked = std::chrono::hours(24);
  /// What the file may take beyond twice the cap, for pages that are badly filled: the hub commits
  /// in at most 4,096 ranges, each of which can leave two of them.
  std::uint64_t slack_bytes = 48U << 20;
};

class LmdbFile;
class SpoolChange;
struct Ledger;

/// The store-and-forward queue of an edge. A batch has the position (epoch, sequence): the epoch is
/// a UUID made with the file, sequences count from 1 without holes and are never used twice.
///
/// What put() has returned survives the loss of power at any instruction, or is evicted at the cap
/// and leaves a tombstone in the same transaction. Each sequence below `next` is at any time either
/// there or a tombstone; read() gives one or the other. A damaged batch becomes a tombstone with
/// the reason "corrupt" when it is read and costs nothing else; a file that LMDB cannot read is set
/// aside as spool.mdb.damaged-<n> and a new epoch begins.
///
/// Threads: any; calls wait for each other, put() for the disk. Errors: no_space (disk full, or one
/// batch larger than half the cap), conflict (another process has the spool), unavailable.
class Spool {
 public:
  struct Deps {
    const base::Clock& clock;
    base::Random& random;  // for epochs; used under the spool's lock
  };

  /// Checks the options. Errors: invalid.
  static base::Result<std::unique_ptr<Spool>> create(SpoolOptions options, Deps deps);
  ~Spool();

  base::Result<void> start();
  /// Writes down what is acknowledged and closes; the destructor alone is like a kill.
  void stop();

  /// Makes all batches durable in one transaction, in this order, and gives the sequence of the
  /// first. All or none. In the same transaction `holds` replace what is known of these properties:
  /// what the process has of them in memory only. Should it be killed, the next start() puts their
  /// loss on record, as a tombstone (kHeld) at a sequence of its own.
  base::Result<model::Sequence> put(std::span<const model::Batch> batches,
                                    std::span<const Hold> holds = {});

  /// What stands in `range`, up to `bytes_max` of records but at least one batch or tombstone: with
  /// 1 byte, the first batch and the tombstones before it.
  base::Result<Content> read(model::SequenceRange range, std::size_t bytes_max);

  /// What the hub has committed of this epoch; replaces what was known, and may say less after a
  /// hub was restored. Written to disk with the next put().
  void committed(const model::SequenceSet& set);
  /// What was last known as committed of this epoch, also by an earlier run.
  model::SequenceSet committed() const;

  /// From now on everything may be offered to the hub: what is there is noted durably as offered,
  /// new batches in their own transaction. A hub that has committed more than was ever offered
  /// proves that this spool has gone back in time.
  base::Result<void> begin_offering();
  /// Batches put from now on have not been offered.
  void end_offering();

  /// A new epoch in which everything but `delivered` (sequences of the present one) has a new
  /// sequence, in the same order from 1. Moves no data.
  base::Result<void> renew_epoch(const model::SequenceSet& delivered);

  SpoolState state() const;
  SpoolStats stats() const;

 private:
  Spool(SpoolOptions options, Deps deps);
  std::filesystem::path file_path() const;
  base::Result<void> open();
  base::Result<void> open_file();
  base::Result<void> set_damaged_file_aside();
  base::Result<void> adopt(Ledger loaded);
  base::Result<void> begin_new_file();
  base::Result<void> refuse_from(std::uint64_t place);
  base::Result<std::unique_ptr<SpoolChange>> change();
  base::Result<void> commit(SpoolChange& change);
  struct Putting {
    std::span<const model::Batch> batches;
    std::vector<std::string> records;  // of the batches
    std::span<const Hold> holds;
  };
  void record_left_behind();
  base::Result<void> try_put(const Putting& what);
  base::Result<void> make_room();
  base::Result<Content> read_places(std::uint64_t from, std::uint64_t to, std::size_t bytes_max);
  void bury(const std::vector<std::uint64_t>& corrupt);
  void acknowledge(model::SequenceSet acked);

  const SpoolOptions options_;
  const Deps deps_;
  mutable std::mutex mutex_;
  base::FileDescriptor lock_;
  std::unique_ptr<LmdbFile> file_;
  std::unique_ptr<Ledger> ledger_;
  bool is_started_ = false;
  bool is_offering_ = false;
  bool is_after_damage_ = false;
  std::vector<HeldLoss> left_behind_;  // by a process that was killed; not yet on record
  base::MonotonicTime aged_at_{};
};

}  // namespace millrace::spool
