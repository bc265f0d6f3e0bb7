// Retention, for one partition after the other:
//
//   1 make    roll-ups that are to outlive the rows and are not there, or were made from samples
//             that have been corrected since, are made in tables of a new number
//   2 swap    one transaction: the partition is named without what has expired, under the new
//             number where there is one, and the tables that nobody needs are dropped
//
// Killed before 2, what 1 made are orphans that the next start drops. A partition of which nothing
// is left stays named: so the range is known as expired, and late rows and fills do not come back.

#include "store/duckdb/retention.h"

#include <algorithm>
#include <format>
#include <set>

#include "store/duckdb/layout_change.h"
#include "store/duckdb/partition_writer.h"
#include "store/duckdb/raw_reading.h"

namespace millrace::store::duckdb {
namespace {

bool has_expired(base::Duration kept, const PartitionTable& one, base::Time now) {
  return kept != base::Duration::zero() && one.range.to <= now - kept;
}

/// The partition as it should be.
PartitionTable target_of(const PartitionTable& one, const RetentionPolicy& policy, base::Time now) {
  PartitionTable target = one;
  target.has_rows = one.has_rows && !has_expired(policy.raw, one, now);
  if (target.has_rows) return target;
  const bool may_make = has_rollups(one.type) && one.has_rows;
  const bool has_minutes = one.has_minutes || may_make;
  const bool has_hours = one.has_hours || may_make;
  target.has_minutes = has_minutes && !has_expired(policy.minutes, one, now);
  target.has_hours = has_hours && !has_expired(policy.hours, one, now);
  return target;
}

bool is_same(const PartitionTable& left, const PartitionTable& right) {
  return left.has_rows == right.has_rows && left.has_minutes == right.has_minutes &&
         left.has_hours == right.has_hours;
}

/// What the target no longer has of the source.
void note_dropped(const PartitionTable& source, const PartitionTable& target,
                  std::vector<Dropped>& dropped) {
  const auto note = [&](Kept what, bool was_there, bool is_there) {
    if (was_there && !is_there) dropped.push_back({what, source.type, source.range, source.rows});
  };
  note(Kept::kRows, source.has_rows, target.has_rows);
  note(Kept::kMinutes, source.has_minutes, target.has_minutes);
  note(Kept::kHours, source.has_hours, target.has_hours);
}

/// Rows that are not sealed yet, of the times that one policy keeps and the other does not.
base::Result<void> note_hot(const Snapshot& snapshot, const TimeRange& range,
                            std::vector<Dropped>& dropped) {
  for (const HotTable& table : snapshot.layout().hot) {
    MILLRACE_LET(auto rows,
                 snapshot.connection().query(std::format(
                     "SELECT count(*), min(time), max(time) FROM {} "
                     "WHERE time >= {} AND time < {}",
                     hot_name(table.type, table.number), micros(range.from), micros(range.to))));
    MILLRACE_LET(const bool is_there, rows.next());
    const auto count = is_there ? rows.column<std::int64_t>(0)[0] : 0;
    if (count == 0) continue;
    dropped.push_back({Kept::kRows,
                       table.type,
                       {time_at(rows, 1, 0), time_at(rows, 2, 0) + base::Duration(1)},
                       static_cast<std::uint64_t>(count)});
  }
  return {};
}

using Overlays = std::map<model::SeriesId, std::shared_ptr<const Overlay>>;

/// Makes the roll-ups of a partition anew, from its rows as they are seen.
class RollupMaker {
 public:
  RollupMaker(Connection& writer, const Snapshot& snapshot, const PartitionTable& source,
              const PartitionTable& target, const Overlays& overlays)
      : writer_(writer),
        snapshot_(snapshot),
        source_(source),
        overlays_(overlays),
        minutes_(minute_name(target.type, target.number), kMinute, RollupWriter::Worth::kAlways),
        hours_(hour_name(target.type, target.number), kHour, RollupWriter::Worth::kAlways),
        makes_minutes_(target.has_minutes),
        makes_hours_(target.has_hours) {}

  base::Result<void> make(const std::stop_token& stop);

 private:
  void begin(model::SeriesId series);
  base::Result<void> end();
  void add(base::Time time, const Reading& one);
  void take(const Rows& rows, std::size_t row);
  base::Result<void> make_unstored();
  base::Result<void> flush();

