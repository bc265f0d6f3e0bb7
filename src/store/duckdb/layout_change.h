#pragma once

#include <algorithm>
#include <format>

#include "store/duckdb/open_store.h"

namespace millrace::store::duckdb {

/// Installs a layout that the file already has; under the lock that excludes readers. The caller
/// holds the write lock.
template <class Change>
void change_layout(OpenStore& store, Change change) {
  const std::unique_lock lock(store.state);
  Layout next = *store.layout;
  ++next.version;
  change(next);
  std::ranges::sort(next.hot, {}, &HotTable::number);
  std::ranges::sort(next.partitions, {},
                    [](const PartitionTable& one) { return std::pair(one.type, one.range.from); });
  store.layout = std::make_shared<const Layout>(std::move(next));
}

/// What the transaction that changes the layout says of it in `store`.
inline std::string next_layout(const OpenStore& store) {
  return std::format("UPDATE store SET layout = layout + 1, next_table = {};", store.next_table);
}

}  // namespace millrace::store::duckdb
