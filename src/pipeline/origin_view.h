#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/uuid.h"
#include "pipeline/inbound.h"

namespace millrace::pipeline {

/// What waits at a Millrace edge, by its own last report.
struct SpoolReport {
  std::uint64_t batches = 0;
  std::uint64_t bytes = 0;
  std::uint64_t evicted_batches = 0;
  base::Time reported;
};

/// Loss intervals on record for an origin, over all its epochs.
struct LossTotals {
  std::uint64_t intervals = 0;
  std::uint64_t batches = 0;
  std::uint64_t samples = 0;  // as far as known
};

/// What the hub knows of one origin at one moment.
struct OriginSnapshot {
  std::string name;  // as it stands in Series::source
  OriginKind kind = OriginKind::kThirdParty;
  std::string site;
  std::string group;  // Sparkplug group and edge node as they stand in topics; empty without
  std::string node;
  bool is_connected = false;
  std::optional<base::Time> since;                // of the last change of is_connected
  std::map<std::string, base::Time> things_down;  // while it is connected: since when
  std::optional<base::Time> last_received;        // of the newest batch
  double samples_per_second = 0;                  // over the last ten seconds
  // Millrace edges only:
  std::optional<SpoolReport> spool;
  std::optional<base::Duration> clock_offset;  // edge minus hub
  std::optional<base::Uuid> epoch;             // of its spool, the newest one
  std::optional<std::uint64_t> acked_to;       // every batch to here is stored or on record as lost
  std::uint64_t committed_above = 0;           // batches stored above acked_to
  LossTotals losses;
};

/// Who delivers, and how it goes: every origin the hub has ever committed anything for, also those
/// that have not come online since it started. Implemented beside the DeliveryLedger in fleet.
class OriginView {
 public:
  virtual ~OriginView() = default;
  /// By name. Any thread; a copy, whole at one moment.
  virtual std::vector<OriginSnapshot> origins() const = 0;
};

}  // namespace millrace::pipeline
