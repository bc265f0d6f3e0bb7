#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "spool/internal/lmdb_file.h"
#include "spool/spool_content.h"

namespace millrace::spool {

/// Neighbouring places whose batches are gone for one reason. A run of one place is exact; longer
/// ones come from compaction of what went long ago.
struct GoneRun {
  std::uint64_t first = 0;
  std::uint64_t length = 1;
  GoneReason reason = GoneReason::kErased;
  std::uint64_t samples = 0;
  base::Time time_from;
  base::Time time_to;
  std::vector<std::uint32_t> each;  // samples by place, not stored; empty when not known
  bool is_exact() const { return each.size() == length; }
  bool operator==(const GoneRun&) const = default;
};

inline constexpr std::uint64_t kBucketPlaces = 256;

/// The value of one bucket (grammar: spool_change.h) and back. Errors: corrupt.
std::string encode_bucket(std::uint64_t bucket, const std::vector<GoneRun>& runs);
base::Result<std::vector<GoneRun>> decode_bucket(std::uint64_t bucket, std::string_view bytes);
/// Joins neighbours of one reason.
std::vector<GoneRun> compacted(const std::vector<GoneRun>& runs);

/// The changes one transaction makes to the table of what is gone. add() gathers, flush() writes.
class GoneWriter {
 public:
  explicit GoneWriter(Transaction& transaction) : transaction_(transaction) {}
  base::Result<void> add(const GoneRun& one);
  base::Result<void> flush();

 private:
  base::Result<void> open(std::uint64_t bucket);
  base::Result<void> shrink_old(std::uint64_t newest);

  Transaction& transaction_;
  std::map<std::uint64_t, std::vector<GoneRun>> open_;  // by bucket
};

/// What is known of the gone places [from, to]: joined where the reason is the same, cut at
/// kTombstoneBatchesMax. Places that nothing is known of any more are "erased", samples unknown.
base::Result<std::vector<GoneRun>> read_gone(const Transaction& transaction, std::uint64_t from,
                                             std::uint64_t to);

}  // namespace millrace::spool
