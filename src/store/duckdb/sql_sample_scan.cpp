// How a statement reads samples. Tables are streamed one after the other and in their own order,
// and only two kinds of rows need more: those of corrected ranges, which are left out and read page
// by page through the overlay, and hot rows that came late, which may be duplicates nobody has
// marked yet: their keys are compared with each other and with those of the partitions they fall
// in.

#include <algorithm>
#include <format>
#include <map>
#include <tuple>

#include "store/duckdb/bucketing.h"
#include "store/duckdb/raw_reading.h"
#include "store/duckdb/sample_rows.h"
#include "store/duckdb/sql_duplicates.h"
#include "store/duckdb/sql_scan.h"

namespace millrace::store::duckdb {
namespace {

using model::ValueType;

constexpr std::size_t kOneByOneMax = 64;
constexpr std::size_t kNamedMax = 5'000;
constexpr std::size_t kPageRows = 20'000;
constexpr std::size_t kLongRows = 4;  // of texts and bytes, which may have 8 MiB each

/// Places of columns in the table `samples` (sql_tables.cpp).
enum Column : std::uint32_t {
  kSeries = 0,
  kTime = 1,
  kValue = 2,
  kI64 = 3,
  kU64 = 4,
  kBool = 5,
  kText = 6,
  kBytes = 7,
  kQuality = 8,
  kCorrection = 9,
};

/// The type whose exact values a column shows; empty for the others.
std::optional<ValueType> exact_type(std::uint32_t column) {
  switch (column) {
    case kI64:
      return ValueType::kI64;
    case kU64:
      return ValueType::kU64;
    case kBool:
      return ValueType::kBool;
    case kText:
      return ValueType::kText;
    case kBytes:
      return ValueType::kBytes;
    default:
      return std::nullopt;
  }
}

/// What is read of one type.
struct TypePlan {
  std::vector<model::SeriesId> series;
  std::map<model::SeriesId, std::shared_ptr<const Overlay>> overlays;
  TimeRange late;  // where hot rows may lack their mark; empty for nowhere
};

/// One statement over one table, or the pages of one corrected range.
struct Step {
  std::string sql;
  ValueType type{};
  model::SeriesId series{};
  TimeRange range;
};

class SampleScan final : public SqlScan {
 public:
  explicit SampleScan(const SqlScanRequest& request)
      : request_(request),
        range_{base::Time(base::Duration(request.bounds.from)),
               base::Time(base::Duration(request.bounds.to))} {}

  base::Result<void> open();
  base::Result<void> fill(SqlBlock& block) override;

 private:
  void look();
  void look_at_type(ValueType type, TypePlan& plan) const;
  base::Result<void> begin_type(ValueType type);
  void add_streams(ValueType type, const TypePlan& plan);
  std::string where(const std::vector<model::SeriesId>& series) const;
  std::vector<model::SeriesId> named(const TypePlan& plan) const;
  base::Result<void> begin(const Step& step);
  base::Result<void> take_chunk(SqlBlock& block);
  void put_rows(SqlBlock& block);
  base::Result<void> take_page(SqlBlock& block);
  void choose_rows();
  void put_stored(SqlBlock& block, std::size_t at, std::uint32_t column);
  void put_number(SqlBlock& block, std::size_t at);
  void put_quality(SqlBlock& block, std::size_t at);
  void put_seen(SqlBlock& block, std::size_t at, std::uint32_t column, const SeenRow& row) const;
  bool wants(std::uint32_t column) const { return std::ranges::contains(request_.columns, column); }

