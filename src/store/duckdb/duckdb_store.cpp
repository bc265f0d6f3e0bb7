#include "store/duckdb/duckdb_store.h"

#include <format>

#include "base/log.h"
#include "base/uuid.h"
#include "store/duckdb/backup.h"
#include "store/duckdb/bucketing.h"
#include "store/duckdb/checkpointing.h"
#include "store/duckdb/committing.h"
#include "store/duckdb/exporting.h"
#include "store/duckdb/fingerprint.h"
#include "store/duckdb/first_times.h"
#include "store/duckdb/open_store.h"
#include "store/duckdb/quality_counting.h"
#include "store/duckdb/raw_reading.h"
#include "store/duckdb/registry.h"
#include "store/duckdb/retention.h"
#include "store/duckdb/sealing.h"
#include "store/duckdb/sql_running.h"
#include "store/duckdb/sql_tables.h"

namespace millrace::store::duckdb {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;

EngineSettings engine_of(const DuckDbOptions& options) {
  return {options.memory_limit_mb, options.threads};
}

fs::path log_path(const DuckDbOptions& options) {
  return options.folder / (std::string(kDatabaseFile) + ".wal");
}

std::uintmax_t size_of(const fs::path& path) {
  std::error_code error;
  const std::uintmax_t bytes = fs::file_size(path, error);
  return error ? 0 : bytes;
}

}  // namespace

DuckDbStore::DuckDbStore(DuckDbOptions options, const base::Clock& clock, base::Random random)
    : options_(std::move(options)), clock_(clock), random_(random) {}

DuckDbStore::~DuckDbStore() = default;

base::Result<void> DuckDbStore::start() {
  const std::lock_guard lock(write_);
  MILLRACE_TRY(base::make_directories(options_.folder));
  if (!lock_.is_open()) {
    MILLRACE_LET(lock_, base::lock_file(options_.folder / "lock"));
  }
  sealed_at_us_ = clock_.monotonic().time_since_epoch().count();
  MILLRACE_TRY(open_store_or_reopen());
  return {};
}

base::Result<void> DuckDbStore::stop() {
  const std::lock_guard no_maintenance(maintenance_);
  const std::lock_guard lock(write_);
  const auto store = std::exchange(open_, nullptr);
  if (!store) return {};
  MILLRACE_TRY(checkpoint(store->writer, options_.folder / kDatabaseFile));
  lock_.close();
  return {};
}

base::Result<std::shared_ptr<OpenStore>> DuckDbStore::open_store() const {
  const std::lock_guard lock(open_lock_);
  if (open_) return open_;
  return base::fail_for_now(ErrorCode::kUnavailable, "the series store is not open");
}

base::Result<std::shared_ptr<OpenStore>> DuckDbStore::open_store_or_reopen() {
  if (auto store = open_store()) return store;
  if (!broken_.expired()) {
    return base::fail_for_now(ErrorCode::kUnavailable,
                              "the series store waits for reads to end before it opens again");
  }
  MILLRACE_LET(auto store, OpenStore::open({.folder = options_.folder,
                                            .engine = engine_of(options_),
                                            .new_id = base::to_text(base::Uuid::make(random_)),
                                            .older_format = options_.older_format,
                                            .clock = clock_}));
  const std::lock_guard lock(open_lock_);
  open_ = store;
  return store;
}

base::Result<model::CommitId> DuckDbStore::commit(const Commit& commit) {
  const std::lock_guard lock(write_);
  MILLRACE_TRY(check_room());
  MILLRACE_LET(auto store, open_store_or_reopen());
  if (const auto doubt = std::exchange(doubt_, std::nullopt)) {
    const bool is_there = store->commit >= doubt->commit;
    if (is_there && doubt->fingerprint == fingerprint(commit)) {
      return model::CommitId(doubt->commit);
    }
  }
  const base::Time now = clock_.now();
  is_full_ = false;
  auto done = make_commit(*store, commit, {now - options_.retention, now + options_.future});
  if (!done) return resolve_failure(std::move(store), commit, done.error());
  shorten_log(std::move(store));
  return done;
}

/// Asked only after a write found none: the engine is not troubled with what must fail.
base::Result<void> DuckDbStore::check_room() const {
  return is_full_ ? base::check_room(options_.folder, kRoomBytes) : base::Result<void>{};
}

/// What the engine refused may be in the file or not: it is asked when the store opens again.
base::Result<model::CommitId> DuckDbStore::resolve_failure(std::shared_ptr<OpenStore> store,
                                                           const Commit& commit,
                                                           base::Error error) {
  if (error.code == ErrorCode::kInvalid) return std::unexpected(std::move(error));  // not tried
  doubt_ = Doubt{store->commit + 1, fingerprint(commit)};
  renew(std::move(store), error);
  error.retry = base::Retry::kLater;
  if (error.code == ErrorCode::kInternal) error.code = ErrorCode::kUnavailable;
  return std::unexpected(std::move(error));
}

