#include "store/duckdb/committing.h"

#include <algorithm>
#include <format>
#include <tuple>

#include "store/duckdb/appending.h"
#include "store/duckdb/correction_rows.h"
#include "store/duckdb/registry.h"
#include "store/duckdb/sample_rows.h"
#include "store/duckdb/utf8.h"

namespace millrace::store::duckdb {
namespace {

using base::ErrorCode;
using model::Reason;
using model::ValueType;

/// Calls `each(type, columns)` for the six types; its Result ends the walk when it fails.
template <class Each>
base::Result<void> for_each_columns(const SampleBlock& block, Each each) {
  MILLRACE_TRY(each(ValueType::kF64, block.f64));
  MILLRACE_TRY(each(ValueType::kI64, block.i64));
  MILLRACE_TRY(each(ValueType::kU64, block.u64));
  MILLRACE_TRY(each(ValueType::kBool, block.boolean));
  MILLRACE_TRY(each(ValueType::kText, block.text));
  return each(ValueType::kBytes, block.bytes);
}

template <class T>
base::Result<void> check_columns(const SeriesBook& book, ValueType type,
                                 const Columns<T>& columns) {
  const std::size_t rows = columns.size();
  if (columns.time.size() != rows || columns.value.size() != rows ||
      columns.present.size() != rows || columns.quality.size() != rows ||
      columns.received.size() != rows) {
    return base::fail(ErrorCode::kInvalid, "the columns of a block differ in length");
  }
  for (const model::SeriesId id : columns.series) {
    if (book.has(id, type)) continue;
    return base::fail(
        ErrorCode::kInvalid,
        std::format("series {} is not there or is not of type {}", number(id), model::text(type)));
  }
  return {};
}

base::Result<void> check_series(const OpenStore& store, const std::vector<model::Series>& series) {
  const auto first_new = static_cast<std::int32_t>(store.book.size()) + 1;
  auto next = first_new;
  for (const model::Series& one : series) {
    if (number(one.id) == next) {
      ++next;
    } else if (number(one.id) >= first_new && number(one.id) < next) {
      return base::fail(ErrorCode::kInvalid,
                        std::format("series {} is listed twice in one commit", number(one.id)));
    } else if (number(one.id) < 1 || number(one.id) > next) {
      return base::fail(ErrorCode::kInvalid, std::format("series {} leaves a hole in the ids, the "
                                                         "next is {}",
                                                         number(one.id), next));
    }
  }
  return {};
}

bool is_storable(ValueType type, const std::string& value) {
  return value.size() <= model::kValueBytesMax && (type != ValueType::kText || is_utf8(value));
}

/// The rows with their fates and the store's own marks.
template <class T>
PlacedColumns<T> place_rows(SeriesBook& book, ValueType type, const Columns<T>& columns,
                            const TimeRange& plausible) {
  PlacedColumns<T> rows{type, columns, {}, columns.quality, columns.present};
  rows.fates.reserve(columns.size());
  for (std::size_t row = 0; row < columns.size(); ++row) {
    const base::Time time = columns.time[row];
    const Fate fate = plausible.holds(time)
                          ? book.place(columns.series[row], {time, columns.received[row]}, row)
                          : Fate::kOutOfRange;
    rows.fates.push_back(fate);
    model::Quality& quality = rows.quality[row];
    if (fate == Fate::kDuplicate) quality = quality.marked(Reason::kDuplicate);
    if (fate == Fate::kOutOfRange) quality = quality.marked(Reason::kTimeImplausible);
    if constexpr (std::is_same_v<T, std::string>) {
      if (rows.present[row] && !is_storable(type, columns.value[row])) {
        rows.present[row] = 0;
        quality = quality.marked(Reason::kWrongType);
      }
    }
  }
  return rows;
}

/// The value as it came; `present` says whether there is one.
template <class T>
model::Value value_of(ValueType type, const Columns<T>& columns, std::size_t row, bool is_present) {
  if (!is_present) return {};
  const T& value = columns.value[row];
  if constexpr (std::is_same_v<T, std::uint8_t>) {
    return value != 0;
  } else if constexpr (std::is_same_v<T, std::string>) {
    return type == ValueType::kText ? model::Value(value) : model::Value(model::Bytes{value});
  } else {
    return value;
  }
}

/// One row of out_of_range: the value in the column of its type, NULL in the others.
template <class T>
void append_apart(Appender& appender, const PlacedColumns<T>& rows, std::size_t row,
                  std::int64_t commit) {
  const Columns<T>& columns = rows.columns;
  const bool was_present = columns.present[row] != 0;
  ValueType shown = rows.type;
  if constexpr (std::is_same_v<T, std::string>) {
    if (!is_utf8(columns.value[row])) shown = ValueType::kBytes;
  }
  appender.i32(number(columns.series[row])).i64(micros(columns.time[row]));
  for (const ValueType type : kTypes) {
    append_value(appender, value_of(shown, columns, row, was_present && type == shown));
  }
  appender.u32(rows.quality[row].bits()).i64(micros(columns.received[row])).i64(commit).end_row();
}

/// Rows out of range, and the bytes of texts that are none.
template <class T>
base::Result<void> write_apart(Connection& connection, const PlacedColumns<T>& rows,
                               std::int64_t commit) {
  std::vector<std::size_t> apart;
  for (std::size_t row = 0; row < rows.fates.size(); ++row) {
    const bool has_lost_value = rows.present[row] != rows.columns.present[row];
    if (rows.fates[row] == Fate::kOutOfRange || has_lost_value) apart.push_back(row);
  }
  if (apart.empty()) return {};
  MILLRACE_LET(auto appender, Appender::open(connection, "out_of_range"));
  for (const std::size_t row : apart) append_apart(appender, rows, row, commit);
  return appender.close();
}

/// Numbers of a commit in all six types; text and bytes have none.
template <class T>
Reading reading_of(const PlacedColumns<T>& rows, std::size_t row) {
  if constexpr (std::is_same_v<T, std::string>) {
    return {};
  } else {
    return reading(static_cast<double>(rows.columns.value[row]), rows.present[row] != 0,
                   rows.quality[row]);
  }
}

using AllPlaced =
    std::tuple<PlacedColumns<double>, PlacedColumns<std::int64_t>, PlacedColumns<std::uint64_t>,
               PlacedColumns<std::uint8_t>, PlacedColumns<std::string>, PlacedColumns<std::string>>;

AllPlaced place_all(SeriesBook& book, const SampleBlock& block, const TimeRange& plausible) {
  return {place_rows(book, ValueType::kF64, block.f64, plausible),
          place_rows(book, ValueType::kI64, block.i64, plausible),
          place_rows(book, ValueType::kU64, block.u64, plausible),
          place_rows(book, ValueType::kBool, block.boolean, plausible),
          place_rows(book, ValueType::kText, block.text, plausible),
          place_rows(book, ValueType::kBytes, block.bytes, plausible)};
}

template <class T>
base::Result<void> write_columns(OpenStore& store, const PlacedColumns<T>& rows,
                                 std::int64_t commit) {
  if (rows.columns.size() == 0) return {};
  const HotTable& table = store.layout->writing(rows.type);
  MILLRACE_TRY(append_samples(store.writer, hot_name(rows.type, table.number), rows, commit));
  return write_apart(store.writer, rows, commit);
}

base::Result<void> check_corrections(const SeriesBook& book,
                                     const std::vector<Correction>& corrections) {
  for (const Correction& one : corrections) {
    const auto type = book.type_of(one.series);
    if (!type) {
      return base::fail(ErrorCode::kInvalid,
                        std::format("there is no series {} to correct", number(one.series)));
    }
    MILLRACE_TRY(check_correction(one, *type));
    const auto* text = std::get_if<std::string>(&one.value);
    if (text && !is_utf8(*text)) return base::fail(ErrorCode::kInvalid, "the text is no UTF-8");
  }
  return {};
}

/// As they are stored.
std::vector<Correction> numbered(const OpenStore& store, std::vector<Correction> corrections) {
  std::int64_t id = store.corrections.next_id();
  for (Correction& one : corrections) {
    one.id = id++;
    one.commit = model::CommitId(store.commit + 1);
  }
  return corrections;
}

struct Written {
  std::int64_t commit;
  DeliveryRows deliveries;
  std::vector<Correction> corrections;
};

/// `known` series were there before the commit.
base::Result<Written> write_all(OpenStore& store, const Commit& commit, const AllPlaced& placed,
                                std::size_t known) {
  Written written{store.commit + 1, store.deliveries, numbered(store, commit.corrections)};
  Connection& connection = store.writer;
  MILLRACE_LET(auto transaction, Transaction::begin(connection));
  base::Result<void> samples;
  std::apply(
      [&](const auto&... rows) {
        ((samples = samples ? write_columns(store, rows, written.commit) : samples), ...);
      },
      placed);
  MILLRACE_TRY(samples);
  MILLRACE_TRY(write_series(connection, commit.series, known));
  MILLRACE_TRY(write_deliveries(connection, commit.deliveries, written.deliveries));
  MILLRACE_TRY(write_losses(connection, commit.losses, written.commit));
  MILLRACE_TRY(write_events(connection, commit.events, store.next_event, written.commit));
  MILLRACE_TRY(write_imports(connection, commit.imports));
  MILLRACE_TRY(write_corrections(connection, written.corrections));
  MILLRACE_TRY(connection.run(std::format("UPDATE store SET commit = {}", written.commit)));
  MILLRACE_TRY(transaction.commit());
  return written;
}

/// Memory follows the rows of one type. Under the lock that excludes readers.
template <class T>
void follow_columns(OpenStore& store, const PlacedColumns<T>& rows) {
  const Columns<T>& columns = rows.columns;
  if (columns.size() == 0) return;
  HotContent& content = store.hot.at(store.layout->writing(rows.type).number);
  for (std::size_t row = 0; row < columns.size(); ++row) {
    const Fate fate = rows.fates[row];
    if (fate == Fate::kOutOfRange) continue;
    const base::Time time = columns.time[row];
    content.note(time, columns.received[row], fate == Fate::kLate);
    if (!has_rollups(rows.type)) continue;
    content.count(columns.series[row], time, reading_of(rows, row), fate == Fate::kNew);
  }
}

template <class T>
void follow_newest(SeriesBook& book, const PlacedColumns<T>& rows) {
  for (const auto& [id, row] : book.placed()) {
    if (!book.has(id, rows.type)) continue;
    const Columns<T>& columns = rows.columns;
    book.set_newest(id,
                    {id,
                     {columns.time[row], value_of(rows.type, columns, row, rows.present[row] != 0),
                      rows.quality[row]},
                     columns.received[row]});
  }
}

/// Memory stands where the file does.
void follow(OpenStore& store, const Commit& commit, const AllPlaced& placed, Written written) {
  const std::unique_lock lock(store.state);
  std::apply(
      [&](const auto&... rows) {
        (follow_columns(store, rows), ...);
        (follow_newest(store.book, rows), ...);
      },
      placed);
  store.book.settle_placed();
  store.commit = written.commit;
  store.deliveries = std::move(written.deliveries);
  store.corrections.add(written.corrections);
  store.next_event += static_cast<std::int64_t>(commit.events.size());
}

void add_new_series(OpenStore& store, const std::vector<model::Series>& series) {
  const std::unique_lock lock(store.state);
  for (const model::Series& one : series) {
    if (static_cast<std::size_t>(number(one.id)) > store.book.size()) {
      store.book.add_series(one.type);
    }
  }
}

/// As if nothing had been tried.
void forget(OpenStore& store, std::size_t known) {
  const std::unique_lock lock(store.state);
  store.book.forget_placed();
  store.book.drop_behind(known);
}

}  // namespace

base::Result<model::CommitId> make_commit(OpenStore& store, const Commit& commit,
                                          const TimeRange& plausible) {
  MILLRACE_TRY(check_series(store, commit.series));
  const std::size_t known = store.book.size();
  add_new_series(store, commit.series);
  auto checked = for_each_columns(commit.samples, [&](ValueType type, const auto& columns) {
    return check_columns(store.book, type, columns);
  });
  if (checked) checked = check_corrections(store.book, commit.corrections);
  if (!checked) {
    forget(store, known);
    return std::unexpected(checked.error());
  }
  const AllPlaced placed = place_all(store.book, commit.samples, plausible);
  auto written = write_all(store, commit, placed, known);
  if (!written) {
    forget(store, known);
    return std::unexpected(written.error());
  }
  const model::CommitId id{written->commit};
  follow(store, commit, placed, std::move(*written));
  return id;
}

}  // namespace millrace::store::duckdb
