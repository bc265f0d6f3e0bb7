#pragma once

#include <cstdint>
#include <vector>

#include "base/error.h"
#include "spool/internal/gone_runs.h"
#include "spool/internal/ledger.h"
#include "spool/internal/lmdb_file.h"
#include "spool/record.h"
#include "spool/spool_content.h"

namespace millrace::spool {

/// Reads places into a Content: batches where they are, tombstones everywhere else.
class SpoolReader {
 public:
  SpoolReader(const Transaction& transaction, const Ledger& ledger)
      : transaction_(transaction), ledger_(ledger) {}

  /// The places [from, to] up to `bytes_max` of records, at least one batch or tombstone.
  base::Result<Content> read(std::uint64_t from, std::uint64_t to, std::size_t bytes_max);
  /// Places that are there and could not be read.
  const std::vector<std::uint64_t>& corrupt() const { return corrupt_; }

 private:
  base::Result<void> read_batch();
  base::Result<void> read_tombstones(std::uint64_t to);
  void note_delivered(std::uint64_t to);
  void add(const GoneRun& run);
  void add_held(std::uint64_t place, HeldLoss lost);

  const Transaction& transaction_;
  const Ledger& ledger_;
  Content content_;
  std::uint64_t at_ = 0;
  std::size_t bytes_ = 0;
  std::vector<std::uint64_t> corrupt_;
};

}  // namespace millrace::spool
