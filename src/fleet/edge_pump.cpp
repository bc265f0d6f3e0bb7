#include "fleet/edge_pump.h"

namespace millrace::fleet {
namespace {

pipeline::BatchesLost lost_batch(const base::Uuid& epoch, model::Sequence sequence,
                                 const char* reason) {
  return {.epoch = epoch, .range = {sequence, sequence}, .reason = reason};
}

}  // namespace

std::size_t pump(EdgeDelivery& delivery, BatchReader& reader, pipeline::Uplink& uplink,
                 const base::Uuid& epoch, base::MonotonicTime now) {
  std::size_t sent = 0;
  while (const auto lost = delivery.next_lost(now)) {
    if (!uplink.send(*lost)) return sent;
    ++sent;
  }
  while (const auto what = delivery.next_to_send(now)) {
    const auto spooled = reader.read(what->sequence);
    if (!spooled && spooled.error().retry == base::Retry::kLater) return sent;
    if (!spooled || !*spooled) {
      delivery.evicted(lost_batch(epoch, what->sequence, spooled ? "erased" : "corrupt"), {});
      continue;
    }
    const SpooledBatch& record = **spooled;
    if (!uplink.send({epoch, what->sequence}, record.batch, what->is_historical)) return sent;
    delivery.sent(*what, record.bytes, now);
    ++sent;
  }
  return sent;
}

}  // namespace millrace::fleet
