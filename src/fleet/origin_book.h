#pragma once

#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "pipeline/inbound.h"
#include "pipeline/origin_view.h"
#include "pipeline/sample_rate.h"
#include "store/series_store.h"

namespace millrace::fleet {

/// What the hub knows of each edge and third-party node right now: who is connected, how much
/// comes, how far its clock is off, what it has delivered and lost. Written by the ingest thread,
/// read by any.
class OriginBook final : public pipeline::OriginView {
 public:
  /// Starts from what the store remembers of earlier runs.
  OriginBook(const base::Clock& clock, const std::vector<store::DeliveryState>& deliveries,
             const std::vector<store::LossInterval>& losses);

  /// Births, deaths, status and batches as they come; a batch counts when `is_stored`.
  void note(const pipeline::Inbound& inbound, bool is_stored);
  void note(const pipeline::BatchArrived& arrived, bool is_stored);
  /// What a commit has made durable.
  void committed(const std::vector<store::DeliveryState>& deliveries,
                 const std::vector<store::LossInterval>& losses);

  std::vector<pipeline::OriginSnapshot> origins() const override;

 private:
  struct Entry {
    pipeline::OriginSnapshot snapshot;
    pipeline::SampleRate rate;
    base::Time delivery_updated{};
    std::deque<base::Duration> offsets;  // edge wall minus hub, of the newest live messages
  };

  Entry& entry(const std::string& origin);
  void note_one(const pipeline::OriginUp& up);
  void note_one(const pipeline::OriginDown& down);
  void note_one(const pipeline::ThingUp& up);
  void note_one(const pipeline::ThingDown& down);
  void note_one(const pipeline::OriginStatus& status);
  static void observe_clock(Entry& entry, const model::EdgeTime& edge, base::Time received);

  const base::Clock& clock_;
  mutable std::mutex mutex_;
  std::map<std::string, Entry> entries_;
};

}  // namespace millrace::fleet
