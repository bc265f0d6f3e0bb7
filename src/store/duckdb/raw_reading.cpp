#include "store/duckdb/raw_reading.h"

#include <algorithm>
#include <format>

#include "store/duckdb/sample_rows.h"

namespace millrace::store::duckdb {
namespace {

/// A page ends here even when fewer rows than its limit are in it.
constexpr std::size_t kPageBytesMax = 64U << 20;
constexpr std::size_t kPageRowsMax = 10'000'000;

struct RawRow {
  model::Sample sample;
  std::int64_t commit = 0;
  auto order() const { return std::pair(sample.time, commit); }
};

std::size_t bytes_of(const model::Value& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return text->size();
  if (const auto* bytes = std::get_if<model::Bytes>(&value)) return bytes->data.size();
  return 0;
}

/// Takes rows in their order and keeps those of one page, duplicates marked.
class Page {
 public:
  explicit Page(const RawQuery& query)
      : limit_(std::min(query.limit, kPageRowsMax)),
        skip_(query.after ? query.after->second : 0),
        first_time_(query.after ? query.after->first : query.start) {}

  /// From where to read.
  base::Time from() const { return first_time_; }
  /// How many rows may be needed to know that there is another page.
  std::size_t rows_wanted() const { return limit_ + skip_ + 1; }
  bool is_full() const { return result_.next.has_value(); }

  void take(RawRow row) {
    if (is_full()) return;
    const bool is_duplicate = same_time_ > 0 && row.sample.time == time_;
    same_time_ = is_duplicate ? same_time_ + 1 : 1;
    time_ = row.sample.time;
    if (skip_ > 0 && time_ == first_time_) {
      --skip_;
      return;
    }
    if (result_.samples.size() == limit_ || bytes_ > kPageBytesMax) {
      result_.next = {last_time_, last_same_time_};
      return;
    }
    if (is_duplicate) row.sample.quality = row.sample.quality.marked(model::Reason::kDuplicate);
    last_time_ = time_;
    last_same_time_ = same_time_;
    bytes_ += bytes_of(row.sample.value);
    result_.samples.push_back(std::move(row.sample));
  }

  RawResult result() { return std::move(result_); }

 private:
  const std::size_t limit_;
  std::size_t skip_;
  const base::Time first_time_;
  base::Time time_;
  std::size_t same_time_ = 0;
  base::Time last_time_;
  std::size_t last_same_time_ = 0;
  std::size_t bytes_ = 0;
  RawResult result_;
};

std::string where(const RawQuery& query, base::Time from) {
  return std::format("series = {} AND time >= {} AND time < {}", number(query.series), micros(from),
                     micros(query.end));
}

RawRow raw_row(const Rows& rows, std::size_t row, model::ValueType type) {
  return {{time_at(rows, 0, row), value_at(rows, 1, row, type), quality_at(rows, 2, row)},
          rows.column<std::int64_t>(3)[row]};
}

/// The first rows of all hot tables, in order.
base::Result<std::vector<RawRow>> hot_rows(const Snapshot& snapshot, model::ValueType type,
                                           const RawQuery& query, const Page& page) {
  std::vector<RawRow> found;
  for (const HotTable& table : snapshot.layout().hot_of(type)) {
    MILLRACE_LET(auto rows,
                 snapshot.connection().stream(std::format(
                     "SELECT time, value, quality, commit FROM {} WHERE {} "
                     "ORDER BY time, commit, rowid LIMIT {}",
                     hot_name(type, table.number), where(query, page.from()), page.rows_wanted())));
    MILLRACE_TRY(
        for_each_row(rows, [&](std::size_t row) { found.push_back(raw_row(rows, row, type)); }));
  }
  std::ranges::stable_sort(found, {}, &RawRow::order);
  return found;
}

/// Sealed rows with the hot ones that stand before them.
base::Result<void> take_partition(Rows& rows, model::ValueType type, std::vector<RawRow>& hot,
                                  Page& page) {
  auto next = hot.begin();
  while (!page.is_full()) {
    MILLRACE_LET(const bool has_more, rows.next());
    if (!has_more) break;
    for (std::size_t i = 0; i < rows.size() && !page.is_full(); ++i) {
      RawRow row = raw_row(rows, i, type);
      while (next != hot.end() && next->order() < row.order()) page.take(std::move(*next++));
      page.take(std::move(row));
    }
  }
  hot.erase(hot.begin(), next);
  return {};
}

}  // namespace

base::Result<RawResult> read_raw(OpenStore& store, const RawQuery& query) {
  std::optional<model::ValueType> type;
  MILLRACE_LET(
      const auto snapshot,
      Snapshot::take(store, [&] { type = store.book.type_of(query.series); }, query.deadline));
  if (!type) {
    return base::fail(base::ErrorCode::kNotFound,
                      std::format("there is no series {}", number(query.series)));
  }
  Page page(query);
  if (query.limit == 0 || page.from() >= query.end) return RawResult{};
  MILLRACE_LET(auto hot, hot_rows(snapshot, *type, query, page));
  for (const PartitionTable& one :
       snapshot.layout().partitions_of(*type, {page.from(), query.end})) {
    if (page.is_full()) break;
    MILLRACE_LET(auto rows,
                 snapshot.connection().stream(std::format(
                     "SELECT time, value, quality, commit FROM {} WHERE {} LIMIT {}",
                     part_name(*type, one.number), where(query, page.from()), page.rows_wanted())));
    MILLRACE_TRY(take_partition(rows, *type, hot, page));
  }
  for (RawRow& row : hot) page.take(std::move(row));
  return page.result();
}

base::Result<std::vector<model::Sample>> read_out_of_range(OpenStore& store, model::SeriesId series,
                                                           std::size_t limit) {
  std::optional<model::ValueType> type;
  MILLRACE_LET(const auto snapshot,
               Snapshot::take(store, [&] { type = store.book.type_of(series); }));
  std::vector<model::Sample> samples;
  if (!type) return samples;
  MILLRACE_LET(auto rows, snapshot.connection().stream(std::format(
                              "SELECT time, {}, quality, bytes FROM out_of_range WHERE series = {} "
                              "ORDER BY commit, rowid LIMIT {}",
                              model::text(*type), number(series), limit)));
  MILLRACE_TRY(for_each_row(rows, [&](std::size_t row) {
    // A text that is no UTF-8 stands there as bytes.
    model::Value value = rows.is_null(1, row) ? value_at(rows, 3, row, model::ValueType::kBytes)
                                              : value_at(rows, 1, row, *type);
    samples.push_back({time_at(rows, 0, row), std::move(value), quality_at(rows, 2, row)});
  }));
  return samples;
}

}  // namespace millrace::store::duckdb
