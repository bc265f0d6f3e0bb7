#pragma once

#include "store/duckdb/engine.h"

namespace millrace::store::duckdb {

/// Brings a store of an older format up to kFormat, in one transaction: after a power cut it has
/// the old format or the new one, whole. Does nothing to one of kFormat or of a newer format.
/// Errors: corrupt (no row in `store`), those of engine_error().
base::Result<void> upgrade(Connection& connection);

}  // namespace millrace::store::duckdb
