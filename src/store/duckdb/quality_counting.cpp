// Samples by what is wrong with them. Hot tables and partitions are counted by the engine, each on
// its own, and joined here: good samples have quality 0, of which a partition's columns hold runs.

#include "store/duckdb/quality_counting.h"

#include <algorithm>
#include <format>
#include <map>
#include <set>
#include <tuple>

#include "store/duckdb/bucketing.h"
#include "store/duckdb/sample_rows.h"

namespace millrace::store::duckdb {
namespace {

using base::ErrorCode;
using model::ValueType;

constexpr std::int64_t kBucketsMax = 1'000'000;

base::Result<void> check(const QualityQuery& query) {
  if (query.step <= base::Duration::zero() || query.start >= query.end) {
    return base::fail(ErrorCode::kInvalid, "counts need start < end and a step above 0");
  }
  const std::int64_t buckets = (query.end - query.start) / query.step + 1;
  const auto series = static_cast<std::int64_t>(std::max<std::size_t>(query.series.size(), 1));
  if (buckets > kBucketsMax / series) {
    return base::fail(
        ErrorCode::kTooLarge,
        std::format("{} buckets of {} series are more than {}", buckets, series, kBucketsMax),
        "Ask for a larger step, a shorter range or fewer series.");
  }
  return {};
}

using Key = std::tuple<model::SeriesId, base::Time, std::uint32_t>;
using Counts = std::map<Key, QualityCount>;

std::string select(const QualityQuery& query, const std::vector<model::SeriesId>& series,
                   const std::string& table) {
  const std::string as_of =
      query.as_of ? std::format(" AND commit <= {}", number(*query.as_of)) : "";
  return std::format(
      "SELECT series, {0} + (time - {0}) // {1} * {1}, quality & CAST({2} AS UINTEGER), "
      "count(*), min(time), max(time) FROM {3} WHERE {4} AND time >= {0} AND time < {5}{6} "
      "GROUP BY 1, 2, 3",
      micros(query.start), query.step.count(), kCountedQualityBits, table, among(series),
      micros(query.end), as_of);
}

base::Result<void> count_table(const Snapshot& snapshot, const std::string& statement,
                               Counts& counts) {
  MILLRACE_LET(auto rows, snapshot.connection().stream(statement));
  return for_each_row(rows, [&](std::size_t row) {
    const QualityCount found{
        .series = series_at(rows, 0, row),
        .time = time_at(rows, 1, row),
        .quality = quality_at(rows, 2, row),
        .samples = static_cast<std::uint64_t>(rows.column<std::int64_t>(3)[row]),
        .first = time_at(rows, 4, row),
        .last = time_at(rows, 5, row)};
    const auto [it, is_new] =
        counts.try_emplace(Key(found.series, found.time, found.quality.bits()), found);
    if (is_new) return;
    it->second.samples += found.samples;
    it->second.first = std::min(it->second.first, found.first);
    it->second.last = std::max(it->second.last, found.last);
  });
}

/// The series asked for, by the type whose tables hold them, and one that is not there.
struct Asked {
  std::map<ValueType, std::set<model::SeriesId>> by_type;
  std::optional<model::SeriesId> unknown;

  void look(const OpenStore& store, const QualityQuery& query) {
    *this = {};
    for (const model::SeriesId id : query.series) {
      const auto type = store.book.type_of(id);
      if (type) by_type[*type].insert(id);
      if (!type) unknown = id;
    }
  }
};

std::vector<std::string> tables_of(const Layout& layout, ValueType type, const TimeRange& range) {
  std::vector<std::string> tables;
  for (const PartitionTable& one : layout.rows_of(type, range)) {
    tables.push_back(part_name(type, one.number));
  }
  for (const HotTable& one : layout.hot_of(type)) tables.push_back(hot_name(type, one.number));
  return tables;
}

}  // namespace

base::Result<QualityCounts> count_quality(OpenStore& store, const QualityQuery& query) {
  MILLRACE_TRY(check(query));
  Asked asked;
  MILLRACE_LET(const auto snapshot,
               Snapshot::take(store, [&] { asked.look(store, query); }, query.deadline));
  if (asked.unknown) {
    return base::fail(ErrorCode::kNotFound,
                      std::format("there is no series {}", number(*asked.unknown)));
  }
  Counts counts;
  for (const auto& [type, ids] : asked.by_type) {
    const std::vector<model::SeriesId> series(ids.begin(), ids.end());
    for (const std::string& table : tables_of(snapshot.layout(), type, {query.start, query.end})) {
      MILLRACE_TRY(count_table(snapshot, select(query, series, table), counts));
    }
  }
  QualityCounts found{.rows = {}, .commit = snapshot.commit()};
  if (query.as_of) found.commit = std::min(found.commit, *query.as_of);
  found.rows.reserve(counts.size());
  for (const auto& [key, count] : counts) found.rows.push_back(count);
  return found;
}

}  // namespace millrace::store::duckdb
