#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "connector/sim/counter_source.h"
#include "edge/edge_connections.h"
#include "edge/edge_report.h"
#include "edge/handover.h"
#include "fleet/edge_commands.h"
#include "fleet/edge_runner.h"
#include "pipeline/source.h"

namespace millrace::apps {

/// The running sources of an edge. apply() makes them those of a configuration, whatever they were:
/// what did not change goes on reading without a gap, what changed or went is stopped, what is new
/// is started. A source is the same while its options, its addresses and what they feed are;
/// another contract or filter leaves it alone. Where only the addresses of a server changed and its
/// source hears of changes only, the new one reads beside the old one first (handover.h).
///
/// Threads: apply(), restart_failed() and stop() from one; states() from any.
class EdgeSources {
 public:
  struct Deps {
    fleet::EdgeRunner& runner;
    const base::Clock& clock;
    std::string edge;
    std::filesystem::path data_dir;
    /// Called after each apply(): where commands go from here on.
    std::function<void(std::vector<fleet::CommandRoute>)> use_routes{};
  };

  explicit EdgeSources(Deps deps) : deps_(std::move(deps)) {}
  ~EdgeSources() { stop(); }

  /// Numbers for commissioning; before the first apply(). Errors: invalid.
  base::Result<void> add_counters(const std::vector<sim::CounterOptions>& counters);
  /// Errors: invalid (nothing was changed then), unavailable (the runner has stopped). A source
  /// that does not start is a problem of its connection.
  base::Result<void> apply(const std::vector<EdgeConnection>& connections);
  /// Tries again what did not start.
  void restart_failed();
  void stop();

  /// Of connections, in the order of the configuration.
  std::vector<ConnectionReport> states() const;

 private:
  struct Running {
    std::uint64_t group = 0;
    std::string identity;
    EdgeConnection connection;  // without a kind: counters
    std::vector<pipeline::TagSpec> tags;
    std::shared_ptr<Handover> handover;  // of one that took over from another; outlives source
    std::shared_ptr<pipeline::Source> source;
    bool is_started = false;
    std::string problem;  // why it did not start
  };

  base::Result<Running> make(const EdgeConnection& connection, std::string identity);
  /// A source that goes and the one of `next` that reads the same server.
  struct Overlap {
    const Running* old = nullptr;
    Running* heir = nullptr;
  };
  std::vector<Overlap> begin_overlaps(std::vector<Running>& next);
  void wait_for(const std::vector<Overlap>& overlaps) const;
  static bool meets(const Overlap& overlap);
  void end_overlaps(const std::vector<Overlap>& overlaps);
  void stop_all_but(const std::vector<Running>& wanted);
  void start(Running& one);
  static void add_routes(const Running& one, std::vector<fleet::CommandRoute>& routes);

  const Deps deps_;
  std::uint64_t next_group_ = 1;
  mutable std::mutex mutex_;  // of running_, for those who only look
  std::vector<Running> running_;
};

}  // namespace millrace::apps
