// Sealing, for one type after the other:
//
//   1 plan    the times of all hot rows decide which ranges become or join partitions; mostly none
//   2 switch  ingest gets a fresh hot table, in a transaction of its own; from here on the tables
//             to be sealed do not change
//   3 copy    each range into a new partition table, by ranges of series so that the sort stays
//             small; one transaction each. What stays hot goes into a hot table of its own. Late
//             rows of a range whose rows have expired (retention.cpp) go, on record in an event
//   4 swap    one transaction: the new tables are named, the old ones dropped, the newest sealed
//             samples saved
//
// Killed before 4, the copies are orphans that the next start drops, and the hot tables are still
// named. Numbers rise in the order of arrival: what was left over before what was written since.

#include "store/duckdb/sealing.h"

#include <algorithm>
#include <format>

#include "base/log.h"
#include "store/duckdb/expired_rows.h"
#include "store/duckdb/layout_change.h"
#include "store/duckdb/partition_writer.h"
#include "store/duckdb/registry.h"
#include "store/duckdb/seal_plan.h"

namespace millrace::store::duckdb {
namespace {

using model::ValueType;

constexpr std::uint64_t kSortRowsMax = 1'000'000;
constexpr std::uint64_t kSortBytesMax = 32U << 20;

using Newest = std::map<model::SeriesId, LastValue>;

class TypeSealer {
 public:
  TypeSealer(const SealRun& run, ValueType type, Connection connection, ReaderPool::Loan reader)
      : run_(run), type_(type), writer_(std::move(connection)), reader_(std::move(reader)) {}

  base::Result<void> seal();

 private:
  base::Result<std::vector<SealPlanner::Output>> plan(const std::vector<HotTable>& tables);
  base::Result<void> switch_table();
  base::Result<void> copy(const SealPlanner::Output& output);
  base::Result<void> copy_rows(const SealPlanner::Output& output, PartitionWriter& partition);
  base::Result<std::vector<std::pair<int, int>>> series_ranges(const std::string& rows);
  base::Result<void> keep_rest(const std::vector<SealPlanner::Output>& outputs);
  base::Result<void> count_rest();
  std::string swap_tables() const;
  base::Result<void> swap();
  base::Result<void> save_newest();
  void drop_copies();

  std::string rows_of(const SealPlanner::Output& output) const;
  TableNumber take_number();

