#pragma once

#include "store/duckdb/open_store.h"

namespace millrace::store::duckdb {

/// SeriesStore::raw(). Errors: not_found (no such series), those of the engine.
base::Result<RawResult> read_raw(OpenStore& store, const RawQuery& query);

/// Samples of a series in the out-of-range table, oldest commit first.
base::Result<std::vector<model::Sample>> read_out_of_range(OpenStore& store, model::SeriesId series,
                                                           std::size_t limit);

}  // namespace millrace::store::duckdb
