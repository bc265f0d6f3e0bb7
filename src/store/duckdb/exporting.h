#pragma once

#include "store/duckdb/open_store.h"

namespace millrace::store::duckdb {

/// SeriesStore::export_to(). Errors: conflict (the file is there), invalid, not_found, too_large,
/// those of the engine; cancelled at the deadline and when the stop is requested.
base::Result<ExportResult> export_samples(OpenStore& store, const ExportQuery& query,
                                          ExportFormat format, const std::filesystem::path& path);

}  // namespace millrace::store::duckdb