  Connection& writer_;
  const Snapshot& snapshot_;
  const PartitionTable& source_;
  const Overlays& overlays_;
  RollupWriter minutes_;
  RollupWriter hours_;
  const bool makes_minutes_;
  const bool makes_hours_;
  model::SeriesId series_{};
  std::set<model::SeriesId> begun_;
  std::optional<OverlayWalk> walk_;
};

void RollupMaker::add(base::Time time, const Reading& one) {
  if (makes_minutes_) minutes_.add(series_, time, one);
  if (makes_hours_) hours_.add(series_, time, one);
}

void RollupMaker::begin(model::SeriesId series) {
  series_ = series;
  begun_.insert(series);
  const auto found = overlays_.find(series);
  if (found == overlays_.end()) return;
  walk_.emplace(*found->second, source_.range,
                [this](const SeenRow& row) { add(row.sample.time, reading(row.sample)); });
}

/// Tells the walk of the next stored sample behind the partition, on which its last cell depends.
base::Result<void> RollupMaker::end() {
  if (!walk_) return {};
  const base::Time border = source_.range.to;
  RawQuery query{.series = series_,
                 .start = border,
                 .end = overlays_.at(series_)->horizon(border),
                 .limit = 1};
  MILLRACE_LET(const SeenPage next, read_page(snapshot_, source_.type, nullptr, query));
  for (const SeenRow& row : next.rows) walk_->stored(row.sample);
  walk_->finish();
  walk_.reset();
  return {};
}

void RollupMaker::take(const Rows& rows, std::size_t row) {
  const base::Time time = time_at(rows, 1, row);
  const model::Quality quality = quality_at(rows, 3, row);
  if (!walk_) return add(time, reading_at(rows, 2, row, source_.type, quality));
  walk_->stored({time, value_at(rows, 2, row, source_.type), quality});
}

base::Result<void> RollupMaker::flush() {
  if (makes_minutes_) MILLRACE_TRY(minutes_.flush(writer_));
  if (makes_hours_) MILLRACE_TRY(hours_.flush(writer_));
  return {};
}

/// Series of which nothing is stored here, but a fill shows samples.
base::Result<void> RollupMaker::make_unstored() {
  for (const auto& [series, overlay] : overlays_) {
    if (begun_.contains(series)) continue;
    begin(series);
    MILLRACE_TRY(end());
  }
  return {};
}

base::Result<void> RollupMaker::make(const std::stop_token& stop) {
  // The rows stand by series and time; the snapshot's own connection is needed beside this one.
  MILLRACE_LET(auto connection, Connection::open(writer_.database()));
  MILLRACE_LET(auto rows,
               connection.stream(std::format("SELECT series, time, value, quality FROM {}",
                                             part_name(source_.type, source_.number))));
  while (true) {
    MILLRACE_LET(const bool has_more, rows.next());
    if (!has_more) break;
    if (stop.stop_requested()) {
      return base::fail_for_now(base::ErrorCode::kUnavailable, "retention was told to stop");
    }
    for (std::size_t row = 0; row < rows.size(); ++row) {
      const auto series = series_at(rows, 0, row);
      if (series != series_) {
        MILLRACE_TRY(end());
        begin(series);
      }
      take(rows, row);
    }
    MILLRACE_TRY(flush());
  }
  MILLRACE_TRY(end());
  MILLRACE_TRY(make_unstored());
  if (makes_minutes_) MILLRACE_TRY(minutes_.finish(writer_));
  if (makes_hours_) MILLRACE_TRY(hours_.finish(writer_));
  return {};
}

class PartitionRetention {
 public:
  PartitionRetention(const RetentionRun& run, const PartitionTable& source)
      : run_(run), source_(source), target_(target_of(source, run.policy, run.now)) {}

  bool is_due() const { return !is_same(source_, target_); }
  base::Result<void> apply();
  const PartitionTable& source() const { return source_; }
  const PartitionTable& target() const { return target_; }

 private:
  Overlays overlays() const;
  base::Result<void> make_rollups(const Overlays& overlays);
  base::Result<void> swap();

