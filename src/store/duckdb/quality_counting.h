#pragma once

#include "store/duckdb/open_store.h"

namespace millrace::store::duckdb {

/// SeriesStore::quality_counts(). Errors: invalid (step, range), too_large, not_found (no such
/// series), timeout, those of the engine.
base::Result<QualityCounts> count_quality(OpenStore& store, const QualityQuery& query);

}  // namespace millrace::store::duckdb
