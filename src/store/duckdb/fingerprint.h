#pragma once

#include <cstdint>

#include "store/series_store.h"

namespace millrace::store::duckdb {

/// A number that two different commits hardly share: to recognise a commit that is tried again
/// after a failure that left open whether it was stored. Not kept on disk.
std::uint64_t fingerprint(const Commit& commit);

}  // namespace millrace::store::duckdb
