#pragma once

#include <cstddef>
#include <variant>

#include "base/clock.h"
#include "base/error.h"
#include "fleet/edge_delivery.h"
#include "model/sample.h"
#include "pipeline/outbound.h"

namespace millrace::fleet {

/// Where EdgeDelivery's sequences become batches.
class BatchReader {
 public:
  /// A batch with the bytes it takes in the spool.
  struct Spooled {
    model::Batch batch;
    std::size_t bytes = 0;
  };

  virtual ~BatchReader() = default;
  /// The batch, or the tombstone that covers its sequence.
  virtual base::Result<std::variant<Spooled, pipeline::BatchesLost>> read(
      model::Sequence sequence) = 0;
};

/// Sends what EdgeDelivery wants sent until it or the uplink has enough; a batch that is too large
/// for the way becomes a loss. Gives the number of messages sent. Errors: those of the reader.
base::Result<std::size_t> pump(EdgeDelivery& delivery, BatchReader& reader,
                               pipeline::Uplink& uplink, const base::Uuid& epoch,
                               base::MonotonicTime now);

}  // namespace millrace::fleet
