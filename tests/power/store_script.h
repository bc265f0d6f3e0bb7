#pragma once

#include <filesystem>
#include <memory>

#include "base/clock.h"
#include "store/series_store.h"

namespace millrace::power {

/// What the power-cut and kill tests of the series store write: commit number i is the same in
/// every run, so that a store can be compared with what it must hold after any number of commits.
class StoreScript {
 public:
  /// The commit with id `number`, from 1: new series now and then, rows of all types, late rows,
  /// duplicates, a watermark, an event, an import mark, losses; some commits are so large that the
  /// engine writes them around its log.
  static store::Commit commit(int number);

  /// Sealed and checkpointed often, so that a short run has all of it.
  static std::unique_ptr<store::SeriesStore> make_store(const std::filesystem::path& folder,
                                                        const base::Clock& clock);
  static base::Time now();

  /// Empty when the store holds exactly the first `commits` commits; else what differs.
  static std::string difference(const store::SeriesStore& store, int commits);
};

}  // namespace millrace::power
