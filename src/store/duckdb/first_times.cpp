// When series began. Partitions of a type follow each other in time: the oldest one that holds a
// series says when it began, and none behind it is read for it. Hot rows may be older than that.

#include "store/duckdb/first_times.h"

#include <algorithm>
#include <format>
#include <map>
#include <set>

#include "store/duckdb/bucketing.h"
#include "store/duckdb/sample_rows.h"

namespace millrace::store::duckdb {
namespace {

using model::ValueType;

using Ids = std::set<model::SeriesId>;
using Firsts = std::map<model::SeriesId, base::Time>;

/// Lets go of those that are found when `settled` names them.
base::Result<void> read_table(const Snapshot& snapshot, const std::string& table, const Ids& ids,
                              Firsts& firsts, Ids* settled) {
  const std::vector<model::SeriesId> series(ids.begin(), ids.end());
  MILLRACE_LET(auto rows,
               snapshot.connection().stream(std::format(
                   "SELECT series, min(time) FROM {} WHERE {} GROUP BY 1", table, among(series))));
  return for_each_row(rows, [&](std::size_t row) {
    const model::SeriesId id = series_at(rows, 0, row);
    const auto [first, is_new] = firsts.try_emplace(id, time_at(rows, 1, row));
    if (!is_new) first->second = std::min(first->second, time_at(rows, 1, row));
    if (settled) settled->insert(id);
  });
}

base::Result<void> read_type(const Snapshot& snapshot, ValueType type, Ids ids, Firsts& firsts) {
  for (const HotTable& table : snapshot.layout().hot_of(type)) {
    MILLRACE_TRY(read_table(snapshot, hot_name(type, table.number), ids, firsts, nullptr));
  }
  for (const PartitionTable& one : snapshot.layout().partitions) {
    if (one.type != type || !one.has_rows) continue;
    if (ids.empty()) return {};
    Ids settled;
    MILLRACE_TRY(read_table(snapshot, part_name(type, one.number), ids, firsts, &settled));
    for (const model::SeriesId id : settled) ids.erase(id);
  }
  return {};
}

}  // namespace

base::Result<std::vector<FirstTime>> read_first_times(OpenStore& store,
                                                      const std::vector<model::SeriesId>& series,
                                                      Deadline deadline) {
  std::map<ValueType, Ids> by_type;
  std::optional<model::SeriesId> unknown;
  const auto look = [&] {
    by_type.clear();
    for (const model::SeriesId id : series) {
      const auto type = store.book.type_of(id);
      if (type) by_type[*type].insert(id);
      if (!type) unknown = id;
    }
  };
  MILLRACE_LET(const auto snapshot, Snapshot::take(store, look, deadline));
  if (unknown) {
    return base::fail(base::ErrorCode::kNotFound,
                      std::format("there is no series {}", number(*unknown)));
  }
  Firsts firsts;
  for (auto& [type, ids] : by_type) {
    MILLRACE_TRY(read_type(snapshot, type, std::move(ids), firsts));
  }
  std::vector<FirstTime> found;
  for (const auto& [id, time] : firsts) found.push_back({id, time});
  return found;
}

}  // namespace millrace::store::duckdb
