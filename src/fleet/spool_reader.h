#pragma once

#include "fleet/edge_pump.h"
#include "spool/spool.h"

namespace millrace::fleet {

/// EdgeDelivery's view of a spool: the batch of a sequence, or the tombstone that begins there,
/// with the samples of each batch where they are known.
class SpoolReader final : public BatchReader {
 public:
  explicit SpoolReader(spool::Spool& spool) : spool_(spool) {}

  base::Result<std::variant<Spooled, pipeline::BatchesLost>> read(
      model::Sequence sequence) override;

 private:
  spool::Spool& spool_;
};

}  // namespace millrace::fleet