/// Opens the file again after a write that failed; under the lock of writers.
void DuckDbStore::renew(std::shared_ptr<OpenStore> store, const base::Error& error) {
  is_full_ = error.code == ErrorCode::kNoSpace;
  base::log::error("the series store opens its file again after: {}", base::describe(error));
  {
    const std::lock_guard lock(open_lock_);
    if (open_ != store) return;  // somebody else has
    open_.reset();
    broken_ = store;
  }
  store.reset();
  const auto again = open_store_or_reopen();
  if (!again) base::log::error("it is not open yet: {}", base::describe(again.error()));
}

/// Not while a backup copies the file; and a sealer that is writing makes it wait for a later
/// commit.
void DuckDbStore::shorten_log(std::shared_ptr<OpenStore> store) {
  const std::uintmax_t threshold = std::uintmax_t{options_.checkpoint_threshold_mb} << 20;
  if (is_copying_ || size_of(log_path(options_)) < threshold) return;
  const auto done = checkpoint(store->writer, options_.folder / kDatabaseFile);
  if (done) return;
  if (store->database->is_broken()) return renew(std::move(store), done.error());
  base::log::debug("no checkpoint now: {}", base::describe(done.error()));
}

model::SeriesId DuckDbStore::next_series_id() const {
  const auto store = open_store();
  if (!store) return model::SeriesId(1);
  const std::shared_lock lock((*store)->state);
  return model::SeriesId(static_cast<std::int32_t>((*store)->book.size()) + 1);
}

base::Result<std::vector<model::Series>> DuckDbStore::series() const {
  MILLRACE_LET(const auto store, open_store());
  MILLRACE_LET(const auto snapshot, Snapshot::take(*store));
  return read_series(snapshot.connection());
}

base::Result<std::vector<DeliveryState>> DuckDbStore::deliveries() const {
  MILLRACE_LET(const auto store, open_store());
  MILLRACE_LET(const auto snapshot, Snapshot::take(*store));
  return read_deliveries(snapshot.connection());
}

base::Result<std::vector<LossInterval>> DuckDbStore::losses(std::string_view origin,
                                                            std::size_t limit) const {
  MILLRACE_LET(const auto store, open_store());
  MILLRACE_LET(const auto snapshot, Snapshot::take(*store));
  return read_losses(snapshot.connection(), origin, limit);
}

base::Result<std::vector<Event>> DuckDbStore::events(std::int64_t before, std::size_t limit) const {
  MILLRACE_LET(const auto store, open_store());
  MILLRACE_LET(const auto snapshot, Snapshot::take(*store));
  return read_events(snapshot.connection(), before, limit);
}

base::Result<std::optional<ImportMark>> DuckDbStore::import_mark(std::string_view file_hash) const {
  MILLRACE_LET(const auto store, open_store());
  MILLRACE_LET(const auto snapshot, Snapshot::take(*store));
  return read_import(snapshot.connection(), file_hash);
}

base::Result<std::vector<Correction>> DuckDbStore::corrections(
    const CorrectionFilter& filter) const {
  MILLRACE_LET(const auto store, open_store());
  const std::shared_lock lock(store->state);
  return store->corrections.find(filter);
}

base::Result<std::vector<CorrectedRange>> DuckDbStore::corrected_since(
    model::CommitId commit) const {
  MILLRACE_LET(const auto store, open_store());
  const std::shared_lock lock(store->state);
  return store->corrections.since(commit);
}

std::optional<LastValue> DuckDbStore::last_value(model::SeriesId series,
                                                 Corrections corrections) const {
  const auto store = open_store();
  if (!store) return std::nullopt;
  const std::shared_lock lock((*store)->state);
  const auto& newest = (*store)->book.newest(series);
  if (corrections == Corrections::kLeftOut) return newest;
  return (*store)->corrections.seen(series, newest);
}

std::vector<LastValue> DuckDbStore::last_values() const {
  const auto store = open_store();
  if (!store) return {};
  const std::shared_lock lock((*store)->state);
  std::vector<LastValue> values;
  const auto count = static_cast<std::int32_t>((*store)->book.size());
  for (std::int32_t id = 1; id <= count; ++id) {
    const model::SeriesId series{id};
    auto seen = (*store)->corrections.seen(series, (*store)->book.newest(series));
    if (seen) values.push_back(std::move(*seen));
  }
  return values;
}

base::Result<RawResult> DuckDbStore::raw(const RawQuery& query) const {
  MILLRACE_LET(const auto store, open_store());
  return in_time(read_raw(*store, query));
}

base::Result<BucketResult> DuckDbStore::buckets(const BucketQuery& query) const {
  MILLRACE_LET(const auto store, open_store());
  return in_time(read_buckets(*store, query));
}

base::Result<QualityCounts> DuckDbStore::quality_counts(const QualityQuery& query) const {
  MILLRACE_LET(const auto store, open_store());
  return in_time(count_quality(*store, query));
}

base::Result<std::vector<FirstTime>> DuckDbStore::first_times(
    const std::vector<model::SeriesId>& series, Deadline deadline) const {
  MILLRACE_LET(const auto store, open_store());
  return in_time(read_first_times(*store, series, deadline));
}

