#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "base/uuid.h"
#include "fleet/origin_book.h"
#include "model/sequence_set.h"
#include "pipeline/delivery_ledger.h"

namespace millrace::fleet {

/// The hub's half of delivery (docs/adr/002): which batches are new, what a commit must record
/// beside their samples, and what to acknowledge once it is durable. No I/O, no thread of its own.
///
///   durable    committed(origin, epoch): stored or on record as lost; comes from the store
///   pending    admitted since the last settle(); belongs to the commit being prepared
///
///   event              what happens
///   -----              ------------
///   batch arrived      third party: admitted, no positions. In durable or pending: refused, and
///   the
///                      origin gets an acknowledgement. It would make more than `ranges_max`
///                      ranges: refused until the backlog has closed gaps. Otherwise pending,
///                      admitted.
///   tombstone          what of it is in neither set becomes pending and a loss interval (no loss
///                      where the reason is "delivered": stored under a former epoch)
///   birth              acknowledgement of its epoch (an empty set for a new one, with an event)
///   status             acknowledgement: the answer to one that was lost
///   prepare            delivery states (durable + pending), loss intervals, events → the commit
///   settle(committed)  durable := durable + pending; acknowledgements go out
///   settle(failed)     pending, losses and events are forgotten; everything comes again
///
/// An acknowledgement never contains what is not durable. Ingest thread only.
class HubDelivery final : public pipeline::DeliveryLedger {
 public:
  struct Options {
    std::size_t ranges_max = 4096;
    std::uint32_t window_batches = 64;
    std::uint32_t window_bytes = 4U << 20;
    std::uint64_t session = 0;  // random, not 0
  };
  struct Deps {
    pipeline::OriginLink& link;
    OriginBook& book;
    const base::Clock& clock;
  };

  HubDelivery(Options options, const std::vector<store::DeliveryState>& durable, Deps deps);

  bool admit(const pipeline::BatchArrived& arrived) override;
  void note(const pipeline::Inbound& inbound) override;
  bool prepare(store::Commit& commit) override;
  void settle(Outcome outcome) override;

 private:
  using Key = std::pair<std::string, base::Uuid>;  // origin, epoch
  struct State {
    model::SequenceSet durable;
    model::SequenceSet pending;
    bool contains(model::Sequence sequence) const {
      return durable.contains(sequence) || pending.contains(sequence);
    }
    model::SequenceSet united() const;
  };

  bool admit_position(const std::string& origin, const pipeline::Position& position);
  void note_one(const pipeline::OriginUp& up);
  void note_one(const pipeline::OriginDown& down);
  void note_one(const pipeline::OriginStatus& status);
  void note_one(const pipeline::BatchesLost& lost);
  void add_event(std::string kind, const std::string& subject, std::string body);
  void send_acknowledgements();

  const Options options_;
  const Deps deps_;
  std::map<Key, State> states_;
  std::map<std::string, base::Uuid> current_epoch_;  // of origins that are up
  std::set<Key> touched_;                            // have pending sequences
  std::set<Key> answer_;                             // get an acknowledgement at the next settle
  std::vector<store::LossInterval> losses_;
  std::vector<store::Event> events_;
  std::uint64_t number_ = 0;
};

}  // namespace millrace::fleet