  const SealRun& run_;
  const ValueType type_;
  Connection writer_;        // of the copies
  ReaderPool::Loan reader_;  // streams while the writer writes
  std::vector<HotTable> sources_;
  TableNumber rest_{};
  std::optional<HotContent> rest_content_;
  std::vector<PartitionTable> made_;
  std::vector<PartitionTable> merged_;
  std::vector<Event> events_;  // of late rows that go
  Newest newest_;
};

std::vector<HotTable> hot_tables(const OpenStore& store, ValueType type) {
  const std::shared_lock lock(store.state);
  return store.layout->hot_of(type);
}

TableNumber TypeSealer::take_number() {
  const std::lock_guard lock(run_.write);
  return TableNumber(run_.store.next_table++);
}

base::Result<std::vector<SealPlanner::Output>> TypeSealer::plan(
    const std::vector<HotTable>& tables) {
  const auto partitions = [&] {
    const std::shared_lock lock(run_.store.state);
    return run_.store.layout->partitions_of(type_, {base::Time::min(), base::Time::max()});
  }();
  SealPlanner planner(partitions, run_.policy, run_.now);
  for (const HotTable& table : tables) {
    MILLRACE_LET(auto rows, reader_->stream(std::format("SELECT time, received FROM {}",
                                                        hot_name(type_, table.number))));
    MILLRACE_TRY(for_each_row(
        rows, [&](std::size_t row) { planner.add(time_at(rows, 0, row), time_at(rows, 1, row)); }));
  }
  return planner.plan();
}

base::Result<void> TypeSealer::switch_table() {
  OpenStore& store = run_.store;
  const std::lock_guard lock(run_.write);
  rest_ = TableNumber(store.next_table++);
  const TableNumber next{store.next_table++};
  const TableNumber old = store.layout->writing(type_).number;
  std::string sql = make_sample_table(hot_name(type_, next), type_);
  sql += std::format("UPDATE hot_tables SET role = 'sealing' WHERE number = {};", number(old));
  sql += std::format("INSERT INTO hot_tables VALUES ({}, {}, 'writing');", number(next),
                     static_cast<int>(type_));
  MILLRACE_LET(auto transaction, Transaction::begin(store.writer));
  MILLRACE_TRY(store.writer.run(sql + next_layout(store)));
  MILLRACE_TRY(transaction.commit());
  change_layout(store, [&](Layout& layout) {
    for (HotTable& table : layout.hot) table.is_writing &= table.type != type_;
    layout.hot.push_back({next, type_, true});
    store.hot[next];
  });
  std::ranges::copy_if(store.layout->hot_of(type_), std::back_inserter(sources_),
                       [](const HotTable& table) { return !table.is_writing; });
  return {};
}

/// The rows of a range with their place in the order of equal ones.
std::string TypeSealer::rows_of(const SealPlanner::Output& output) const {
  const std::string columns = "SELECT series, time, value, quality, received, commit";
  std::string sql;
  int place = 0;
  for (const PartitionTable& merged : output.merged) {
    sql += std::format("{}{}, {} AS place, rowid AS row FROM {}", sql.empty() ? "" : " UNION ALL ",
                       columns, place++, part_name(type_, merged.number));
  }
  for (const HotTable& table : sources_) {
    sql += std::format("{}{}, {} AS place, rowid AS row FROM {} WHERE time >= {} AND time < {}",
                       sql.empty() ? "" : " UNION ALL ", columns, place++,
                       hot_name(type_, table.number), micros(output.range.from),
                       micros(output.range.to));
  }
  return "(" + sql + ")";
}

/// First and last series of runs that can be sorted in memory.
base::Result<std::vector<std::pair<int, int>>> TypeSealer::series_ranges(const std::string& rows) {
  const char* length = type_ == ValueType::kText ? "strlen" : "octet_length";
  const std::string bytes =
      has_rollups(type_) ? "0" : std::format("coalesce(sum({}(value)), 0)", length);
  MILLRACE_LET(auto counts, reader_->stream(std::format(
                                "SELECT series, count(*), ({})::BIGINT FROM {} GROUP BY series "
                                "ORDER BY series",
                                bytes, rows)));
  std::vector<std::pair<int, int>> ranges;
  std::uint64_t sum_rows = 0, sum_bytes = 0;
  MILLRACE_TRY(for_each_row(counts, [&](std::size_t row) {
    const int series = counts.column<std::int32_t>(0)[row];
    sum_rows += static_cast<std::uint64_t>(counts.column<std::int64_t>(1)[row]);
    sum_bytes += static_cast<std::uint64_t>(counts.column<std::int64_t>(2)[row]);
    if (ranges.empty() || sum_rows > kSortRowsMax || sum_bytes > kSortBytesMax) {
      ranges.emplace_back(series, series);
      sum_rows = static_cast<std::uint64_t>(counts.column<std::int64_t>(1)[row]);
      sum_bytes = static_cast<std::uint64_t>(counts.column<std::int64_t>(2)[row]);
    }
    ranges.back().second = series;
  }));
  return ranges;
}

base::Result<void> TypeSealer::copy_rows(const SealPlanner::Output& output,
                                         PartitionWriter& partition) {
  const std::string rows = rows_of(output);
  MILLRACE_LET(const auto ranges, series_ranges(rows));
  for (const auto& [first, last] : ranges) {
    MILLRACE_LET(auto sorted, reader_->stream(std::format(
                                  "SELECT series, time, value, quality, received, commit FROM {} "
                                  "WHERE series BETWEEN {} AND {} "
                                  "ORDER BY series, time, commit, place, row",
                                  rows, first, last)));
    while (true) {
      MILLRACE_LET(const bool has_more, sorted.next());
      if (!has_more) break;
      if (run_.stop.stop_requested()) {
        return base::fail_for_now(base::ErrorCode::kUnavailable, "sealing was told to stop");
      }
      MILLRACE_TRY(partition.take(sorted));
    }
  }
  return {};
}

base::Result<void> TypeSealer::copy(const SealPlanner::Output& output) {
  const PartitionTable wanted{.number = take_number(), .type = type_, .range = output.range};
  MILLRACE_LET(auto transaction, Transaction::begin(writer_));
  MILLRACE_LET(auto partition, PartitionWriter::make(writer_, wanted));
  MILLRACE_TRY(copy_rows(output, partition));
  MILLRACE_LET(const PartitionTable table, partition.finish());
  if (table.rows == 0) return {};
  MILLRACE_TRY(transaction.commit());
  made_.push_back(table);
  merged_.insert(merged_.end(), output.merged.begin(), output.merged.end());
  for (const auto& [id, value] : partition.newest()) {
    const auto [it, is_new] = newest_.emplace(id, value);
    if (!is_new && it->second.sample.time < value.sample.time) it->second = value;
  }
  return {};
}

/// Rows outside of all ranges into a hot table of their own, in order of arrival.
base::Result<void> TypeSealer::keep_rest(const std::vector<SealPlanner::Output>& outputs) {
  std::string outside;
  for (const SealPlanner::Output& output : outputs) {
    outside += std::format("{}(time < {} OR time >= {})", outside.empty() ? "" : " AND ",
                           micros(output.range.from), micros(output.range.to));
  }
  const std::string name = hot_name(type_, rest_);
  MILLRACE_LET(auto transaction, Transaction::begin(writer_));
  MILLRACE_TRY(writer_.run(make_sample_table(name, type_)));
  std::uint64_t kept = 0;
  for (const HotTable& table : sources_) {
    MILLRACE_LET(const std::uint64_t rows,
                 writer_.run(std::format("INSERT INTO {} SELECT * FROM {} WHERE {}", name,
                                         hot_name(type_, table.number), outside)));
    kept += rows;
  }
  if (kept == 0) return {};
  MILLRACE_TRY(transaction.commit());
  return count_rest();
}

/// Newest samples and roll-ups of the rest, as a start would count them.
base::Result<void> TypeSealer::count_rest() {
  std::map<model::SeriesId, base::Time> newest;
  MILLRACE_LET(auto saved,
               reader_->stream(std::format("SELECT series, time FROM {}", last_name(type_))));
  MILLRACE_TRY(for_each_row(saved, [&](std::size_t row) {
    newest.emplace(series_at(saved, 0, row), time_at(saved, 1, row));
  }));
  for (const auto& [id, value] : newest_) {
    newest[id] = std::max(newest.emplace(id, value.sample.time).first->second, value.sample.time);
  }
  rest_content_.emplace();
  MILLRACE_LET(auto rows,
               reader_->stream(std::format("SELECT series, time, value, quality, received FROM {}",
                                           hot_name(type_, rest_))));
  return for_each_row(rows, [&](std::size_t row) {
    const auto id = series_at(rows, 0, row);
    const base::Time time = time_at(rows, 1, row);
    const auto [it, is_first] = newest.emplace(id, time);
    const bool is_new = is_first || it->second < time;
    rest_content_->note(time, time_at(rows, 4, row), time < it->second);
    it->second = std::max(it->second, time);
    if (!has_rollups(type_)) return;
    const Reading one = reading_at(rows, 2, row, type_, quality_at(rows, 3, row));
    rest_content_->count(id, time, one, is_new);
  });
}

/// Within the swap's transaction: the newest sealed sample of each series.
base::Result<void> TypeSealer::save_newest() {
  Connection& connection = run_.store.writer;
  const std::string table = last_name(type_);
  MILLRACE_LET(auto saved, connection.query(std::format("SELECT series, time FROM {}", table)));
  MILLRACE_TRY(for_each_row(saved, [&](std::size_t row) {
    const auto it = newest_.find(series_at(saved, 0, row));
    const bool is_older = it != newest_.end() && it->second.sample.time < time_at(saved, 1, row);
    if (is_older) newest_.erase(it);
  }));
  if (newest_.empty()) return {};
  std::string ids;
  for (const auto& [id, value] : newest_) {
    ids += std::format("{}{}", ids.empty() ? "" : ",", number(id));
  }
  MILLRACE_TRY(connection.run(std::format("DELETE FROM {} WHERE series IN ({})", table, ids)));
  MILLRACE_LET(auto appender, Appender::open(connection, table));
  for (const auto& [id, value] : newest_) {
    appender.i32(number(id)).i64(micros(value.sample.time));
    append_value(appender, value.sample.value);
    appender.u32(value.sample.quality.bits()).i64(micros(value.received)).end_row();
  }
  return appender.close();
}

/// What names the new tables and drops the old ones.
std::string TypeSealer::swap_tables() const {
  std::string sql;
  for (const PartitionTable& one : made_) sql += name_partition(one);
  for (const PartitionTable& one : merged_) {
    sql += std::format("DELETE FROM partitions WHERE number = {};", number(one.number));
    sql += drop_partition(one);
  }
  for (const HotTable& one : sources_) {
    sql += std::format("DELETE FROM hot_tables WHERE number = {}; DROP TABLE {};",
                       number(one.number), hot_name(type_, one.number));
  }
  if (rest_content_) {
    sql += std::format("INSERT INTO hot_tables VALUES ({}, {}, 'sealing');", number(rest_),
                       static_cast<int>(type_));
  }
  return sql;
}

base::Result<void> TypeSealer::swap() {
  OpenStore& store = run_.store;
  const std::lock_guard lock(run_.write);
  MILLRACE_LET(auto transaction, Transaction::begin(store.writer));
  MILLRACE_TRY(save_newest());
  MILLRACE_TRY(write_events(store.writer, events_, store.next_event, store.commit));
  MILLRACE_TRY(store.writer.run(swap_tables() + next_layout(store)));
  MILLRACE_TRY(transaction.commit());
  store.next_event += static_cast<std::int64_t>(events_.size());
  change_layout(store, [&](Layout& layout) {
    const auto is_gone = [](const auto& gone) {
      return [&gone](const auto& table) {
        return std::ranges::find(gone, table.number, [](const auto& one) { return one.number; }) !=
               gone.end();
      };
    };
    std::erase_if(layout.hot, is_gone(sources_));
    std::erase_if(layout.partitions, is_gone(merged_));
    layout.partitions.insert(layout.partitions.end(), made_.begin(), made_.end());
    for (const HotTable& one : sources_) store.hot.erase(one.number);
    if (!rest_content_) return;
    layout.hot.push_back({rest_, type_, false});
    store.hot.insert_or_assign(rest_, std::move(*rest_content_));
  });
  made_.clear();
  return {};
}

void TypeSealer::drop_copies() {
  for (const PartitionTable& one : made_) {
    // What cannot be dropped now is dropped by the next start.
    if (auto done = writer_.run(drop_partition(one)); !done) {
      base::log::warning("a copy of the sealer stays for now: {}", base::describe(done.error()));
    }
  }
}

base::Result<void> TypeSealer::seal() {
  MILLRACE_LET(auto outputs, plan(hot_tables(run_.store, type_)));
  if (outputs.empty()) return {};
  MILLRACE_TRY(switch_table());
  MILLRACE_LET(outputs, plan(sources_));
  const auto work = [&]() -> base::Result<void> {
    std::vector<TimeRange> expired;
    for (const SealPlanner::Output& output : outputs) {
      if (output.has_expired()) expired.push_back(output.range);
      if (!output.has_expired()) MILLRACE_TRY(copy(output));
    }
    if (made_.empty() && expired.empty()) return {};
    MILLRACE_LET(events_, expired_rows(*reader_, type_, sources_, expired, run_.now));
    MILLRACE_TRY(keep_rest(outputs));
    return swap();
  };
  auto done = work();
  if (!done) drop_copies();
  return done;
}

}  // namespace

base::Result<void> seal_all(const SealRun& run) {
  for (const ValueType type : kTypes) {
    MILLRACE_LET(auto connection, Connection::open(run.store.database));
    MILLRACE_LET(auto reader, run.store.readers.lend());
    MILLRACE_TRY(TypeSealer(run, type, std::move(connection), std::move(reader)).seal());
  }
  return drop_partitions_before(run.store, run.write, run.now - run.retention);
}

bool is_seal_due(const OpenStore& store, const SealPolicy& policy, base::Time now,
                 bool is_interval_over) {
  const std::shared_lock lock(store.state);
  for (const ValueType type : kTypes) {
    std::uint64_t rows = 0, late_rows = 0;
    base::Time oldest = base::Time::max();
    for (const HotTable& table : store.layout->hot_of(type)) {
      const HotContent& content = store.hot.at(table.number);
      rows += content.rows;
      late_rows += content.late_rows;
      oldest = std::min(oldest, content.oldest);
    }
    const HotContent& writing = store.hot.at(store.layout->writing(type).number);
    if (rows >= policy.hot_rows_max && writing.rows >= policy.rows_min) return true;
    if (!is_interval_over || rows == 0) continue;
    const bool has_old_month = month_of(oldest).to + policy.month_grace <= now;
    if (rows >= policy.rows_min || late_rows > 0 || has_old_month) return true;
  }
  return false;
}

}  // namespace millrace::store::duckdb
