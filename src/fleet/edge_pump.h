#pragma once

#include <cstddef>
#include <optional>

#include "base/clock.h"
#include "base/error.h"
#include "fleet/edge_delivery.h"
#include "model/sample.h"
#include "pipeline/outbound.h"

namespace millrace::fleet {

/// A batch as it stands in the spool, with the bytes it takes there.
struct SpooledBatch {
  model::Batch batch;
  std::size_t bytes = 0;
};

/// Where EdgeDelivery's sequences become batches.
class BatchReader {
 public:
  virtual ~BatchReader() = default;
  /// Empty when the spool no longer has it, or when it cannot be read (then it is lost).
  virtual base::Result<std::optional<SpooledBatch>> read(model::Sequence sequence) = 0;
};

/// Sends what EdgeDelivery wants sent until it or the uplink has enough. A batch that the spool no
/// longer has is reported to `delivery` as lost ("erased"; "corrupt" when it cannot be read).
/// Gives the number of messages sent.
std::size_t pump(EdgeDelivery& delivery, BatchReader& reader, pipeline::Uplink& uplink,
                 const base::Uuid& epoch, base::MonotonicTime now);

}  // namespace millrace::fleet
