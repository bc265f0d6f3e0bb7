#pragma once

#include "store/duckdb/open_store.h"

namespace millrace::store::duckdb {

/// SeriesStore::raw(). Errors: not_found (no such series), those of the engine.
base::Result<RawResult> read_raw(OpenStore& store, const RawQuery& query);

/// Rows as they are seen and as they are stored, duplicates marked in both.
struct SeenPage {
  std::vector<SeenRow> rows;
  std::optional<std::pair<base::Time, std::size_t>> next;
};
/// A page of one series of a type; `overlay` may be null. The query's deadline is the snapshot's.
base::Result<SeenPage> read_page(const Snapshot& snapshot, model::ValueType type,
                                 const Overlay* overlay, const RawQuery& query);

/// Samples of a series in the out-of-range table, oldest commit first.
base::Result<std::vector<model::Sample>> read_out_of_range(OpenStore& store, model::SeriesId series,
                                                           std::size_t limit);

}  // namespace millrace::store::duckdb
