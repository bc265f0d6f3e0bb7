#include "store/duckdb/sql_scan.h"

#include <algorithm>
#include <cmath>
#include <format>
#include <numeric>

#include "store/duckdb/bucketing.h"
#include "store/duckdb/sample_rows.h"

namespace millrace::store::duckdb {
namespace {

bool is_full(const SqlBlock& block) {
  return block.rows() >= kSqlRowsAtOnce || block.bytes() >= kSqlBytesAtOnce;
}

/// Rows of one statement over the store's own tables.
class RowScan final : public SqlScan {
 public:
  RowScan(Snapshot snapshot, Rows rows) : snapshot_(std::move(snapshot)), rows_(std::move(rows)) {}

  base::Result<void> fill(SqlBlock& block) override {
    while (!is_full(block)) {
      MILLRACE_LET(const bool has_more, rows_.next());
      if (!has_more) return {};
      every_.resize(rows_.size());
      std::iota(every_.begin(), every_.end(), 0U);
      for (std::size_t i = 0; i < block.columns(); ++i) block.put_column(i, rows_, i, every_);
      block.end_rows(rows_.size());
    }
    return {};
  }

 private:
  Snapshot snapshot_;
  Rows rows_;  // end before the snapshot does
  std::vector<std::uint32_t> every_;
};

class GivenScan final : public SqlScan {
 public:
  GivenScan(SqlRowSource source, std::vector<std::uint32_t> columns)
      : source_(std::move(source)), columns_(std::move(columns)) {}

  base::Result<void> fill(SqlBlock& block) override {
    while (!is_full(block)) {
      row_.clear();
      if (!source_(row_)) return {};
      for (std::size_t i = 0; i < columns_.size(); ++i) put(block, i, row_.at(columns_[i]));
      block.end_rows(1);
    }
    return {};
  }

 private:
  static void put(SqlBlock& block, std::size_t column, const model::Value& value) {
    const SqlType type = block.type(column);
    if (const auto* text = std::get_if<std::string>(&value); text && type == SqlType::kText) {
      block.put_text(column, *text);
    } else if (const auto* f64 = std::get_if<double>(&value); f64 && type == SqlType::kF64) {
      block.put(column, *f64);
    } else if (const auto* flag = std::get_if<bool>(&value); flag && type == SqlType::kBool) {
      block.put(column, *flag);
    } else if (const auto* i64 = std::get_if<std::int64_t>(&value);
               i64 && (type == SqlType::kI64 || type == SqlType::kTimestamp)) {
      block.put(column, *i64);
    } else {
      block.put_null(column);
    }
  }

  SqlRowSource source_;
  const std::vector<std::uint32_t> columns_;
  std::vector<model::Value> row_;
};

constexpr std::size_t kSeriesAtOnce = 50;
constexpr std::int64_t kBucketsAtOnce = 2'000;
constexpr base::Duration kFillReach = std::chrono::days(366);

/// Buckets of some series after the other, a slice of time each.
class RollupScan final : public SqlScan {
 public:
  RollupScan(const SqlScanRequest& request, base::Duration step) : request_(request), step_(step) {
    const std::shared_lock lock(request.store.state);
    find_series();
    find_range();
    next_ = range_.from;
  }

  base::Result<void> fill(SqlBlock& block) override {
    while (!is_full(block) && at_ < series_.size() && !range_.is_empty()) {
      const base::Time end = std::min(next_ + kBucketsAtOnce * step_, range_.to);
      const auto many = std::min(kSeriesAtOnce, series_.size() - at_);
      const auto first = series_.begin() + static_cast<std::ptrdiff_t>(at_);
      MILLRACE_LET(const BucketResult found,
                   read_buckets(request_.store,
                                {.series = {first, first + static_cast<std::ptrdiff_t>(many)},
                                 .start = next_,
                                 .end = end,
                                 .step = step_,
                                 .aggregates = kAggregates,
                                 .deadline = request_.deadline}));
      for (const BucketRow& row : found.rows) put(block, row);
      next_ = end;
      if (next_ < range_.to) continue;
      next_ = range_.from;
      at_ += many;
    }
    return {};
  }

 private:
  static inline const std::vector<Aggregate> kAggregates = {
      Aggregate::kCount,           Aggregate::kBadCount, Aggregate::kAvg,
      Aggregate::kTimeWeightedAvg, Aggregate::kMin,      Aggregate::kMax,
      Aggregate::kFirst,           Aggregate::kLast,     Aggregate::kSum};

