#pragma once

#include "store/duckdb/engine.h"

namespace millrace::store::duckdb {

/// SQL functions that know Quality, for exports:
///
///   millrace_duplicate(UINTEGER) → UINTEGER   the quality with the mark of a duplicate
///   millrace_severity(UINTEGER) → VARCHAR     "good", "uncertain", "bad"
///   millrace_reasons(UINTEGER) → VARCHAR      "", "late", "out_of_range;late"
base::Result<void> register_functions(Connection& connection);

}  // namespace millrace::store::duckdb
