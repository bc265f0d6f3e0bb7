#pragma once

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "base/clock.h"
#include "store/series_store.h"

namespace millrace::power {

/// A number from the environment, for longer runs and for seeds of failures.
inline std::uint64_t setting(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text ? std::stoull(text) : otherwise;
}

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
