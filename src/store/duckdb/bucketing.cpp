// How a chart is read. Each part of its time comes from the cheapest source that is right there:
// hour or minute roll-ups of partitions, the rows of a partition (sorted, so in passing), the rows
// of hot tables in memory; and where late rows or duplicates may stand between others, or
// corrections touch them, the rows of all tables, put in order and corrected here.

#include "store/duckdb/bucketing.h"

#include <algorithm>
#include <format>
#include <map>
#include <ranges>
#include <span>
#include <tuple>

#include "store/bucket_builder.h"
#include "store/duckdb/sample_rows.h"

namespace millrace::store::duckdb {
namespace {

using base::ErrorCode;
using model::ValueType;

constexpr std::int64_t kBucketsMax = 10'000'000;
constexpr base::Duration kMicrosecond{1};
constexpr base::Duration kNear = 24 * kHour;

/// The largest roll-up that falls on the buckets; a microsecond when none does.
base::Duration resolution_of(const BucketQuery& query) {
  for (const base::Duration unit : {kHour, kMinute}) {
    const bool is_on_units = floor_to(query.start, unit) == query.start;
    if (query.step % unit == base::Duration::zero() && is_on_units) return unit;
  }
  return kMicrosecond;
}

base::Result<void> check(const BucketQuery& query) {
  if (query.step <= base::Duration::zero() || query.start >= query.end) {
    return base::fail(ErrorCode::kInvalid, "a bucket query needs start < end and a step above 0");
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

/// A partition is sorted by series: few series are found fastest one by one, each where it stands;
/// many in one pass over all of it.
std::vector<std::vector<model::SeriesId>> asked_together(const std::vector<model::SeriesId>& ids) {
  constexpr std::size_t kOneByOneMax = 64;
  if (ids.size() > kOneByOneMax) return {ids};
  std::vector<std::vector<model::SeriesId>> alone;
  for (const model::SeriesId id : ids) alone.push_back({id});
  return alone;
}

/// The series of one type with what memory knows of them.
struct Group {
  ValueType type{};
  std::vector<BucketBuilder> builders;  // by series

  std::vector<model::SeriesId> ids() const {
    std::vector<model::SeriesId> all;
    for (const BucketBuilder& one : builders) all.push_back(one.series());
    return all;
  }
  BucketBuilder& of(model::SeriesId id) {
    return *std::ranges::lower_bound(builders, id, {}, &BucketBuilder::series);
  }
};

/// A row of any table, on its way into order.
struct LooseRow {
  model::SeriesId series{};
  base::Time time;
  std::int64_t commit = 0;
  Reading reading;
  auto order() const { return std::tuple(series, time, commit); }
};

/// As far as an overlay and a reading need it.
model::Sample sample_of(const LooseRow& row) {
  const auto quality =
      row.reading.is_bad ? model::Quality().marked(model::Reason::kSourceStatus) : model::Quality();
  return {row.time, row.reading.is_usable ? model::Value(row.reading.value) : model::Value(),
          quality};
}

/// Series whose rows are read from one range of time.
struct RowsRange {
  TimeRange hull;
  std::vector<model::SeriesId> series;
};

/// A chart in the making.
class Chart {
 public:
  explicit Chart(const BucketQuery& query)
      : query_(query), range_{query.start, query.end}, unit_(resolution_of(query)) {
    std::ranges::sort(query_.series);
    const auto repeated = std::ranges::unique(query_.series);
    query_.series.erase(repeated.begin(), repeated.end());
  }
  Chart(const Chart&) = delete;
  Chart& operator=(const Chart&) = delete;

  /// Takes what memory knows; under the readers' lock.
  void look(const OpenStore& store);
  base::Result<void> read(const Snapshot& snapshot);
  std::vector<BucketRow> finish();

 private:
  TimeRanges rows_only(const OpenStore& store, ValueType type, model::SeriesId id) const;
  void take_trails(const OpenStore& store, const Group& group);
  void add_trails(Group& group) const;
  base::Result<void> read_partition(const Snapshot& snapshot, const PartitionTable& partition,
                                    Group& group) const;
  std::string rollups_for(const PartitionTable& partition) const;
  base::Result<void> read_rollups(const Snapshot& snapshot, const std::string& table, Group& group,
                                  const PartitionTable& partition) const;
  base::Result<void> read_rollups_of(const std::vector<model::SeriesId>& ids,
                                     const Snapshot& snapshot, const std::string& table,
                                     Group& group, const PartitionTable& partition) const;
  base::Result<void> read_disturbed(const Snapshot& snapshot, Group& group) const;
  base::Result<void> read_before(const Snapshot& snapshot, Group& group) const;
  const Overlay* overlay_of(model::SeriesId id) const;
  base::Time end_of_rows(const RowsRange& range) const;
  void add_loose(BucketBuilder& builder, const Layout& layout, const TimeRange& hull,
                 std::span<const LooseRow> rows) const;
  base::Result<base::Time> first_stored(const Snapshot& snapshot, ValueType type,
                                        model::SeriesId id) const;
  base::Result<void> set_before(const Snapshot& snapshot, Group& group, model::SeriesId id,
                                const LooseRow* newest) const;

  BucketQuery query_;
  const TimeRange range_;
  const base::Duration unit_;
  std::vector<Group> groups_;
  std::vector<std::pair<model::SeriesId, Trail>> trails_;
  std::map<model::SeriesId, std::shared_ptr<const Overlay>> overlays_;
  std::map<model::SeriesId, ValueType> type_of_;  // of those with an overlay
  base::Result<void> looked_;
};

const Overlay* Chart::overlay_of(model::SeriesId id) const {
  const auto found = overlays_.find(id);
  return found == overlays_.end() ? nullptr : found->second.get();
}

/// Where the rows themselves must be read: around late rows and duplicates in hot tables, where
/// corrections touch them, and at the end where a unit is cut.
TimeRanges Chart::rows_only(const OpenStore& store, ValueType type, model::SeriesId id) const {
  TimeRanges rows;
  if (const Overlay* overlay = overlay_of(id)) rows.add(overlay->touched().widened(unit_, range_));
  for (const HotTable& table : store.layout->hot_of(type)) {
    rows.add(store.hot.at(table.number).index.disturbed(id).widened(unit_, range_));
  }
  const auto latest = store.book.latest(id);
  if (latest && *latest >= range_.to && unit_ != kMicrosecond) {
    rows.add(intersection({floor_to(range_.to, unit_), range_.to}, range_));
  }
  return rows;
}

void Chart::look(const OpenStore& store) {
  groups_.clear();
  trails_.clear();
  overlays_.clear();
  looked_ = {};
  for (const model::SeriesId id : query_.series) {
    auto overlay = store.corrections.overlay(id);
    if (query_.corrections == Corrections::kLeftOut || !overlay) continue;
    overlays_.emplace(id, std::move(overlay));
    if (const auto type = store.book.type_of(id)) type_of_.emplace(id, *type);
  }
  for (const ValueType type : kTypes) {
    Group group{type, {}};
    for (const model::SeriesId id : query_.series) {
      if (!store.book.has(id, type)) continue;
      group.builders.emplace_back(query_, id, rows_only(store, type, id));
    }
    if (group.builders.empty()) continue;
    if (!has_rollups(type)) {
      looked_ = base::fail(ErrorCode::kInvalid,
                           std::format("series {} has no numbers", number(group.ids().front())),
                           "Text and bytes have no aggregates; read them raw.");
    }
    take_trails(store, group);
    groups_.push_back(std::move(group));
  }
  for (const model::SeriesId id : query_.series) {
    if (store.book.type_of(id)) continue;
    looked_ = base::fail(ErrorCode::kNotFound, std::format("there is no series {}", number(id)));
  }
}

/// Copies what hot tables hold; it comes after the partitions in the order of each series.
void Chart::take_trails(const OpenStore& store, const Group& group) {
  for (const HotTable& table : store.layout->hot_of(group.type)) {
    const HotIndex& index = store.hot.at(table.number).index;
    for (const BucketBuilder& builder : group.builders) {
      Trail trail = index.trail(builder.series(), range_);
      if (!trail.is_empty()) trails_.emplace_back(builder.series(), std::move(trail));
    }
  }
}

void Chart::add_trails(Group& group) const {
  for (const auto& [id, trail] : trails_) {
    if (!std::ranges::binary_search(group.builders, id, {}, &BucketBuilder::series)) continue;
    BucketBuilder& builder = group.of(id);
    trail.for_each(range_, [&](base::Time time, const Reading& one) {
      if (!builder.rows_only().holds(time)) builder.add(time, one);
    });
  }
}

base::Result<void> Chart::read(const Snapshot& snapshot) {
  MILLRACE_TRY(looked_);
  const bool needs_before =
      std::ranges::find(query_.aggregates, Aggregate::kTimeWeightedAvg) != query_.aggregates.end();
  for (Group& group : groups_) {
    for (const auto& partition : snapshot.layout().partitions_of(group.type, range_)) {
      MILLRACE_TRY(read_partition(snapshot, partition, group));
    }
  }
  for (Group& group : groups_) {
    add_trails(group);
    MILLRACE_TRY(read_disturbed(snapshot, group));
    if (needs_before) MILLRACE_TRY(read_before(snapshot, group));
  }
  return {};
}

base::Result<void> Chart::read_partition(const Snapshot& snapshot, const PartitionTable& partition,
                                         Group& group) const {
  const std::string rollups = rollups_for(partition);
  if (!rollups.empty()) return read_rollups(snapshot, rollups, group, partition);
  if (!partition.has_rows) return {};
  for (const auto& ids : asked_together(group.ids())) {
    MILLRACE_LET(auto rows, snapshot.connection().stream(std::format(
                                "SELECT series, time, value, quality FROM {} WHERE {} AND "
                                "time >= {} AND time < {}",
                                part_name(group.type, partition.number), among(ids),
                                micros(range_.from), micros(range_.to))));
    MILLRACE_TRY(for_each_row(rows, [&](std::size_t row) {
      BucketBuilder& builder = group.of(series_at(rows, 0, row));
      const base::Time time = time_at(rows, 1, row);
      if (builder.rows_only().holds(time)) return;
      builder.add(time, reading_at(rows, 2, row, group.type, quality_at(rows, 3, row)));
    }));
  }
  return {};
}

/// The table that answers for the partition; empty for its rows. Where these have expired whatever
/// is left does.
std::string Chart::rollups_for(const PartitionTable& partition) const {
  const bool needs_hours = !partition.has_rows && !partition.has_minutes;
  if (partition.has_hours && (unit_ == kHour || needs_hours)) {
    return hour_name(partition.type, partition.number);
  }
  if (partition.has_minutes && (unit_ != kMicrosecond || !partition.has_rows)) {
    return minute_name(partition.type, partition.number);
  }
  return {};
}

base::Result<void> Chart::read_rollups(const Snapshot& snapshot, const std::string& table,
                                       Group& group, const PartitionTable& partition) const {
  for (const auto& ids : asked_together(group.ids())) {
    MILLRACE_TRY(read_rollups_of(ids, snapshot, table, group, partition));
  }
  return {};
}

base::Result<void> Chart::read_rollups_of(const std::vector<model::SeriesId>& ids,
                                          const Snapshot& snapshot, const std::string& table,
                                          Group& group, const PartitionTable& partition) const {
  MILLRACE_LET(auto rows,
               snapshot.connection().stream(std::format(
                   "SELECT series, bucket, head, tail, samples, bad, first, last, min, "
                   "max, sum, integral, covered, is_tail_usable FROM {} WHERE {} AND "
                   "bucket >= {} AND bucket < {}",
                   table, among(ids), micros(floor_to(range_.from, kHour)), micros(range_.to))));
  return for_each_row(rows, [&](std::size_t row) {
    BucketBuilder& builder = group.of(series_at(rows, 0, row));
    const bool is_read_as_rows = builder.rows_only().holds(time_at(rows, 1, row));
    if (partition.has_rows && is_read_as_rows) return;
    if (!range_.holds(time_at(rows, 2, row))) return;  // of an hour that the range cuts
    const auto number = [&](std::size_t column) { return rows.column<double>(column)[row]; };
    builder.add(Rollup{.head = time_at(rows, 2, row),
                       .tail = time_at(rows, 3, row),
                       .samples = rows.column<std::uint64_t>(4)[row],
                       .bad = rows.column<std::uint64_t>(5)[row],
                       .first = number(6),
                       .last = number(7),
                       .min = number(8),
                       .max = number(9),
                       .sum = number(10),
                       .integral = number(11),
                       .covered = rows.column<std::int64_t>(12)[row],
                       .is_tail_usable = rows.column<bool>(13)[row],
                       .is_empty = false});
  });
}

/// Ranges that stand near each other are read at once.
std::vector<TimeRange> hulls_of(const TimeRanges& ranges) {
  std::vector<TimeRange> hulls;
  for (const TimeRange& range : ranges.ranges()) {
    if (hulls.empty() || range.from - hulls.back().to > kNear) {
      hulls.push_back(range);
    } else {
      hulls.back().to = range.to;
    }
  }
  return hulls;
}

std::vector<RowsRange> ranges_of(const Group& group) {
  std::vector<RowsRange> ranges;
  for (const BucketBuilder& builder : group.builders) {
    for (const TimeRange& hull : hulls_of(builder.rows_only())) {
      auto it = std::ranges::find(ranges, hull, &RowsRange::hull);
      if (it == ranges.end()) it = ranges.insert(ranges.end(), {hull, {}});
      it->series.push_back(builder.series());
    }
  }
  return ranges;
}

std::vector<std::string> tables_of(const Layout& layout, ValueType type, const TimeRange& range) {
  std::vector<std::string> names;
  for (const PartitionTable& one : layout.rows_of(type, range)) {
    names.push_back(part_name(type, one.number));
  }
  for (const HotTable& one : layout.hot_of(type)) names.push_back(hot_name(type, one.number));
  return names;
}

/// How far rows must be known: behind the range where a cell of a fill reaches over its end.
base::Time Chart::end_of_rows(const RowsRange& range) const {
  base::Time end = range.hull.to;
  for (const model::SeriesId id : range.series) {
    if (const Overlay* overlay = overlay_of(id)) end = std::max(end, overlay->horizon(end));
  }
  return end;
}

/// Rows of one series in order, with some behind the hull.
void Chart::add_loose(BucketBuilder& builder, const Layout& layout, const TimeRange& hull,
                      std::span<const LooseRow> rows) const {
  const Overlay* overlay = overlay_of(builder.series());
  if (!overlay) {
    for (const LooseRow& row : rows) builder.add(row.time, row.reading);
    return;
  }
  const auto take = [&](const SeenRow& row) {
    const base::Time time = row.sample.time;
    const bool is_shown =
        row.stored || layout.shows_filled_buckets(type_of_.at(builder.series()), time);
    if (!is_shown || !builder.rows_only().holds(time)) return;
    builder.add(time, reading(row.sample));
  };
  OverlayWalk walk(*overlay, hull, take);
  for (const LooseRow& row : rows) walk.stored(sample_of(row));
  walk.finish();
}

base::Result<void> Chart::read_disturbed(const Snapshot& snapshot, Group& group) const {
  for (const RowsRange& range : ranges_of(group)) {
    std::vector<LooseRow> loose;
    const TimeRange read{range.hull.from, end_of_rows(range)};
    for (const std::string& table : tables_of(snapshot.layout(), group.type, read)) {
      MILLRACE_LET(auto rows, snapshot.connection().stream(std::format(
                                  "SELECT series, time, value, quality, commit FROM {} WHERE {} "
                                  "AND time >= {} AND time < {}",
                                  table, among(range.series), micros(read.from), micros(read.to))));
      MILLRACE_TRY(for_each_row(rows, [&](std::size_t row) {
        const auto id = series_at(rows, 0, row);
        const base::Time time = time_at(rows, 1, row);
        const bool is_needed = overlay_of(id) || group.of(id).rows_only().holds(time);
        if (!is_needed) return;
        loose.push_back({id, time, rows.column<std::int64_t>(4)[row],
                         reading_at(rows, 2, row, group.type, quality_at(rows, 3, row))});
      }));
    }
    std::ranges::stable_sort(loose, {}, &LooseRow::order);
    for (const model::SeriesId id : range.series) {
      add_loose(group.of(id), snapshot.layout(), range.hull,
                std::ranges::equal_range(loose, id, {}, &LooseRow::series));
    }
  }
  return {};
}

/// The newest row of each series before `end` in one table that is newer than what was `found`.
base::Result<void> find_newest(const Snapshot& snapshot, ValueType type, const std::string& select,
                               std::map<model::SeriesId, LooseRow>& found) {
  MILLRACE_LET(auto rows, snapshot.connection().stream(select));
  return for_each_row(rows, [&](std::size_t row) {
    const LooseRow one{series_at(rows, 0, row), time_at(rows, 1, row),
                       rows.column<std::int64_t>(4)[row],
                       reading_at(rows, 2, row, type, quality_at(rows, 3, row))};
    const auto [it, is_new] = found.emplace(one.series, one);
    LooseRow& best = it->second;
    const bool is_better =
        best.time < one.time || (best.time == one.time && one.commit < best.commit);
    if (!is_new && is_better) best = one;
  });
}

/// What holds into the first bucket: looked for in hot tables, then from new partitions to old
/// ones.
base::Result<void> Chart::read_before(const Snapshot& snapshot, Group& group) const {
  std::map<model::SeriesId, LooseRow> found;
  auto missing = group.ids();
  const auto select = [&](const std::string& table) {
    return std::format(
        "SELECT t.series, t.time, t.value, t.quality, t.commit FROM {0} t JOIN (SELECT series, "
        "max(time) AS time FROM {0} WHERE {1} AND time < {2} GROUP BY series) m "
        "USING (series, time) ORDER BY t.commit, t.rowid",
        table, among(missing), micros(range_.from));
  };
  for (const HotTable& one : snapshot.layout().hot_of(group.type)) {
    MILLRACE_TRY(find_newest(snapshot, group.type, select(hot_name(one.type, one.number)), found));
  }
  const auto partitions = snapshot.layout().rows_of(group.type, {base::Time::min(), range_.from});
  for (const PartitionTable& one : std::views::reverse(partitions)) {
    // What is found is the newest unless this partition or an older one may own something newer.
    std::erase_if(missing, [&](model::SeriesId id) {
      const auto it = found.find(id);
      return it != found.end() && it->second.time >= one.range.to;
    });
    if (missing.empty()) break;
    MILLRACE_TRY(find_newest(snapshot, group.type, select(part_name(one.type, one.number)), found));
  }
  for (const model::SeriesId id : group.ids()) {
    const auto it = found.find(id);
    MILLRACE_TRY(set_before(snapshot, group, id, it == found.end() ? nullptr : &it->second));
  }
  return {};
}

/// The time of the first sample stored behind the start, as far as it may keep a fill from showing
/// one before it.
base::Result<base::Time> Chart::first_stored(const Snapshot& snapshot, ValueType type,
                                             model::SeriesId id) const {
  base::Time first = base::Time::max();
  const TimeRange read{range_.from, overlay_of(id)->horizon(range_.from)};
  if (read.is_empty()) return first;
  for (const std::string& table : tables_of(snapshot.layout(), type, read)) {
    MILLRACE_LET(auto rows, snapshot.connection().query(std::format(
                                "SELECT min(time) FROM {} WHERE {} AND time >= {} AND time < {}",
                                table, among({id}), micros(read.from), micros(read.to))));
    MILLRACE_TRY(for_each_row(rows, [&](std::size_t row) {
      if (!rows.is_null(0, row)) first = std::min(first, time_at(rows, 0, row));
    }));
  }
  return first;
}

/// The newest sample before the start as it is seen; `newest` is the newest stored one.
base::Result<void> Chart::set_before(const Snapshot& snapshot, Group& group, model::SeriesId id,
                                     const LooseRow* newest) const {
  Reading before = newest ? newest->reading : Reading{};
  if (const Overlay* overlay = overlay_of(id)) {
    MILLRACE_LET(const base::Time next, first_stored(snapshot, group.type, id));
    const base::Time after = newest ? newest->time + kMicrosecond : base::Time::min();
    if (const auto filled = overlay->last_fill(after, next, range_.from)) {
      before = reading(filled->sample);
    } else if (newest) {
      model::Sample sample = sample_of(*newest);
      overlay->apply(sample);
      before = reading(sample);
    }
  }
  group.of(id).set_before({before.value, before.is_usable});
  return {};
}

std::vector<BucketRow> Chart::finish() {
  std::vector<std::vector<BucketRow>> parts;
  for (Group& group : groups_) {
    for (BucketBuilder& builder : group.builders) parts.push_back(builder.finish());
  }
  std::erase_if(parts, [](const auto& part) { return part.empty(); });
  std::ranges::sort(parts, {}, [](const auto& part) { return part.front().series; });
  std::vector<BucketRow> rows;
  for (auto& part : parts) std::ranges::move(part, std::back_inserter(rows));
  return rows;
}

}  // namespace

std::string among(const std::vector<model::SeriesId>& series) {
  std::string list;
  for (const model::SeriesId id : series) {
    list += std::format("{}{}", list.empty() ? "" : ",", number(id));
  }
  return series.size() == 1 ? "series = " + list : "series IN (" + list + ")";
}

base::Result<BucketResult> read_buckets(OpenStore& store, const BucketQuery& query) {
  MILLRACE_TRY(check(query));

  Chart chart(query);
  MILLRACE_LET(const auto snapshot,
               Snapshot::take(store, [&] { chart.look(store); }, query.deadline));
  MILLRACE_TRY(chart.read(snapshot));
  return BucketResult{chart.finish(), snapshot.commit()};
}

}  // namespace millrace::store::duckdb
