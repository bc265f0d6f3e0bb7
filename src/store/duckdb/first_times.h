#pragma once

#include "store/duckdb/open_store.h"

namespace millrace::store::duckdb {

/// SeriesStore::first_times(). Errors: not_found (no such series), timeout, those of the engine.
base::Result<std::vector<FirstTime>> read_first_times(OpenStore& store,
                                                      const std::vector<model::SeriesId>& series,
                                                      Deadline deadline);

}  // namespace millrace::store::duckdb
