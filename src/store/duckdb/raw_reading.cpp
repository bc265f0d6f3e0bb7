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

  void take(SeenRow row) {
    if (is_full()) return;
    const bool is_duplicate = same_time_ > 0 && row.sample.time == time_;
    same_time_ = is_duplicate ? same_time_ + 1 : 1;
    time_ = row.sample.time;
    if (skip_ > 0 && time_ == first_time_) {
      --skip_;
      return;
    }
    if (result_.rows.size() == limit_ || bytes_ > kPageBytesMax) {
      result_.next = {last_time_, last_same_time_};
      return;
    }
    if (is_duplicate) mark_duplicate(row);
    last_time_ = time_;
    last_same_time_ = same_time_;
    bytes_ += bytes_of(row.sample.value);
    result_.rows.push_back(std::move(row));
  }

  SeenPage result() { return std::move(result_); }

 private:
  static void mark_duplicate(SeenRow& row) {
    row.sample.quality = row.sample.quality.marked(model::Reason::kDuplicate);
    if (row.stored) row.stored->quality = row.stored->quality.marked(model::Reason::kDuplicate);
  }

  const std::size_t limit_;
  std::size_t skip_;
  const base::Time first_time_;
  base::Time time_;
  std::size_t same_time_ = 0;
  base::Time last_time_;
  std::size_t last_same_time_ = 0;
  std::size_t bytes_ = 0;
  SeenPage result_;
};

/// Reads the rows of one series and lays the overlay over them on their way into the page.
class PageReader {
 public:
  PageReader(const Snapshot& snapshot, model::ValueType type, const Overlay* overlay,
             const RawQuery& query)
      : snapshot_(snapshot),
        type_(type),
        query_(query),
        page_(query),
        end_(overlay ? overlay->horizon(query.end) : query.end) {
    if (!overlay) return;
    walk_.emplace(*overlay, TimeRange{page_.from(), query.end}, [this](SeenRow row) {
      const bool is_shown =
          row.stored || snapshot_.layout().shows_filled_rows(type_, row.sample.time);
      if (is_shown) page_.take(std::move(row));
    });
  }
  PageReader(const PageReader&) = delete;
  PageReader& operator=(const PageReader&) = delete;

  base::Result<SeenPage> read();

 private:
  base::Result<std::vector<RawRow>> hot_rows() const;
  base::Result<void> take_partition(Rows& rows, std::vector<RawRow>& hot);
  void take(RawRow row);
  std::string where() const;

  const Snapshot& snapshot_;
  const model::ValueType type_;
  const RawQuery& query_;
  Page page_;
  const base::Time end_;  // of what must be read
  std::optional<OverlayWalk> walk_;
};

std::string PageReader::where() const {
  const std::string as_of =
      query_.as_of ? std::format(" AND commit <= {}", number(*query_.as_of)) : "";
  const std::string since =
      query_.since ? std::format(" AND commit > {}", number(*query_.since)) : "";
  return std::format("series = {} AND time >= {} AND time < {}{}{}", number(query_.series),
                     micros(page_.from()), micros(end_), as_of, since);
}

RawRow raw_row(const Rows& rows, std::size_t row, model::ValueType type) {
  return {{time_at(rows, 0, row), value_at(rows, 1, row, type), quality_at(rows, 2, row)},
          rows.column<std::int64_t>(3)[row]};
}

/// The first rows of all hot tables, in order.
base::Result<std::vector<RawRow>> PageReader::hot_rows() const {
  std::vector<RawRow> found;
  for (const HotTable& table : snapshot_.layout().hot_of(type_)) {
    MILLRACE_LET(auto rows, snapshot_.connection().stream(std::format(
                                "SELECT time, value, quality, commit FROM {} WHERE {} "
                                "ORDER BY time, commit, rowid LIMIT {}",
                                hot_name(type_, table.number), where(), page_.rows_wanted())));
    MILLRACE_TRY(
        for_each_row(rows, [&](std::size_t row) { found.push_back(raw_row(rows, row, type_)); }));
  }
  std::ranges::stable_sort(found, {}, &RawRow::order);
  return found;
}

void PageReader::take(RawRow row) {
  if (walk_) return walk_->stored(std::move(row.sample));
  page_.take({std::move(row.sample), std::nullopt, 0});
}

/// Sealed rows with the hot ones that stand before them.
base::Result<void> PageReader::take_partition(Rows& rows, std::vector<RawRow>& hot) {
  auto next = hot.begin();
  while (!page_.is_full()) {
    MILLRACE_LET(const bool has_more, rows.next());
    if (!has_more) break;
    for (std::size_t i = 0; i < rows.size() && !page_.is_full(); ++i) {
      RawRow row = raw_row(rows, i, type_);
      while (next != hot.end() && next->order() < row.order()) take(std::move(*next++));
      take(std::move(row));
    }
  }
  hot.erase(hot.begin(), next);
  return {};
}

base::Result<SeenPage> PageReader::read() {
  if (query_.limit == 0 || page_.from() >= query_.end) return SeenPage{};
  MILLRACE_LET(auto hot, hot_rows());
  for (const PartitionTable& one : snapshot_.layout().rows_of(type_, {page_.from(), end_})) {
    if (page_.is_full()) break;
    MILLRACE_LET(auto rows, snapshot_.connection().stream(std::format(
                                "SELECT time, value, quality, commit FROM {} WHERE {} LIMIT {}",
                                part_name(type_, one.number), where(), page_.rows_wanted())));
    MILLRACE_TRY(take_partition(rows, hot));
  }
  for (RawRow& row : hot) take(std::move(row));
  if (walk_) walk_->finish();
  return page_.result();
}

/// What corrections make of a series in this query; under the readers' lock.
std::shared_ptr<const Overlay> overlay_of(const OpenStore& store, const RawQuery& query) {
  if (query.corrections == Corrections::kLeftOut) return nullptr;
  return store.corrections.overlay(query.series, query.as_of);
}

}  // namespace

base::Result<SeenPage> read_page(const Snapshot& snapshot, model::ValueType type,
                                 const Overlay* overlay, const RawQuery& query) {
  return PageReader(snapshot, type, overlay, query).read();
}

base::Result<RawResult> read_raw(OpenStore& store, const RawQuery& query) {
  std::optional<model::ValueType> type;
  std::shared_ptr<const Overlay> overlay;
  const auto look = [&] {
    type = store.book.type_of(query.series);
    overlay = overlay_of(store, query);
  };
  MILLRACE_LET(const auto snapshot, Snapshot::take(store, look, query.deadline));
  if (!type) {
    return base::fail(base::ErrorCode::kNotFound,
                      std::format("there is no series {}", number(query.series)));
  }
  MILLRACE_LET(SeenPage page, read_page(snapshot, *type, overlay.get(), query));
  RawResult result{.samples = {}, .next = page.next, .commit = snapshot.commit()};
  if (query.as_of) result.commit = std::min(result.commit, *query.as_of);
  result.samples.reserve(page.rows.size());
  for (SeenRow& row : page.rows) result.samples.push_back(std::move(row.sample));
  return result;
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
