#pragma once

#include "store/duckdb/open_store.h"

namespace millrace::store::duckdb {

/// SeriesStore::buckets(). Errors: invalid (step, range, a series that is not numeric), too_large,
/// not_found (no such series), those of the engine.
base::Result<BucketResult> read_buckets(OpenStore& store, const BucketQuery& query);

/// "series IN (1,2,3)".
std::string among(const std::vector<model::SeriesId>& series);

}  // namespace millrace::store::duckdb
