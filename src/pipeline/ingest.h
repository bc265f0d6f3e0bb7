#pragma once

#include <atomic>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <thread>

#include "base/bounded_queue.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "pipeline/arrival_book.h"
#include "pipeline/delivery_ledger.h"
#include "pipeline/inbound.h"
#include "pipeline/inbound_binder.h"
#include "pipeline/live_feed.h"
#include "pipeline/sample_rate.h"
#include "store/series_index.h"
#include "store/series_store.h"

namespace millrace::pipeline {

/// How Ingest gathers and commits.
struct IngestOptions {
  std::size_t queue_bytes_max = 64U << 20;  // decoded messages waiting
  // A commit is due this long after its first sample. One that has grown to rows_few by then costs
  // the store less for each sample when it grows on: it waits for rows_max, for a pause in what
  // arrives, or for interval_max.
  base::Duration commit_interval{50'000};
  base::Duration commit_interval_max{250'000};
  std::size_t commit_rows_few = 20'000;
  std::size_t commit_rows_max = 204'800;
  base::Duration pause{10'000};
  base::Duration retry_interval{1'000'000};  // after a commit that failed
  TimeTolerance tolerance;                   // late and clock marks of what has no contract
};

/// How Ingest is doing; for the system page.
struct IngestState {
  double samples_per_second = 0;  // committed, over the last ten seconds
  std::size_t queue_bytes = 0;
  std::size_t queue_bytes_max = 0;
  std::uint64_t refused_messages = 0;
  bool is_store_refusing = false;
};

/// Batches → series → one store commit → acknowledgements and live values. Whatever arrives is
/// taken from a bounded queue by one thread, which is also the store's only writer: others who
/// commit (imports) do so on it through `run()`.
///
/// A commit that fails is tried again until it succeeds; meanwhile the queue fills, refuses, and
/// the edges keep what is not acknowledged. Only a hub that stops while its store refuses loses
/// third-party samples, and says how many.
class Ingest final : public InboundSink {
 public:
  struct Deps {
    store::SeriesStore& store;
    store::SeriesIndex& index;
    DeliveryLedger& ledger;
    LiveFeed& live;
    const base::Clock& clock;
    base::Metrics& metrics;
    CompareUnits compare = {};  // empty: equal texts
  };

  Ingest(IngestOptions options, Deps deps);
  ~Ingest() override;

  void start();
  /// Commits what is queued, then ends the thread.
  void stop();

  bool offer(Inbound inbound) override;
  /// Any thread.
  IngestState state() const;
  /// From here on third parties' batches go through this binder, which takes over what the one
  /// before has learned. What came before is committed unbound when it returns. Any other thread.
  /// Errors: unavailable.
  base::Result<void> use(std::unique_ptr<InboundBinder> binder);
  /// From here on the times of what arrives are judged by these rules. Any other thread. Errors:
  /// unavailable.
  base::Result<void> judge_times_by(TimeRulesOf rules);
  /// Runs `work` on the writer's thread between two commits and waits for it. Any other thread.
  base::Result<void> run(std::function<base::Result<void>()> work);

 private:
  struct Job {
    std::function<base::Result<void>()> work;
    std::promise<base::Result<void>> done;
  };
  using Item = std::variant<Inbound, std::shared_ptr<Job>>;

  void loop();
  void handle(Item& item);
  void take_batch(BatchArrived& arrived);
  void listen_to_silence();
  void leave_out_known(BatchArrived& arrived) const;
  void take_samples(BatchArrived& arrived);
  void note_mixed();
  void take_titles(const ThingUp& up);
  void put_pending(model::Series series);
  void mark_other_unit(BatchArrived& arrived, std::size_t property, model::SeriesId id);
  void note_source(const BatchArrived& arrived, model::SeriesId id, const model::Sample& sample);
  model::SeriesId add_series(const BatchArrived& arrived, const model::BatchProperty& property);
  bool is_known(const BatchArrived& arrived, model::SeriesId id, const model::Sample& sample) const;
  enum class Arrivals { kGoOn, kPause };
  void commit_if_due(Arrivals arrivals);
  bool commit();
  void count_committed();
  bool commit_until_done();
  void settle(DeliveryLedger::Outcome outcome);

  const IngestOptions options_;
  const Deps deps_;
  base::BoundedQueue<Item> queue_;
  std::thread thread_;

  // The writer's thread only:
  std::unique_ptr<InboundBinder> binder_;
  store::Commit pending_;
  std::vector<model::SeriesId> touched_;
  ArrivalBook arrivals_;
  std::map<std::pair<std::string, std::string>, std::string> titles_;  // born, not yet a series
  model::SeriesId next_series_{};
  base::MonotonicTime pending_since_{};
  base::MonotonicTime next_listening_{};
  bool has_notes_ = false;

  mutable std::mutex rate_mutex_;
  SampleRate rate_;
  std::atomic<bool> is_store_refusing_ = false;

  base::Counter& samples_total_;
  base::Counter& duplicates_total_;
  base::Counter& refused_total_;
  base::Counter& failures_total_;
  base::Counter& unreadable_total_;
  base::Histogram& commit_seconds_;
  base::Gauge& queue_bytes_;
};

}  // namespace millrace::pipeline
