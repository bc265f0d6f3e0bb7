#pragma once

#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "fleet/edge_pump.h"
#include "spool/spool_content.h"

namespace millrace::scenario {

/// The disk of a simulated edge: what a spool promises, and what can happen to it.
class SimulatedSpool : public fleet::BatchReader {
 public:
  virtual spool::SpoolState state() const = 0;
  virtual model::SequenceSet committed() const = 0;
  virtual void put(const model::Batch& batch) = 0;
  virtual void committed(const model::SequenceSet& set) = 0;
  virtual void begin_offering() = 0;
  virtual void end_offering() = 0;
  virtual void renew_epoch(const model::SequenceSet& delivered) = 0;
  /// Everything that is there, by sequence of the present epoch.
  virtual std::vector<std::pair<model::Sequence, model::Batch>> batches() = 0;
  /// Whether every loss is known with its samples.
  virtual bool counts_losses() const = 0;

  /// The process dies and is started again.
  virtual void kill() = 0;
  /// The machine is set up anew.
  virtual void reinstall() = 0;
  virtual void save_image() = 0;
  /// The disk goes back to the image; false without one.
  virtual bool roll_back() = 0;
};

/// The rules of src/spool in memory, at most `batches_max` batches: fast.
std::unique_ptr<SimulatedSpool> make_model_spool(base::Random& random, std::size_t batches_max);
/// src/spool itself, on a folder of its own below the temporary directory.
std::unique_ptr<SimulatedSpool> make_lmdb_spool(base::Random& random, const base::Clock& clock,
                                                std::uint64_t bytes_max);

}  // namespace millrace::scenario
