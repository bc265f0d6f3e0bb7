#include "fleet/edge_pump.h"

namespace millrace::fleet {

base::Result<std::size_t> pump(EdgeDelivery& delivery, BatchReader& reader,
                               pipeline::Uplink& uplink, const base::Uuid& epoch,
                               base::MonotonicTime now) {
  std::size_t sent = 0;
  while (const auto what = delivery.next_to_send(now)) {
    MILLRACE_LET(const auto found, reader.read(what->sequence));
    if (const auto* lost = std::get_if<pipeline::BatchesLost>(&found)) {
      delivery.gone(*lost);
      continue;
    }
    const auto& spooled = std::get<BatchReader::Spooled>(found);
    if (!uplink.send({epoch, what->sequence}, spooled.batch, what->is_historical)) return sent;
    delivery.sent(*what, spooled.bytes, now);
    ++sent;
  }
  while (const auto lost = delivery.next_lost(now)) {
    if (!uplink.send(*lost)) return sent;
    ++sent;
  }
  return sent;
}

}  // namespace millrace::fleet