  const RetentionRun& run_;
  const PartitionTable source_;
  PartitionTable target_;
};

/// Of the series of its type that are corrected in its range.
Overlays PartitionRetention::overlays() const {
  Overlays found;
  const std::shared_lock lock(run_.store.state);
  for (const Correction& one : run_.store.corrections.find(
           {.range = source_.range, .limit = std::numeric_limits<std::size_t>::max()})) {
    if (!run_.store.book.has(one.series, source_.type)) continue;
    found.emplace(one.series, run_.store.corrections.overlay(one.series));
  }
  return found;
}

base::Result<void> PartitionRetention::make_rollups(const Overlays& overlays) {
  {
    const std::lock_guard lock(run_.write);
    target_.number = TableNumber(run_.store.next_table++);
  }
  MILLRACE_LET(const auto snapshot, Snapshot::take(run_.store));
  MILLRACE_LET(auto writer, Connection::open(run_.store.database));
  MILLRACE_LET(auto transaction, Transaction::begin(writer));
  RollupMaker maker(writer, snapshot, source_, target_, overlays);
  MILLRACE_TRY(maker.make(run_.stop));
  return transaction.commit();
}

base::Result<void> PartitionRetention::swap() {
  OpenStore& store = run_.store;
  const std::lock_guard lock(run_.write);
  std::string sql =
      std::format("DELETE FROM partitions WHERE number = {};", number(source_.number));
  sql += name_partition(target_);
  PartitionTable gone = source_;
  if (gone.number == target_.number) {
    gone.has_rows &= !target_.has_rows;
    gone.has_minutes &= !target_.has_minutes;
    gone.has_hours &= !target_.has_hours;
  }
  sql += drop_partition(gone);
  MILLRACE_LET(auto transaction, Transaction::begin(store.writer));
  MILLRACE_TRY(store.writer.run(sql + next_layout(store)));
  MILLRACE_TRY(transaction.commit());
  change_layout(store, [&](Layout& layout) {
    std::erase_if(layout.partitions,
                  [&](const PartitionTable& one) { return one.number == source_.number; });
    layout.partitions.push_back(target_);
  });
  return {};
}

base::Result<void> PartitionRetention::apply() {
  const bool is_wanted = target_.has_minutes || target_.has_hours;
  if (source_.has_rows && is_wanted) {
    const bool is_there =
        (source_.has_minutes || !target_.has_minutes) && (source_.has_hours || !target_.has_hours);
    const Overlays corrected = overlays();
    if (!is_there || !corrected.empty()) MILLRACE_TRY(make_rollups(corrected));
  }
  return swap();
}

std::vector<PartitionTable> partitions_of(const OpenStore& store) {
  const std::shared_lock lock(store.state);
  return store.layout->partitions;
}

}  // namespace

base::Result<RetentionReport> retain(const RetentionRun& run) {
  RetentionReport report;
  for (const PartitionTable& one : partitions_of(run.store)) {
    PartitionRetention retention(run, one);
    if (!retention.is_due()) continue;
    if (run.stop.stop_requested()) {
      return base::fail_for_now(base::ErrorCode::kUnavailable, "retention was told to stop");
    }
    MILLRACE_TRY(retention.apply());
    note_dropped(retention.source(), retention.target(), report.dropped);
  }
  return report;
}

base::Result<std::vector<Dropped>> expiring(OpenStore& store, const RetentionPolicy& policy,
                                            const RetentionPolicy& present, base::Time now) {
  std::vector<Dropped> dropped;
  MILLRACE_LET(const auto snapshot, Snapshot::take(store));
  for (const PartitionTable& one : snapshot.layout().partitions) {
    const std::size_t known = dropped.size();
    note_dropped(target_of(one, present, now), target_of(one, policy, now), dropped);
    for (std::size_t i = known; i < dropped.size(); ++i) {
      dropped[i].range = {one.t_min, one.t_max + base::Duration(1)};
    }
  }
  const auto since = [&](base::Duration kept) {
    return kept == base::Duration::zero() ? base::Time::min() : now - kept;
  };
  const TimeRange hot{since(present.raw), since(policy.raw)};
  if (!hot.is_empty()) MILLRACE_TRY(note_hot(snapshot, hot, dropped));
  return dropped;
}

bool is_retention_due(const OpenStore& store, const RetentionPolicy& policy, base::Time now) {
  return std::ranges::any_of(partitions_of(store), [&](const PartitionTable& one) {
    return !is_same(one, target_of(one, policy, now));
  });
}

}  // namespace millrace::store::duckdb
