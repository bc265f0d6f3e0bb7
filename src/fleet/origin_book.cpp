#include "fleet/origin_book.h"

#include <algorithm>

namespace millrace::fleet {
namespace {

using pipeline::BatchArrived;
using pipeline::OriginDown;
using pipeline::OriginKind;
using pipeline::OriginStatus;
using pipeline::OriginUp;

constexpr std::size_t kOffsetsMax = 30;

}  // namespace

OriginBook::OriginBook(const base::Clock& clock,
                       const std::vector<store::DeliveryState>& deliveries,
                       const std::vector<store::LossInterval>& losses)
    : clock_(clock) {
  committed(deliveries, losses);
}

void OriginBook::note(const pipeline::Inbound& inbound, bool is_stored) {
  if (const auto* arrived = std::get_if<BatchArrived>(&inbound)) return note(*arrived, is_stored);
  const std::lock_guard lock(mutex_);
  if (const auto* up = std::get_if<OriginUp>(&inbound)) note_one(*up);
  if (const auto* down = std::get_if<OriginDown>(&inbound)) note_one(*down);
  if (const auto* up = std::get_if<pipeline::ThingUp>(&inbound)) note_one(*up);
  if (const auto* down = std::get_if<pipeline::ThingDown>(&inbound)) note_one(*down);
  if (const auto* status = std::get_if<OriginStatus>(&inbound)) note_one(*status);
}

void OriginBook::committed(const std::vector<store::DeliveryState>& deliveries,
                           const std::vector<store::LossInterval>& losses) {
  const std::lock_guard lock(mutex_);
  for (const store::DeliveryState& state : deliveries) {
    Entry& known = entry(state.origin);
    known.snapshot.kind = OriginKind::kMillrace;
    if (state.updated < known.delivery_updated) continue;  // an older epoch
    known.delivery_updated = state.updated;
    known.snapshot.epoch = state.epoch;
    known.snapshot.acked_to = number(state.committed.acked_to());
    known.snapshot.committed_above = 0;
    for (const auto& range : state.committed.ranges_above()) {
      known.snapshot.committed_above += model::count(range);
    }
  }
  for (const store::LossInterval& loss : losses) {
    pipeline::LossTotals& totals = entry(loss.origin).snapshot.losses;
    ++totals.intervals;
    totals.batches += model::count(loss.range);
    totals.samples += loss.samples;
  }
}

std::vector<pipeline::OriginSnapshot> OriginBook::origins() const {
  const std::lock_guard lock(mutex_);
  std::vector<pipeline::OriginSnapshot> all;
  for (const auto& [name, known] : entries_) {
    all.push_back(known.snapshot);
    all.back().samples_per_second = known.rate.per_second(clock_.monotonic());
    if (!known.offsets.empty()) {
      all.back().clock_offset = *std::ranges::max_element(known.offsets);
    }
  }
  return all;
}

OriginBook::Entry& OriginBook::entry(const std::string& origin) {
  Entry& known = entries_[origin];
  known.snapshot.name = origin;
  return known;
}

void OriginBook::note_one(const OriginUp& up) {
  Entry& known = entry(up.origin);
  known.snapshot.kind = up.kind;
  known.snapshot.site = up.site;
  known.snapshot.group = up.group;
  known.snapshot.node = up.node;
  if (!known.snapshot.is_connected) known.snapshot.since = up.received;
  known.snapshot.is_connected = true;
  known.snapshot.things_down.clear();
  if (!up.hello) return;
  known.snapshot.epoch = up.hello->epoch;
  known.offsets.clear();  // another boot, perhaps another clock
  observe_clock(known, up.hello->now, up.received);
}

void OriginBook::note_one(const OriginDown& down) {
  Entry& known = entry(down.origin);
  if (known.snapshot.is_connected) known.snapshot.since = down.received;
  known.snapshot.is_connected = false;
}

void OriginBook::note_one(const pipeline::ThingUp& up) {
  entry(up.origin).snapshot.things_down.erase(up.thing);
}

void OriginBook::note_one(const pipeline::ThingDown& down) {
  entry(down.origin).snapshot.things_down[down.thing] = down.time;
}

void OriginBook::note_one(const OriginStatus& status) {
  Entry& known = entry(status.origin);
  known.snapshot.spool = pipeline::SpoolReport{status.spool_batches, status.spool_bytes,
                                               status.evicted_batches, status.received};
  observe_clock(known, status.now, status.received);
}

void OriginBook::note(const BatchArrived& arrived, bool is_stored) {
  const std::lock_guard lock(mutex_);
  Entry& known = entry(arrived.origin);
  known.snapshot.last_received = arrived.received;
  if (is_stored) known.rate.add(clock_.monotonic(), arrived.batch.samples.size());
  if (arrived.position && !arrived.is_historical) {
    observe_clock(known, arrived.batch.made, arrived.received);
  }
}

/// A message takes some time, so that edge minus hub is at least what one message shows: the
/// largest of the last ones is the best estimate.
void OriginBook::observe_clock(Entry& entry, const model::EdgeTime& edge, base::Time received) {
  entry.offsets.push_back(edge.wall - received);
  if (entry.offsets.size() > kOffsetsMax) entry.offsets.pop_front();
}

}  // namespace millrace::fleet
