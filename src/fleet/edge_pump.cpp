#include "fleet/edge_pump.h"

#include <algorithm>

namespace millrace::fleet {
namespace {

/// What can never be sent is as lost as what the spool no longer has, and goes on record as that.
pipeline::BatchesLost never_sent(const model::Batch& batch, const base::Uuid& epoch,
                                 model::Sequence sequence) {
  pipeline::BatchesLost lost{.epoch = epoch,
                             .range = {sequence, sequence},
                             .samples = {static_cast<std::uint32_t>(batch.samples.size())},
                             .reason = "too_large"};
  const auto time_of = [](const model::BatchSample& one) { return one.sample.time; };
  const auto [first, last] = std::ranges::minmax_element(batch.samples, {}, time_of);
  if (first == batch.samples.end()) return lost;
  lost.time_from = first->sample.time;
  lost.time_to = last->sample.time;
  return lost;
}

}  // namespace

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
    const auto& [batch, bytes] = std::get<BatchReader::Spooled>(found);
    const auto result = uplink.send({epoch, what->sequence}, batch, what->is_historical);
    if (result == pipeline::Sending::kNotNow) return sent;
    if (result == pipeline::Sending::kTooLarge) {
      delivery.gone(never_sent(batch, epoch, what->sequence));
      continue;
    }
    delivery.sent(*what, bytes, now);
    ++sent;
  }
  while (const auto shown = delivery.next_unpositioned()) {
    MILLRACE_LET(const auto found, reader.read(*shown));
    const auto* spooled = std::get_if<BatchReader::Spooled>(&found);
    if (!spooled) continue;  // its turn comes
    const auto result = uplink.send_unpositioned(spooled->batch);
    if (result == pipeline::Sending::kNotNow) return sent;
    sent += result == pipeline::Sending::kSent ? 1 : 0;
  }
  while (const auto lost = delivery.next_lost(now)) {
    if (!uplink.send(*lost)) return sent;
    ++sent;
  }
  return sent;
}

}  // namespace millrace::fleet
