#pragma once

#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <variant>
#include <vector>

#include "base/bounded_queue.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "fleet/edge_delivery.h"
#include "fleet/edge_pump.h"
#include "pipeline/outbound.h"
#include "pipeline/source.h"
#include "pipeline/tag_pipeline.h"
#include "spool/spool.h"

namespace millrace::fleet {

/// The tags of one source, in the order of its Reading::tag.
struct TagGroup {
  std::uint64_t id = 0;  // the owner's; never given again to another source
  std::vector<pipeline::TagSpec> tags;
  std::shared_ptr<pipeline::Source> source = nullptr;  // to be asked; nothing is asked without one
};

/// The edge's one working thread: readings → rules → filters → batches → spool → uplink, and the
/// hub's acknowledgements back into the spool. Every batch is durable before it is offered. What
/// filters hold in memory stands in the spool, too, so that a kill is a loss on record.
///
/// What is read may change while it runs: configure(). A property that is still read continues its
/// series, its rules and its filter, whatever feeds it now.
///
/// Back-pressure: when the spool cannot be written (full disk), batches wait in memory, the queue
/// of readings fills, and sources are refused and count. Nothing is dropped silently.
class EdgeRunner final : public pipeline::UplinkEvents {
 public:
  struct Options {
    std::size_t readings_max = 100'000;         // waiting
    base::Duration spool_interval{100'000};     // batches are grouped for one durable write
    base::Duration status_interval{5'000'000};  // report to the hub
    base::Duration hold_interval{5'000'000};    // how many samples filters hold goes on record
    pipeline::TimeTolerance tolerance;
    pipeline::Batcher::Limits batch;
    bool serves_others = false;  // new batches are also shown to others while no hub answers
    base::Uuid boot;             // of the machine; the monotonic clock means something within it
  };
  struct Deps {
    spool::Spool& spool;
    pipeline::Uplink& uplink;
    const base::Clock& clock;
    base::Metrics& metrics;
    base::Random& random;
    pipeline::CommandSink* commands =
        nullptr;  // takes what the hub wants done; none is done without
  };

  EdgeRunner(Options options, Deps deps);
  ~EdgeRunner() override;

  /// From here on these groups are read; before start() or while it runs, from one thread that is
  /// not its own. Returns when it has taken over. What sources have offered before is still taken
  /// as it was meant; those of groups that are gone must have stopped. Errors: unavailable
  /// (stopped).
  base::Result<void> configure(std::vector<TagGroup> groups);

  /// Starts the uplink and the thread; sources may offer from here on.
  base::Result<void> start();
  /// Spools what is waiting, says goodbye and ends.
  void stop();

  /// Where the source of a configured group delivers; lives until the group is gone. Readings of
  /// more tags than the group has are let go.
  pipeline::ReadingSink& sink(std::uint64_t group);

  /// Sends what became of a command; lost when the hub is away. Any thread.
  void answer(pipeline::CommandAnswer answer) { post(std::move(answer)); }

  /// What each tag's filter has done, as of the last status report. Any thread.
  std::vector<pipeline::TagFilterFigures> filter_figures() const;

  void connected() override;
  void disconnected() override;
  void acknowledged(const pipeline::Acknowledgement& ack) override;
  void commanded(pipeline::Command command) override;
  pipeline::SpoolHello hello() override;

 private:
  struct Connected {};
  struct Disconnected {};
  using LinkEvent =
      std::variant<Connected, Disconnected, pipeline::Acknowledgement, pipeline::CommandAnswer>;
  class Sink;
  struct Offered {
    std::uint64_t group = 0;
    pipeline::Reading reading;
  };
  /// Where the tags of a group stand in the pipeline's list.
  struct Places {
    std::uint32_t first = 0;
    std::uint32_t count = 0;
    std::shared_ptr<pipeline::Source> source;
  };
  struct Change {
    std::vector<TagGroup> groups;
    std::promise<void> done;
  };

  void post(LinkEvent event);
  void loop();
  bool take_readings();
  void take(Offered offered);
  void take_change();
  void end_changes();
  void use(std::vector<TagGroup> groups);
  void handle(const LinkEvent& event);
  void take(const pipeline::Acknowledgement& ack);
  void renew_epoch(const model::SequenceSet& delivered);
  void announce_epoch();
  void begin_epoch();
  void ask_sources();
  void spool_due(bool flush);
  bool is_write_due(base::MonotonicTime now, bool flush) const;
  void take_holds(base::MonotonicTime now);
  void exchange();
  void report_status();
  void note_filter_figures();
  void publish_hello();
  model::EdgeTime edge_time() const;

  const Options options_;
  const Deps deps_;
  std::map<std::uint64_t, std::unique_ptr<Sink>> sinks_;  // of the thread that configures
  base::BoundedQueue<Offered> readings_;
  base::BoundedQueue<LinkEvent> events_;
  std::thread thread_;
  std::mutex change_mutex_;
  std::optional<Change> change_;
  bool is_ended_ = false;

  // The runner's thread only:
  std::map<std::uint64_t, Places> places_;  // by group
  std::vector<pipeline::OutboundProperty> properties_;
  pipeline::TagPipeline pipeline_;
  base::Uuid epoch_;
  std::unique_ptr<EdgeDelivery> delivery_;
  std::vector<model::Batch> waiting_;         // for a durable write
  std::map<std::string, spool::Hold> holds_;  // by property; for the same write
  base::MonotonicTime next_write_{};
  base::MonotonicTime next_holds_{};
  base::MonotonicTime next_status_{};

  base::Counter& readings_total_;
  base::Counter& held_back_total_;
  base::Counter& spooled_total_;
  base::Counter& write_failures_total_;
  base::Counter& sent_total_;
  base::Gauge& unacknowledged_;

  mutable std::mutex figures_mutex_;
  std::vector<pipeline::TagFilterFigures> filter_figures_;

  mutable std::mutex hello_mutex_;
  pipeline::SpoolHello hello_;
};

}  // namespace millrace::fleet
