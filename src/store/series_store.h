#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/uuid.h"
#include "model/sample.h"
#include "model/sequence_set.h"
#include "model/series.h"
#include "store/correction.h"
#include "store/export_query.h"
#include "store/quality_counts.h"
#include "store/retention.h"
#include "store/sample_block.h"
#include "store/sample_query.h"
#include "store/sql_query.h"
#include "store/store_stats.h"

namespace millrace::store {

/// What a hub has committed of one spool epoch of one origin (edge, or third-party node).
struct DeliveryState {
  std::string origin;
  base::Uuid epoch;
  model::SequenceSet committed;  // stored or on record as lost
  base::Time updated;
};

/// Batches that will never come, by position, with what is known of their samples.
struct LossInterval {
  std::string origin;
  base::Uuid epoch;
  model::SequenceRange range;
  std::uint64_t samples = 0;  // 0 when unknown
  base::Time time_from;       // of the lost samples; equal to time_to when unknown
  base::Time time_to;
  std::string reason;  // "evicted", "erased", "refused", …
  base::Time recorded;
  std::string thing = {};     // of "held": whose samples, at least that many; time_to is the latest
  std::string property = {};  // that any can have had
};

/// Append-only fact that is neither a sample, a resource nor an audit entry (DESIGN §2).
struct Event {
  std::int64_t id = 0;  // given by the store
  base::Time time;
  std::string kind;     // "edge.connected", "fault.injected", …
  std::string subject;  // name of the thing, edge, … it is about
  std::string actor_role;
  std::string body;  // JSON object
};

/// How far an import of one file (by content and mapping) has come.
struct ImportMark {
  std::string file_hash;  // SHA-256 of content and mapping, hex
  std::string name;
  std::uint64_t rows_done = 0;  // source rows below this number are committed
  std::uint64_t samples = 0;    // of these rows, and how many of them are not good
  std::uint64_t samples_uncertain = 0;
  std::uint64_t samples_bad = 0;
  bool is_complete = false;
  base::Time updated;
};

/// Everything that becomes durable together, or not at all.
struct Commit {
  std::vector<model::Series> series;  // new ones (ids from next_series_id() on) and changed tags
  SampleBlock samples;                // series ids must be known or in `series`
  std::vector<DeliveryState> deliveries;  // replace the stored state of (origin, epoch)
  std::vector<LossInterval> losses;
  std::vector<Event> events;
  std::vector<ImportMark> imports;
  std::vector<Correction> corrections;  // without id and commit
};

/// The newest sample of each series by source time, kept in memory by the store. A time further
/// ahead of the sample's arrival than a few seconds is a wrong clock and counts as when it came.
struct LastValue {
  model::SeriesId series{};
  model::Sample sample;
  base::Time received;          // of a sample that a fill shows: when the fill was made
  std::int64_t correction = 0;  // id of the one that says how it is seen; 0: as it is stored
};

/// Where series, samples and everything that must agree with them live: dictionary, watermarks,
/// losses, events, imports and the commit counter, in one transactional engine.
///
/// Threads: commit() from one thread at a time, the writer. seal(), backup() and reads from any
/// thread at any time, also beside it; of seals and backups one runs and the next waits. A read
/// sees whole commits only. Failure: no_space and unavailable leave the store as it was, and the
/// same commit may be tried again; corrupt means that the engine refuses its file.
class SeriesStore {
 public:
  virtual ~SeriesStore() = default;

  /// Opens or makes the store and recovers what a killed process left. Before anything else.
  virtual base::Result<void> start() = 0;
  /// Checkpoints and closes. The destructor alone is like a kill.
  virtual base::Result<void> stop() = 0;

  /// Makes the whole Commit durable and gives it the next commit id. Samples with a time outside
  /// [now - retention, now + 1 day] go, marked time_implausible, to the out-of-range table. A
  /// sample whose (series, time) the store knows is kept and marked duplicate (at once against the
  /// newest samples of its series, against older ones at the latest when its range is sealed).
  /// Corrections change no sample; reads lay them over (overlay.h).
  virtual base::Result<model::CommitId> commit(const Commit& commit) = 0;

  /// The id the next new series must have; they are given by the caller without holes.
  virtual model::SeriesId next_series_id() const = 0;
  virtual base::Result<std::vector<model::Series>> series() const = 0;
  virtual base::Result<std::vector<DeliveryState>> deliveries() const = 0;
  virtual base::Result<std::vector<LossInterval>> losses(std::string_view origin,
                                                         std::size_t limit) const = 0;
  /// Newest first, ids below `before` (0: from the newest).
  virtual base::Result<std::vector<Event>> events(std::int64_t before, std::size_t limit) const = 0;
  virtual base::Result<std::optional<ImportMark>> import_mark(std::string_view file_hash) const = 0;

