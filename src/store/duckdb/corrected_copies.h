#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "store/duckdb/snapshot.h"
#include "store/overlay.h"

namespace millrace::store::duckdb {

// For statements over many rows: what corrections touch is copied, as it is seen, into temporary
// tables of the snapshot's connection, which end with its transaction.

struct CorrectedSeries {
  model::SeriesId series{};
  model::ValueType type{};
  std::shared_ptr<const Overlay> overlay;
};

/// Makes the tables for the types among `corrected`; without samples of commits after `as_of`.
base::Result<void> copy_corrected(const Snapshot& snapshot,
                                  const std::vector<CorrectedSeries>& corrected,
                                  const TimeRange& range,
                                  std::optional<model::CommitId> as_of = std::nullopt);

bool has_corrected(const std::vector<CorrectedSeries>& corrected, model::ValueType type);
/// The table of a type: series, time, value, quality, commit, place, row (the order of equal ones),
/// correction, original_value, original_quality_code.
std::string copies_name(model::ValueType type);
/// A statement that gives rows with series and time, without those that were copied.
std::string without_corrected(const std::string& select);

}  // namespace millrace::store::duckdb