  const SqlScanRequest request_;
  const TimeRange range_;
  std::optional<Snapshot> snapshot_;
  std::map<ValueType, TypePlan> plans_;
  std::vector<ValueType> types_;  // still to come, the next one last
  std::vector<Step> steps_;       // of the present type, the next one last
  SqlDuplicates duplicates_;      // of the present type
  std::optional<Rows> rows_;      // of the present step, before the snapshot they are of ends
  std::optional<RawQuery> page_;
  ValueType type_{};
  model::SeriesId page_series_{};
  std::vector<std::uint32_t> waiting_;  // rows of the present chunk that are still to go
  std::vector<std::uint32_t> chosen_;   // and those that go now
};

void SampleScan::look_at_type(ValueType type, TypePlan& plan) const {
  const OpenStore& store = request_.store;
  const bool is_newer = store.commit > number(request_.commit);
  for (const model::SeriesId id : plan.series) {
    auto overlay =
        is_newer ? store.corrections.overlay(id, request_.commit) : store.corrections.overlay(id);
    if (overlay && !overlay->is_empty()) plan.overlays.emplace(id, std::move(overlay));
  }
  plan.late = {base::Time::max(), base::Time::min()};
  const auto add = [&](const TimeRange& one) {
    plan.late = {std::min(plan.late.from, one.from), std::max(plan.late.to, one.to)};
  };
  for (const HotTable& table : store.layout->hot_of(type)) {
    const HotContent& content = store.hot.at(table.number);
    if (content.late_rows == 0) continue;
    if (!has_rollups(type)) add({content.oldest, base::Time::max()});
    for (const model::SeriesId id : plan.series) {
      const TimeRanges disturbed = content.index.disturbed(id);
      if (!disturbed.is_empty()) add(disturbed.hull());
    }
  }
  plan.late = intersection(plan.late, range_);
}

/// What memory knows, at the snapshot's moment; under the readers' lock.
void SampleScan::look() {
  plans_.clear();
  const SeriesBook& book = request_.store.book;
  const auto add = [&](std::int32_t id) {
    const auto type = book.type_of(model::SeriesId(id));
    if (type) plans_[*type].series.push_back(model::SeriesId(id));
  };
  if (request_.bounds.series) {
    std::ranges::for_each(*request_.bounds.series, add);
  } else {
    for (std::size_t i = 1; i <= book.size(); ++i) add(static_cast<std::int32_t>(i));
  }
  for (auto& [type, plan] : plans_) look_at_type(type, plan);
}

base::Result<void> SampleScan::open() {
  MILLRACE_LET(
      auto snapshot,
      Snapshot::take(request_.store, [this] { look(); }, request_.deadline, request_.stop));
  snapshot_.emplace(std::move(snapshot));
  for (const auto& [type, plan] : plans_) types_.push_back(type);
  std::ranges::reverse(types_);
  return {};
}

/// The series to name in a statement; none when all or very many are wanted (the engine that asks
/// filters again).
std::vector<model::SeriesId> SampleScan::named(const TypePlan& plan) const {
  const bool is_few = request_.bounds.series && plan.series.size() <= kNamedMax;
  return is_few ? plan.series : std::vector<model::SeriesId>();
}

std::string SampleScan::where(const std::vector<model::SeriesId>& series) const {
  std::string all = "true";
  if (series.size() == 1) all = std::format("series = {}", number(series[0]));
  if (series.size() > 1) all = among(series);
  if (range_.from != base::Time::min()) all += std::format(" AND time >= {}", micros(range_.from));
  if (range_.to != base::Time::max()) all += std::format(" AND time < {}", micros(range_.to));
  if (snapshot_->commit() > request_.commit) {
    all += std::format(" AND commit <= {}", number(request_.commit));
  }
  return all;
}

void SampleScan::add_streams(ValueType type, const TypePlan& plan) {
  const bool wants_value = std::ranges::any_of(
      request_.columns, [](std::uint32_t one) { return one == kValue || exact_type(one); });
  const auto select = [&](const std::string& table, const std::vector<model::SeriesId>& series) {
    return std::format("SELECT series, time, {}, quality{} FROM {} WHERE {}",
                       wants_value ? "value" : "NULL",
                       duplicates_.is_empty() ? "" : ", commit, rowid", table, where(series));
  };
  const auto series = named(plan);
  for (const HotTable& one : snapshot_->layout().hot_of(type)) {
    steps_.push_back({.sql = select(hot_name(type, one.number), series), .type = type});
  }
  for (const PartitionTable& one : snapshot_->layout().rows_of(type, range_)) {
    const std::string table = part_name(type, one.number);
    const bool is_alone = !series.empty() && series.size() <= kOneByOneMax;
    if (!is_alone) steps_.push_back({.sql = select(table, series), .type = type});
    for (std::size_t i = 0; is_alone && i < series.size(); ++i) {
      steps_.push_back({.sql = select(table, {series[i]}), .type = type});
    }
  }
}

base::Result<void> SampleScan::begin_type(ValueType type) {
  const TypePlan& plan = plans_.at(type);
  MILLRACE_LET(duplicates_, SqlDuplicates::find(*snapshot_, {.type = type,
                                                             .late = plan.late,
                                                             .series = named(plan),
                                                             .commit = request_.commit}));
  for (const auto& [id, overlay] : plan.overlays) {
    for (const TimeRange& touched : overlay->touched().ranges()) {
      const TimeRange wanted = intersection(touched, range_);
      if (wanted.is_empty()) continue;
      steps_.push_back({.sql = "", .type = type, .series = id, .range = wanted});
    }
  }
  add_streams(type, plan);
  return {};
}

base::Result<void> SampleScan::begin(const Step& step) {
  type_ = step.type;
  if (step.sql.empty()) {
    page_series_ = step.series;
    page_ = RawQuery{.series = step.series,
                     .start = step.range.from,
                     .end = step.range.to,
                     .limit = kPageRows,
                     .as_of = request_.commit};
    return {};
  }
  MILLRACE_LET(auto rows, snapshot_->connection().stream(step.sql));
  rows_.emplace(std::move(rows));
  return {};
}

base::Result<void> SampleScan::fill(SqlBlock& block) {
  while (block.rows() < kSqlRowsAtOnce && block.bytes() < kSqlBytesAtOnce) {
    if (rows_) {
      MILLRACE_TRY(take_chunk(block));
    } else if (page_) {
      MILLRACE_TRY(take_page(block));
    } else if (!steps_.empty()) {
      const Step step = std::move(steps_.back());
      steps_.pop_back();
      MILLRACE_TRY(begin(step));
    } else if (!types_.empty()) {
      const ValueType type = types_.back();
      types_.pop_back();
      MILLRACE_TRY(begin_type(type));
    } else {
      return {};
    }
  }
  return {};
}

/// Rows of the chunk that no correction touches.
void SampleScan::choose_rows() {
  waiting_.clear();
  const auto& overlays = plans_.at(type_).overlays;
  const std::int32_t* series = rows_->column<std::int32_t>(0);
  std::int32_t last = 0;
  const Overlay* overlay = nullptr;
  for (std::uint32_t row = 0; row < rows_->size(); ++row) {
    if (!overlays.empty() && series[row] != last) {
      last = series[row];
      const auto found = overlays.find(model::SeriesId(last));
      overlay = found == overlays.end() ? nullptr : found->second.get();
    }
    if (!overlay || !overlay->touched().holds(time_at(*rows_, 1, row))) waiting_.push_back(row);
  }
}

base::Result<void> SampleScan::take_chunk(SqlBlock& block) {
  if (!waiting_.empty()) {
    put_rows(block);
    return {};
  }
  MILLRACE_LET(const bool has_more, rows_->next());
  if (has_more) {
    choose_rows();
  } else {
    rows_.reset();
  }
  return {};
}

/// All that wait; of long values so few that a block stays small.
void SampleScan::put_rows(SqlBlock& block) {
  const std::size_t most = has_rollups(type_) ? waiting_.size() : kLongRows;
  const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(most, waiting_.size()));
  chosen_.assign(waiting_.begin(), end);
  waiting_.erase(waiting_.begin(), end);
  for (std::size_t i = 0; i < request_.columns.size(); ++i) {
    put_stored(block, i, request_.columns[i]);
  }
  block.end_rows(chosen_.size());
}

void SampleScan::put_stored(SqlBlock& block, std::size_t at, std::uint32_t column) {
  if (column == kSeries) {
    const std::int32_t* series = rows_->column<std::int32_t>(0);
    for (const std::uint32_t row : chosen_) block.put(at, std::int64_t{series[row]});
  } else if (column == kTime) {
    block.put_column(at, *rows_, 1, chosen_);
  } else if (column == kValue) {
    put_number(block, at);
  } else if (column == kQuality) {
    put_quality(block, at);
  } else if (exact_type(column) == type_) {
    block.put_column(at, *rows_, 2, chosen_);
  } else {
    for (std::size_t i = 0; i < chosen_.size(); ++i) block.put_null(at);
  }
}

void SampleScan::put_number(SqlBlock& block, std::size_t at) {
  if (type_ == ValueType::kF64) return block.put_column(at, *rows_, 2, chosen_);
  for (const std::uint32_t row : chosen_) {
    if (!has_rollups(type_) || rows_->is_null(2, row)) {
      block.put_null(at);
      continue;
    }
    const Reading one = reading_at(*rows_, 2, row, type_, model::Quality());
    block.put(at, one.value);
  }
}

void SampleScan::put_quality(SqlBlock& block, std::size_t at) {
  if (duplicates_.is_empty()) return block.put_column(at, *rows_, 3, chosen_);
  for (const std::uint32_t row : chosen_) {
    const model::Quality quality = quality_at(*rows_, 3, row);
    const SqlDuplicates::Key key{series_at(*rows_, 0, row), time_at(*rows_, 1, row),
                                 rows_->column<std::int64_t>(4)[row],
                                 rows_->column<std::int64_t>(5)[row]};
    const bool is_one = duplicates_.is_duplicate(key);
    block.put(at, (is_one ? quality.marked(model::Reason::kDuplicate) : quality).bits());
  }
}

base::Result<void> SampleScan::take_page(SqlBlock& block) {
  const Overlay* overlay = plans_.at(type_).overlays.at(page_series_).get();
  MILLRACE_LET(const SeenPage page, read_page(*snapshot_, type_, overlay, *page_));
  for (const SeenRow& row : page.rows) {
    for (std::size_t i = 0; i < request_.columns.size(); ++i) {
      put_seen(block, i, request_.columns[i], row);
    }
  }
  block.end_rows(page.rows.size());
  page_->after = page.next;
  if (!page.next) page_.reset();
  return {};
}

void SampleScan::put_seen(SqlBlock& block, std::size_t at, std::uint32_t column,
                          const SeenRow& row) const {
  const model::Value& value = row.sample.value;
  if (column == kSeries) return block.put(at, std::int64_t{number(page_series_)});
  if (column == kTime) return block.put(at, micros(row.sample.time));
  if (column == kQuality) return block.put(at, row.sample.quality.bits());
  if (column == kCorrection && row.correction != 0) return block.put(at, row.correction);
  if (column == kValue && has_rollups(type_) && model::type_of(value)) {
    return block.put(at, reading(row.sample).value);
  }
  if (exact_type(column) != type_ || !model::type_of(value)) return block.put_null(at);
  if (const auto* i64 = std::get_if<std::int64_t>(&value)) return block.put(at, *i64);
  if (const auto* u64 = std::get_if<std::uint64_t>(&value)) return block.put(at, *u64);
  if (const auto* flag = std::get_if<bool>(&value)) return block.put(at, *flag);
  if (const auto* text = std::get_if<std::string>(&value)) return block.put_text(at, *text);
  if (const auto* bytes = std::get_if<model::Bytes>(&value)) return block.put_text(at, bytes->data);
  block.put_null(at);
}

}  // namespace

base::Result<std::unique_ptr<SqlScan>> scan_samples(const SqlScanRequest& request) {
  auto scan = std::make_unique<SampleScan>(request);
  MILLRACE_TRY(scan->open());
  return scan;
}

}  // namespace millrace::store::duckdb
