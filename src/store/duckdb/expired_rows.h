#pragma once

#include <mutex>
#include <vector>

#include "store/duckdb/engine.h"
#include "store/duckdb/layout.h"
#include "store/duckdb/open_store.h"
#include "store/series_store.h"

namespace millrace::store::duckdb {

/// What is on record of hot rows that came late for ranges whose rows have expired, and go with a
/// seal: the event "store.retention" with
///
///   {"late":[{"type":T,"start":…,"end":…,"samples":N,
///             "series":[{"thing":…,"property":…,"samples":N,"first":…,"last":…}]}]}
///
/// of which `series` has the first hundred by name. Empty where there are no such rows.
base::Result<std::vector<Event>> expired_rows(Connection& reader, model::ValueType type,
                                              const std::vector<HotTable>& tables,
                                              const std::vector<TimeRange>& ranges, base::Time now);

/// Lets whole partitions go that end before a time; `write` is the store's write lock.
base::Result<void> drop_partitions_before(OpenStore& store, std::mutex& write, base::Time time);

}  // namespace millrace::store::duckdb
