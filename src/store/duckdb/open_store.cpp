#include "store/duckdb/open_store.h"

#include <format>

#include "base/files.h"
#include "base/log.h"
#include "store/duckdb/checkpointing.h"
#include "store/duckdb/correction_rows.h"
#include "store/duckdb/functions.h"
#include "store/duckdb/log_tail.h"
#include "store/duckdb/registry.h"
#include "store/duckdb/sample_rows.h"
#include "store/duckdb/upgrading.h"

namespace millrace::store::duckdb {
namespace {

void take_newest(OpenStore& store, const LastValue& value) {
  if (store.book.note(value.series, {value.sample.time, value.received})) {
    store.book.set_newest(value.series, value);
  }
}

/// The sealed samples that samples of clocks that were ahead hide: those that came after them. One
/// question for each partition, however many series there are.
base::Result<void> look_behind(OpenStore& store, model::ValueType type,
                               const std::vector<LastValue>& ahead) {
  for (const PartitionTable& part : store.layout->partitions) {
    if (part.type != type) continue;
    std::string hiding;
    for (const LastValue& one : ahead) {
      if (part.t_max <= one.received) continue;
      hiding += std::format("{}({}, {})", hiding.empty() ? "" : ", ", number(one.series),
                            micros(one.received));
    }
    if (hiding.empty()) continue;
    MILLRACE_LET(auto rows,
                 store.writer.query(std::format(
                     "SELECT p.series, p.time, p.value, p.quality, p.received FROM {} p JOIN "
                     "(VALUES {}) a(series, received) ON p.series = a.series AND p.received > "
                     "a.received QUALIFY row_number() OVER (PARTITION BY p.series ORDER BY "
                     "least(p.time, p.received + {}) DESC) = 1",
                     part_name(type, part.number), hiding, kClockAhead.count())));
    MILLRACE_TRY(for_each_row(rows, [&](std::size_t row) {
      const model::Sample sample{time_at(rows, 1, row), value_at(rows, 2, row, type),
                                 quality_at(rows, 3, row)};
      take_newest(store, {series_at(rows, 0, row), sample, time_at(rows, 4, row)});
    }));
  }
  return {};
}

base::Result<void> load_last_values(OpenStore& store) {
  for (const model::ValueType type : kTypes) {
    MILLRACE_LET(auto rows,
                 store.writer.stream(std::format(
                     "SELECT series, time, value, quality, received FROM {}", last_name(type))));
    std::vector<LastValue> ahead;
    MILLRACE_TRY(for_each_row(rows, [&](std::size_t row) {
      const model::Sample sample{time_at(rows, 1, row), value_at(rows, 2, row, type),
                                 quality_at(rows, 3, row)};
      const LastValue last{series_at(rows, 0, row), sample, time_at(rows, 4, row)};
      take_newest(store, last);
      if (is_ahead({sample.time, last.received})) ahead.push_back(last);
    }));
    if (!ahead.empty()) MILLRACE_TRY(look_behind(store, type, ahead));
  }
  return {};
}

/// One hot row into the newest samples and the roll-ups, as when it was committed.
void replay_row(OpenStore& store, const HotTable& table, const Rows& rows, std::size_t row) {
  const auto id = series_at(rows, 0, row);
  const base::Time time = time_at(rows, 1, row);
  const base::Time received = time_at(rows, 4, row);
  const auto latest = store.book.latest(id);
  const bool is_new = !latest || *latest < time;
  const bool is_late = latest && time < *latest;
  HotContent& content = store.hot[table.number];
  content.note(time, received, is_late);
  const model::Quality quality = quality_at(rows, 3, row);
  if (has_rollups(table.type)) {
    content.count(id, time, reading_at(rows, 2, row, table.type, quality), is_new);
  }
  if (!store.book.note(id, {time, received})) return;
  store.book.set_newest(id, {id, {time, value_at(rows, 2, row, table.type), quality}, received});
}

base::Result<void> replay_hot(OpenStore& store) {
  for (const HotTable& table : store.layout->hot) {
    store.hot[table.number];
    MILLRACE_LET(auto rows, store.writer.stream(
                                std::format("SELECT series, time, value, quality, received FROM {}",
                                            hot_name(table.type, table.number))));
    MILLRACE_TRY(for_each_row(rows, [&](std::size_t row) { replay_row(store, table, rows, row); }));
  }
  return {};
}

base::Result<std::int64_t> one_number(Connection& connection, const std::string& sql) {
  MILLRACE_LET(auto rows, connection.query(sql));
  MILLRACE_LET(const bool is_there, rows.next());
  return is_there && !rows.is_null(0, 0) ? rows.column<std::int64_t>(0)[0] : 0;
}

base::Result<void> load(OpenStore& store, OlderFormat older_format) {
  MILLRACE_TRY(upgrade(store.writer, older_format));
  MILLRACE_LET(const StoreRow row, read_store_row(store.writer));
  store.commit = row.commit;
  store.next_table = row.next_table;
  MILLRACE_LET(Layout layout, read_layout(store.writer, row.layout));
  if (const auto dropped = drop_orphans(store.writer, layout); !dropped) {
    if (store.database->is_broken()) return dropped;
    base::log::warning("what a sealer left stays for now: {}", base::describe(dropped.error()));
  }
  store.layout = std::make_shared<const Layout>(std::move(layout));
  MILLRACE_LET(const auto series, read_series(store.writer));
  for (const model::Series& one : series) store.book.add_series(one.type);
  MILLRACE_LET(store.next_event, one_number(store.writer, "SELECT max(id) + 1 FROM events"));
  store.next_event = std::max<std::int64_t>(store.next_event, 1);
  MILLRACE_LET(store.deliveries, read_delivery_rows(store.writer));
  MILLRACE_LET(const auto corrections, read_corrections(store.writer));
  store.corrections.add(corrections);
  MILLRACE_TRY(load_last_values(store));
  return replay_hot(store);
}

/// An empty store under its name, or nothing: the engine makes its file in several writes.
base::Result<void> make_file(const OpenStore::Options& options, const std::filesystem::path& file) {
  const std::filesystem::path part = file.native() + ".new";
  std::error_code error;
  std::filesystem::remove(part, error);
  std::filesystem::remove(part.native() + ".wal", error);
  {
    MILLRACE_LET(auto database, Database::open(part, options.engine));
    MILLRACE_LET(auto connection, Connection::open(database));
    MILLRACE_TRY(make_tables(connection, options.new_id, options.clock.now()));
    MILLRACE_TRY(connection.run("CHECKPOINT"));
  }
  if (std::filesystem::exists(part.native() + ".wal", error)) {
    return base::fail_for_now(base::ErrorCode::kUnavailable, part.native() + " has a log left");
  }
  return base::rename_durably(part, file);
}

}  // namespace

base::Result<std::shared_ptr<OpenStore>> OpenStore::open(const Options& options) {
  MILLRACE_TRY(base::make_directories(options.folder));
  const auto file = options.folder / kDatabaseFile;
  std::error_code error;
  if (!std::filesystem::exists(file, error)) MILLRACE_TRY(make_file(options, file));
  MILLRACE_TRY(undo_checkpoint(file));
  MILLRACE_TRY(cut_torn_log(file.native() + ".wal"));
  MILLRACE_LET(auto database, Database::open(file, options.engine));
  MILLRACE_LET(auto writer, Connection::open(database));
  auto store = std::make_shared<OpenStore>(std::move(database), std::move(writer), options.clock);
  MILLRACE_TRY(register_functions(store->writer));
  // Closing does no work: stop() checkpoints, and whoever just goes away leaves it to the next
  // start.
  MILLRACE_TRY(store->writer.run("PRAGMA disable_checkpoint_on_shutdown"));
  MILLRACE_TRY(load(*store, options.older_format));
  return store;
}

}  // namespace millrace::store::duckdb
