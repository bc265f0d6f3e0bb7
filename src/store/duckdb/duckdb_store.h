#pragma once

#include <array>
#include <atomic>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>

#include "base/clock.h"
#include "base/files.h"
#include "base/random.h"
#include "store/older_format.h"
#include "store/series_store.h"

namespace millrace::store::duckdb {

struct OpenStore;

/// When hot rows become partitions.
struct SealPolicy {
  std::uint64_t rows_min = 1'000'000;          // a time range with so many rows is a partition …
  std::uint64_t rows_target = 32'000'000;      // … which is cut where it has so many more
  base::Duration month_grace{86'400'000'000};  // a calendar month is one this long after its end
  base::Duration lateness{300'000'000};        // rows as new as this stay hot where they can
  std::uint64_t hot_rows_max = 5'000'000;  // sealed without regard to lateness; seal is due at once
  base::Duration interval{3'600'000'000};  // otherwise it is due at most so often
  std::uint64_t late_rows_min = 200'000;   // late rows merge at so many, …
  std::size_t joined_min = 4;              // so many neighbours of a month become one partition …
  std::uint64_t joined_rows_max = 64'000'000;   // … of at most so many rows
  double late_share_min = 0.05;                 // … or at this share of their partition, …
  base::Duration late_age_max{86'400'000'000};  // … or when the oldest has waited so long
};

struct DuckDbOptions {
  std::filesystem::path folder;                            // made when it is not there
  base::Duration retention = std::chrono::days(30 * 365);  // older samples are out of range
  base::Duration future{86'400'000'000};                   // as are those further ahead
  std::uint32_t memory_limit_mb = 192;
  std::uint32_t threads = 2;
  std::uint32_t checkpoint_threshold_mb = 16;
  SealPolicy seal;
  /// Program and arguments that end in run_sql_worker(kSqlWorkerSocket); without it no SQL.
  std::vector<std::string> sql_worker;
  OlderFormat older_format = OlderFormat::kUpgrade;
};

/// The files of a store that nobody has open, in its folder. The second is there or not.
inline constexpr std::array<std::string_view, 2> kStoreFiles = {"store.duckdb", "store.duckdb.wal"};

/// What must be free before a store that found its disk full writes again.
inline constexpr std::uint64_t kRoomBytes = 8U << 20;

/// SeriesStore on an embedded DuckDB (format and recovery: tables.cpp). One process owns the
/// folder.
///
/// Threads: as SeriesStore says. A query with a deadline is interrupted within 20 ms of it. Readers
/// work on snapshots and never wait for a commit; a commit
/// waits for a seal only while that swaps tables (milliseconds).
///
/// After a write that failed the file is opened again, because the engine's memory cannot be
/// trusted then: at once, or with a later commit when reads still hold the old one; until then
/// everything answers unavailable. On a full disk commits fail with no_space and reads go on; a
/// commit tries the engine again when there is room for kRoomBytes.
class DuckDbStore final : public SeriesStore {
 public:
  DuckDbStore(DuckDbOptions options, const base::Clock& clock, base::Random random);
  ~DuckDbStore() override;

  base::Result<void> start() override;
  base::Result<void> stop() override;
  base::Result<model::CommitId> commit(const Commit& commit) override;

  model::SeriesId next_series_id() const override;
  base::Result<std::vector<model::Series>> series() const override;
  base::Result<std::vector<DeliveryState>> deliveries() const override;
  base::Result<std::vector<LossInterval>> losses(std::string_view origin,
                                                 std::size_t limit) const override;
  base::Result<std::vector<Event>> events(std::int64_t before, std::size_t limit) const override;
  base::Result<std::optional<ImportMark>> import_mark(std::string_view file_hash) const override;

  base::Result<std::vector<Correction>> corrections(const CorrectionFilter& filter) const override;
  base::Result<std::vector<CorrectedRange>> corrected_since(model::CommitId commit) const override;

  std::optional<LastValue> last_value(model::SeriesId series,
                                      Corrections corrections) const override;
  std::vector<LastValue> last_values() const override;
  base::Result<RawResult> raw(const RawQuery& query) const override;
  base::Result<BucketResult> buckets(const BucketQuery& query) const override;
  base::Result<QualityCounts> quality_counts(const QualityQuery& query) const override;
  base::Result<std::vector<FirstTime>> first_times(const std::vector<model::SeriesId>& series,
                                                   Deadline deadline) const override;
  base::Result<std::vector<model::Sample>> out_of_range(model::SeriesId series,
                                                        std::size_t limit) const override;
  base::Result<ExportResult> export_to(const ExportQuery& query, ExportFormat format,
                                       const std::filesystem::path& path) const override;
  std::vector<SqlTable> sql_tables() const override;
  base::Result<SqlAnswer> sql(const SqlQuery& query) const override;
  base::Result<StoreStats> stats() const override;
  model::CommitId newest_commit() const override;
  std::vector<TimeRange> expired(model::ValueType type) const override;
  std::vector<TimeRange> closed(model::ValueType type) const override;

  base::Result<void> seal(std::stop_token stop = {}) override;
  bool is_seal_due() const override;
  base::Result<RetentionReport> retain(const RetentionPolicy& policy, base::Time now,
                                       std::stop_token stop = {}) override;
  base::Result<std::vector<Dropped>> expiring(const RetentionPolicy& policy,
                                              const RetentionPolicy& present,
                                              base::Time now) const override;
  base::Result<model::CommitId> backup(const std::filesystem::path& directory) override;

 private:
  base::Result<std::shared_ptr<OpenStore>> open_store() const;
  base::Result<std::shared_ptr<OpenStore>> open_store_or_reopen();
  base::Result<model::CommitId> resolve_failure(std::shared_ptr<OpenStore> store,
                                                const Commit& commit, base::Error error);
  void renew(std::shared_ptr<OpenStore> store, const base::Error& error);
  base::Result<void> check_room() const;
  void shorten_log(std::shared_ptr<OpenStore> store);

  /// A commit that failed so that only the file knows whether it is there.
  struct Doubt {
    std::int64_t commit;
    std::uint64_t fingerprint;
  };

  const DuckDbOptions options_;
  const base::Clock& clock_;
  base::Random random_;
  base::FileDescriptor lock_;

  std::mutex maintenance_;        // seal and backup, before write_
  mutable std::mutex write_;      // commit, and the moments in which seal changes tables
  mutable std::mutex open_lock_;  // open_
  std::shared_ptr<OpenStore> open_;
  std::weak_ptr<OpenStore> broken_;
  std::optional<Doubt> doubt_;
  std::atomic<bool> is_full_ = false;          // the last write found no room
  std::atomic<bool> is_copying_ = false;       // no checkpoints
  std::atomic<std::int64_t> sealed_at_us_{0};  // on the monotonic clock
};

}  // namespace millrace::store::duckdb