  void find_series() {
    const SeriesBook& book = request_.store.book;
    std::vector<model::SeriesId> wanted;
    for (std::size_t i = 1; !request_.bounds.series && i <= book.size(); ++i) {
      wanted.push_back(model::SeriesId(static_cast<std::int32_t>(i)));
    }
    for (const std::int32_t id : request_.bounds.series.value_or(std::vector<std::int32_t>())) {
      wanted.push_back(model::SeriesId(id));
    }
    for (const model::SeriesId id : wanted) {
      const auto type = book.type_of(id);
      if (type && has_rollups(*type)) series_.push_back(id);
    }
  }

  /// Where the store has anything at all, within the bounds.
  void find_range() {
    const OpenStore& store = request_.store;
    TimeRange all{base::Time::max(), base::Time::min()};
    for (const PartitionTable& one : store.layout->partitions)
      all.from = std::min(all.from, one.t_min);
    for (const auto& [number, content] : store.hot) all.from = std::min(all.from, content.oldest);
    for (const model::SeriesId id : series_) {
      const auto latest = store.book.latest(id);
      if (latest) all.to = std::max(all.to, *latest + base::Duration(1));
    }
    if (all.is_empty()) return;
    TimeRange filled = all;
    for (const model::SeriesId id : series_) {
      const auto overlay = store.corrections.overlay(id);
      if (!overlay || !overlay->has_fills() || overlay->touched().is_empty()) continue;
      filled.from = std::min(filled.from, overlay->touched().hull().from);
      filled.to = std::max(filled.to, overlay->touched().hull().to);
    }
    all = intersection({all.from - kFillReach, all.to + kFillReach}, filled);
    const TimeRange asked{base::Time(base::Duration(request_.bounds.from)),
                          base::Time(base::Duration(request_.bounds.to))};
    all = intersection(all, asked);
    if (!all.is_empty()) range_ = {floor_to(all.from, step_), ceil_to(all.to, step_)};
  }

  void put(SqlBlock& block, const BucketRow& row) const {
    for (std::size_t i = 0; i < request_.columns.size(); ++i) {
      const std::size_t column = request_.columns[i];
      if (column == 0) block.put(i, static_cast<std::int64_t>(number(row.series)));
      if (column == 1) block.put(i, micros(row.time));
      if (column < 2) continue;
      const double value = row.values.at(column - 2);
      if (column < 4) {
        block.put(i, static_cast<std::int64_t>(value));
      } else if (std::isnan(value)) {
        block.put_null(i);
      } else {
        block.put(i, value);
      }
    }
    block.end_rows(1);
  }

  const SqlScanRequest request_;
  const base::Duration step_;
  std::vector<model::SeriesId> series_;
  TimeRange range_{};
  std::size_t at_ = 0;
  base::Time next_;
};

}  // namespace

base::Result<std::unique_ptr<SqlScan>> scan_rows(const SqlScanRequest& request,
                                                 const StoredTable& table) {
  std::string columns;
  for (const std::uint32_t one : request.columns) {
    columns += (columns.empty() ? "" : ", ") + std::string(table.columns.at(one).read);
  }
  const std::int64_t commit = number(request.commit);
  const std::string from = std::vformat(table.from, std::make_format_args(commit));
  MILLRACE_LET(auto snapshot, Snapshot::take(request.store, {}, request.deadline, request.stop));
  MILLRACE_LET(auto rows, snapshot.connection().stream(std::format(
                              "SELECT {} FROM {}", columns.empty() ? "1" : columns, from)));
  return std::make_unique<RowScan>(std::move(snapshot), std::move(rows));
}

base::Result<std::unique_ptr<SqlScan>> scan_rollups(const SqlScanRequest& request,
                                                    base::Duration step) {
  return std::make_unique<RollupScan>(request, step);
}

std::unique_ptr<SqlScan> scan_given(const SqlGivenTable& table,
                                    std::vector<std::uint32_t> columns) {
  return std::make_unique<GivenScan>(table.open(), std::move(columns));
}

SqlType given_type(std::string_view name) {
  const auto found = std::ranges::find(kSqlTypeNames, name);
  return found == kSqlTypeNames.end() ? SqlType::kText
                                      : static_cast<SqlType>(found - kSqlTypeNames.begin());
}

}  // namespace millrace::store::duckdb