base::Result<std::vector<model::Sample>> DuckDbStore::out_of_range(model::SeriesId series,
                                                                   std::size_t limit) const {
  MILLRACE_LET(const auto store, open_store());
  return read_out_of_range(*store, series, limit);
}

base::Result<ExportResult> DuckDbStore::export_to(const ExportQuery& query, ExportFormat format,
                                                  const fs::path& path) const {
  MILLRACE_LET(const auto store, open_store());
  return in_time(export_samples(*store, query, format, path), query.stop);
}

std::vector<SqlTable> DuckDbStore::sql_tables() const { return described_tables(); }

base::Result<SqlAnswer> DuckDbStore::sql(const SqlQuery& query) const {
  MILLRACE_LET(const auto store, open_store());
  const auto is_current = [&] {
    const std::lock_guard lock(open_lock_);
    return open_ == store;
  };
  return run_sql(*store, {options_.sql_worker, clock_, is_current}, query);
}

base::Result<StoreStats> DuckDbStore::stats() const {
  MILLRACE_LET(const auto store, open_store());
  StoreStats stats;
  const auto look = [&] {
    stats = {.commit = model::CommitId(store->commit)};
    for (const auto& [table, content] : store->hot) stats.hot_rows += content.rows;
  };
  MILLRACE_LET(const auto snapshot, Snapshot::take(*store, look));
  for (const PartitionTable& one : snapshot.layout().partitions) {
    if (!one.has_rows) continue;
    stats.sealed_rows += one.rows;
    stats.partitions.push_back({number(one.number), one.type, one.t_min, one.t_max, one.rows});
  }
  MILLRACE_LET(auto rows, snapshot.connection().query("SELECT count(*) FROM out_of_range"));
  MILLRACE_LET(const bool is_there, rows.next());
  if (is_there) {
    stats.out_of_range_rows = static_cast<std::uint64_t>(rows.column<std::int64_t>(0)[0]);
  }
  stats.bytes_on_disk = size_of(options_.folder / kDatabaseFile) + size_of(log_path(options_));
  return stats;
}

model::CommitId DuckDbStore::newest_commit() const {
  const auto store = open_store();
  if (!store) return {};
  const std::shared_lock lock((*store)->state);
  return model::CommitId((*store)->commit);
}

std::vector<TimeRange> DuckDbStore::expired(model::ValueType type) const {
  const auto store = open_store();
  if (!store) return {};
  const std::shared_lock lock((*store)->state);
  return (*store)->layout->expired(type);
}

std::vector<TimeRange> DuckDbStore::closed(model::ValueType type) const {
  const auto store = open_store();
  if (!store) return {};
  const std::shared_lock lock((*store)->state);
  return (*store)->layout->closed(type);
}

base::Result<void> DuckDbStore::seal(std::stop_token stop) {
  const std::lock_guard lock(maintenance_);
  sealed_at_us_ = clock_.monotonic().time_since_epoch().count();
  MILLRACE_TRY(check_room());
  MILLRACE_LET(auto store, open_store());
  const auto done = seal_all({.store = *store,
                              .write = write_,
                              .policy = options_.seal,
                              .now = clock_.now(),
                              .retention = options_.retention,
                              .stop = stop});
  if (done || stop.stop_requested()) return done;
  const std::lock_guard no_commit(write_);
  renew(std::move(store), done.error());
  return done;
}

bool DuckDbStore::is_seal_due() const {
  const auto store = open_store();
  if (!store) return false;
  const auto since = clock_.monotonic().time_since_epoch().count() - sealed_at_us_;
  return duckdb::is_seal_due(**store, options_.seal, clock_.now(),
                             since >= options_.seal.interval.count());
}

base::Result<RetentionReport> DuckDbStore::retain(const RetentionPolicy& policy, base::Time now,
                                                  std::stop_token stop) {
  const std::lock_guard lock(maintenance_);
  MILLRACE_LET(auto store, open_store());
  if (!is_retention_due(*store, policy, now)) return RetentionReport{};
  MILLRACE_TRY(check_room());
  auto done = duckdb::retain(
      {.store = *store, .write = write_, .policy = policy, .now = now, .stop = stop});
  if (done || stop.stop_requested()) return done;
  const std::lock_guard no_commit(write_);
  renew(std::move(store), done.error());
  return done;
}

base::Result<std::vector<Dropped>> DuckDbStore::expiring(const RetentionPolicy& policy,
                                                         const RetentionPolicy& present,
                                                         base::Time now) const {
  MILLRACE_LET(const auto store, open_store());
  return duckdb::expiring(*store, policy, present, now);
}

base::Result<model::CommitId> DuckDbStore::backup(const fs::path& directory) {
  const std::lock_guard lock(maintenance_);
  MILLRACE_LET(const auto store, open_store());
  is_copying_ = true;
  auto done = back_up({.store = *store,
                       .write = write_,
                       .folder = options_.folder,
                       .destination = directory,
                       .engine = engine_of(options_)});
  is_copying_ = false;
  return done;
}

}  // namespace millrace::store::duckdb
