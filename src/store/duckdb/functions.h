#pragma once

#include "store/duckdb/engine.h"

namespace millrace::store::duckdb {

/// SQL functions that know Quality, for exports:
///
///   millrace_duplicate(UINTEGER) → UINTEGER   the quality with the mark of a duplicate
///   millrace_quality(UINTEGER) → VARCHAR      "good", "uncertain: duplicate", "bad: …, …"
base::Result<void> register_functions(Connection& connection);

}  // namespace millrace::store::duckdb
