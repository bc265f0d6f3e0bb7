#pragma once

#include "store/duckdb/open_store.h"

namespace millrace::store::duckdb {

/// SeriesStore::export_to(): rows sorted by (series, time). CSV: thing, property, unit, time (RFC
/// 3339), value (bytes as base64), quality. Parquet (v2, zstd): thing, property, unit, time
/// (timestamp, UTC), value in the physical type, quality, quality_bits, commit. Errors: conflict
/// (the file is there), invalid, not_found, those of the engine.
base::Result<std::uint64_t> export_samples(OpenStore& store, const ExportQuery& query,
                                           ExportFormat format, const std::filesystem::path& path);

}  // namespace millrace::store::duckdb
