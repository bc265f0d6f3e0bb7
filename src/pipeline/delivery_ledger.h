#pragma once

#include "pipeline/inbound.h"
#include "store/series_store.h"

namespace millrace::pipeline {

/// The hub's book on what each origin has delivered, behind exactly-once. Implemented in fleet;
/// called by the ingest thread only, in this cycle:
///
///   note() for each Inbound, admit() for each BatchArrived → prepare(commit) → the store commits →
///   settle(kCommitted) or settle(kFailed)
///
/// Whatever was admitted since the last settle() belongs to the commit being prepared.
class DeliveryLedger {
 public:
  enum class Outcome { kCommitted, kFailed };

  virtual ~DeliveryLedger() = default;
  /// True when the batch is new and its samples go into the commit being prepared.
  virtual bool admit(const BatchArrived& arrived) = 0;
  /// Births, deaths, tombstones and status.
  virtual void note(const Inbound& inbound) = 0;
  /// Adds delivery states, losses and events to the commit. False when there is nothing to add.
  virtual bool prepare(store::Commit& commit) = 0;
  /// The commit is durable (acknowledgements go out) or is not (what was admitted is forgotten).
  virtual void settle(Outcome outcome) = 0;
};

}  // namespace millrace::pipeline