  /// Newest first.
  virtual base::Result<std::vector<Correction>> corrections(
      const CorrectionFilter& filter) const = 0;
  /// What corrections made after a data version have touched: what was derived from it there must
  /// be derived again. In order of (series, from).
  virtual base::Result<std::vector<CorrectedRange>> corrected_since(
      model::CommitId commit) const = 0;

  virtual std::optional<LastValue> last_value(
      model::SeriesId series, Corrections corrections = Corrections::kApplied) const = 0;
  virtual std::vector<LastValue> last_values() const = 0;
  virtual base::Result<RawResult> raw(const RawQuery& query) const = 0;
  /// Samples of a series that were kept apart: with an implausible time, or the bytes of a text
  /// that is no UTF-8. Oldest commit first.
  virtual base::Result<std::vector<model::Sample>> out_of_range(model::SeriesId series,
                                                                std::size_t limit) const = 0;
  /// Ordered by (series, time).
  virtual base::Result<BucketResult> buckets(const BucketQuery& query) const = 0;
  /// Ordered by (series, time, quality bits). Errors: as buckets().
  virtual base::Result<QualityCounts> quality_counts(const QualityQuery& query) const = 0;
  /// When each of these series began, by id, as samples are stored and not expired; one without
  /// samples is left out. Errors: not_found, timeout.
  virtual base::Result<std::vector<FirstTime>> first_times(
      const std::vector<model::SeriesId>& series, Deadline deadline) const = 0;
  /// Writes samples to a new file. The file is there whole or not at all.
  /// Errors: conflict (it is there), too_large (more rows than kExportRowsMax), timeout.
  virtual base::Result<ExportResult> export_to(const ExportQuery& query, ExportFormat format,
                                               const std::filesystem::path& path) const = 0;
  /// Tables that sql() reads beside those it is given.
  virtual std::vector<SqlTable> sql_tables() const = 0;
  /// One SELECT, run where it can change, see and use up nothing but what it was given; samples as
  /// raw() gives them. Errors: invalid (no single SELECT, or a table, function or file that is not
  /// offered), too_large (memory, or the answer), timeout, unsupported (not set up), unavailable.
  virtual base::Result<SqlAnswer> sql(const SqlQuery& query) const = 0;
  virtual base::Result<StoreStats> stats() const = 0;
  /// Data version: the newest commit that reads see, from memory; 0 while there is no store.
  virtual model::CommitId newest_commit() const = 0;
  /// Ranges of which retain() has let the rows go. What comes late for them goes with a seal, on
  /// record in an event "store.retention".
  virtual std::vector<TimeRange> expired(model::ValueType type) const = 0;
  /// These and what lies before them where nothing was ever stored: fills show no samples there any
  /// more, in charts as long as the next range has minutes or hours.
  virtual std::vector<TimeRange> closed(model::ValueType type) const = 0;

  /// Moves hot rows into sorted sealed partitions where there are enough of them, and merges late
  /// rows into those of their range. Ingest may go on. Asked to stop it ends early: unavailable.
  virtual base::Result<void> seal(std::stop_token stop = {}) = 0;
  /// True when seal() would have something to do by its policy (rows, age).
  virtual bool is_seal_due() const = 0;
  /// Lets go what the policy no longer keeps at `now`: rows of sealed partitions, then their
  /// roll-ups; nothing of hot rows. buckets() then answers from what is left. Ingest may go on.
  /// Asked to stop it ends early: unavailable.
  virtual base::Result<RetentionReport> retain(const RetentionPolicy& policy, base::Time now,
                                               std::stop_token stop = {}) = 0;
  /// What retain(policy) would let go of and retain(present) would not, with the hot rows that
  /// follow once they are sealed. Ranges from the oldest to the newest sample; nothing is changed.
  virtual base::Result<std::vector<Dropped>> expiring(const RetentionPolicy& policy,
                                                      const RetentionPolicy& present,
                                                      base::Time now) const = 0;
  /// A consistent copy, while ingest goes on, that start() opens like any other store; gives the
  /// commit at which it stands.
  virtual base::Result<model::CommitId> backup(const std::filesystem::path& directory) = 0;
};

}  // namespace millrace::store
