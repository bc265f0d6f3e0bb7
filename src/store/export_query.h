#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <vector>

#include "base/clock.h"
#include "model/ids.h"

namespace millrace::store {

/// When the answer must be there, on the store's clock: then the query is stopped with timeout.
using Deadline = std::optional<base::MonotonicTime>;

/// Which samples go into a file for exchange.
struct ExportQuery {
  std::vector<model::SeriesId> series;
  base::Time start;
  base::Time end;
  Deadline deadline;
  /// More columns: correction (id of the one that decides on the row, empty for none),
  /// original_value (or original_value_f64 …; empty where a fill shows a sample) and
  /// original_quality_code.
  bool with_originals = false;
  /// Requested when nobody waits for the file any more: then the query is stopped with cancelled.
  std::stop_token stop{};
};
struct ExportResult {
  std::uint64_t rows = 0;
  model::CommitId commit{};  // data version: the newest commit in it
};
/// Both have the columns thing, property, series, time, value, unit, quality (severity),
/// quality_code (the stored 32 bits) and reasons (the worse first, separated by ';'), rows sorted
/// by (series, time), corrected. CSV: RFC 3339 times, bytes as base64. Parquet: timestamps in UTC,
/// values in their physical type; series of several types have value_f64, value_i64 … instead of
/// value; the key-value metadata has millrace_commit.
enum class ExportFormat { kCsv, kParquet };
inline constexpr std::uint64_t kExportRowsMax = 100'000'000;

}  // namespace millrace::store
