#pragma once

#include <vector>

#include "store/correction.h"
#include "store/duckdb/engine.h"

namespace millrace::store::duckdb {

/// The table `corrections`, within the connection's transaction. Text about them that is no UTF-8
/// is stored with U+FFFD.
base::Result<std::vector<Correction>> read_corrections(Connection& connection);
/// With their ids and commit.
base::Result<void> write_corrections(Connection& connection,
                                     const std::vector<Correction>& corrections);

}  // namespace millrace::store::duckdb
