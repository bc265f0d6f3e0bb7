#include "store/duckdb/sql_duplicates.h"

#include <algorithm>
#include <format>

#include "store/duckdb/bucketing.h"
#include "store/duckdb/sample_rows.h"

namespace millrace::store::duckdb {
namespace {

using Key = SqlDuplicates::Key;

constexpr std::size_t kKeysMax = 3'000'000;

auto place(const Key& key) { return std::pair(key.series, key.time); }

std::string select_keys(const std::string& table, const SqlDuplicates::Where& where) {
  return std::format(
      "SELECT series, time, commit, rowid FROM {} WHERE time >= {} AND time < {} AND commit <= "
      "{}{}",
      table, micros(where.late.from), micros(where.late.to), number(where.commit),
      where.series.empty() ? "" : " AND " + among(where.series));
}

template <class Take>
base::Result<void> read_keys(const Snapshot& snapshot, const std::string& sql, Take take) {
  MILLRACE_LET(auto rows, snapshot.connection().stream(sql));
  while (true) {
    MILLRACE_LET(const bool has_more, rows.next());
    if (!has_more) return {};
    for (std::size_t row = 0; row < rows.size(); ++row) {
      MILLRACE_TRY(take(Key{series_at(rows, 0, row), time_at(rows, 1, row),
                            rows.column<std::int64_t>(2)[row], rows.column<std::int64_t>(3)[row]}));
    }
  }
}

}  // namespace

base::Result<SqlDuplicates> SqlDuplicates::find(const Snapshot& snapshot, const Where& where) {
  SqlDuplicates found;
  if (where.late.is_empty()) return found;
  std::vector<Key> hot;
  const auto keep = [&](const Key& key) -> base::Result<void> {
    hot.push_back(key);
    if (hot.size() <= kKeysMax) return {};
    return base::fail_for_now(base::ErrorCode::kUnavailable,
                              "very many samples that came late wait to be put in order",
                              "Ask for fewer things or a shorter range, or later.");
  };
  for (const HotTable& one : snapshot.layout().hot_of(where.type)) {
    MILLRACE_TRY(read_keys(snapshot, select_keys(hot_name(where.type, one.number), where), keep));
  }
  std::ranges::sort(hot);
  std::vector<Key> all = hot;
  // A partition is in order, too, so the search goes on from where it was.
  for (const PartitionTable& one : snapshot.layout().rows_of(where.type, where.late)) {
    auto from = hot.begin();
    const auto meet = [&](const Key& key) -> base::Result<void> {
      if (from != hot.begin() && place(*std::prev(from)) >= place(key)) from = hot.begin();
      from = std::ranges::lower_bound(from, hot.end(), place(key), {}, place);
      if (from != hot.end() && place(*from) == place(key)) all.push_back(key);
      return {};
    };
    MILLRACE_TRY(read_keys(snapshot, select_keys(part_name(where.type, one.number), where), meet));
  }
  std::ranges::sort(all);
  for (std::size_t i = 0; i + 1 < all.size(); ++i) {
    const bool is_first = i == 0 || place(all[i - 1]) != place(all[i]);
    if (is_first && place(all[i + 1]) == place(all[i])) found.firsts_.push_back(all[i]);
  }
  return found;
}

bool SqlDuplicates::is_duplicate(const Key& row) const {
  const auto first = std::ranges::lower_bound(firsts_, place(row), {}, place);
  return first != firsts_.end() && place(*first) == place(row) && *first != row;
}

}  // namespace millrace::store::duckdb
