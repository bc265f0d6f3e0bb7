#pragma once

#include "store/duckdb/engine.h"
#include "store/older_format.h"

namespace millrace::store::duckdb {

/// Brings a store of an older format up to kFormat, in one transaction: after a power cut it has
/// the old format or the new one, whole. Does nothing to one of kFormat or of a newer format.
/// Errors: corrupt (no row in `store`), cancelled (an older format that is not to be changed),
/// those of engine_error().
base::Result<void> upgrade(Connection& connection, OlderFormat older_format);

}  // namespace millrace::store::duckdb
