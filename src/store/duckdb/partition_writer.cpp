#include "store/duckdb/partition_writer.h"

namespace millrace::store::duckdb {
namespace {

/// A roll-up must stand for so many rows to be worth its place.
constexpr std::uint64_t kRowsPerBucketMin = 8;
/// So many roll-ups decide.
constexpr std::uint64_t kBucketsToDecide = 50'000;

}  // namespace

void RollupWriter::add(model::SeriesId series, base::Time time, const Reading& one) {
  if (is_wanted_ == false) return;
  const base::Time bucket = floor_to(time, unit_);
  if (entries_.empty() || entries_.back().series != series || entries_.back().bucket != bucket) {
    entries_.push_back({series, bucket, {}});
    ++buckets_;
  }
  ++rows_;
  Rollup& rollup = entries_.back().rollup;
  if (!rollup.is_empty && rollup.tail == time) {
    rollup.add_duplicate(time, one);
  } else {
    rollup.add(time, one);
  }
}

void RollupWriter::decide() {
  is_wanted_ = rows_ >= kRowsPerBucketMin * buckets_;
  if (!*is_wanted_) entries_ = {};
}

base::Result<void> RollupWriter::flush(Connection& connection) {
  if (!is_wanted_ && buckets_ >= kBucketsToDecide) decide();
  if (is_wanted_ != true || entries_.size() < 2) return {};
  return write(connection, entries_.size() - 1);
}

base::Result<bool> RollupWriter::finish(Connection& connection) {
  if (!is_wanted_) decide();
  if (*is_wanted_) MILLRACE_TRY(write(connection, entries_.size()));
  return *is_wanted_;
}

base::Result<void> RollupWriter::write(Connection& connection, std::size_t count) {
  if (!is_made_) MILLRACE_TRY(connection.run(make_rollup_table(table_)));
  is_made_ = true;
  MILLRACE_LET(auto appender, Appender::open(connection, table_));
  for (std::size_t i = 0; i < count; ++i) {
    const auto& [series, bucket, one] = entries_[i];
    appender.i32(number(series)).i64(micros(bucket)).i64(micros(one.head)).i64(micros(one.tail));
    appender.u64(one.samples).u64(one.bad).f64(one.first).f64(one.last).f64(one.min).f64(one.max);
    appender.f64(one.sum).f64(one.integral).i64(one.covered).boolean(one.is_tail_usable).end_row();
  }
  entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(count));
  return appender.close();
}

base::Result<PartitionWriter> PartitionWriter::make(Connection& connection,
                                                    const PartitionTable& table) {
  const std::string name = part_name(table.type, table.number);
  MILLRACE_TRY(connection.run(make_sample_table(name, table.type)));
  MILLRACE_LET(auto appender, Appender::open(connection, name));
  return PartitionWriter(connection, table, std::move(appender));
}

PartitionWriter::PartitionWriter(Connection& connection, const PartitionTable& table,
                                 Appender appender)
    : connection_(&connection),
      table_(table),
      appender_(std::move(appender)),
      minutes_(minute_name(table.type, table.number), kMinute),
      hours_(hour_name(table.type, table.number), kHour) {}

void PartitionWriter::take_row(Rows& rows, std::size_t row) {
  const auto id = series_at(rows, 0, row);
  const base::Time time = time_at(rows, 1, row);
  const bool is_duplicate = table_.rows > 0 && id == series_ && time == time_;
  model::Quality quality = quality_at(rows, 3, row);
  if (is_duplicate) {
    quality = quality.marked(model::Reason::kDuplicate);
    rows.mutable_column<std::uint32_t>(3)[row] = quality.bits();
  }
  if (table_.rows == 0) table_.t_min = table_.t_max = time;
  table_.t_min = std::min(table_.t_min, time);
  table_.t_max = std::max(table_.t_max, time);
  ++table_.rows;
  series_ = id;
  time_ = time;
  if (has_rollups(table_.type)) {
    const Reading one = reading_at(rows, 2, row, table_.type, quality);
    minutes_.add(id, time, one);
    hours_.add(id, time, one);
  }
  if (!is_duplicate) newest_row_ = row;
  const bool is_end_of_series = row + 1 == rows.size() || series_at(rows, 0, row + 1) != id;
  if (!is_end_of_series || !newest_row_) return;
  const std::size_t last = *newest_row_;
  newest_[id] = {
      id,
      {time_at(rows, 1, last), value_at(rows, 2, last, table_.type), quality_at(rows, 3, last)},
      time_at(rows, 4, last)};
  newest_row_.reset();
}

base::Result<void> PartitionWriter::take(Rows& rows) {
  for (std::size_t row = 0; row < rows.size(); ++row) take_row(rows, row);
  MILLRACE_TRY(appender_->chunk(rows.chunk()));
  if (!has_rollups(table_.type)) return {};
  MILLRACE_TRY(minutes_.flush(*connection_));
  return hours_.flush(*connection_);
}

base::Result<PartitionTable> PartitionWriter::finish() {
  MILLRACE_TRY(appender_->close());
  appender_.reset();
  if (has_rollups(table_.type) && table_.rows > 0) {
    MILLRACE_LET(table_.has_minutes, minutes_.finish(*connection_));
    MILLRACE_LET(table_.has_hours, hours_.finish(*connection_));
  }
  return table_;
}

}  // namespace millrace::store::duckdb
