#pragma once

#include <memory>

#include "base/clock.h"
#include "base/metrics.h"
#include "base/random.h"
#include "edge/edge_assignments.h"
#include "edge/edge_config.h"
#include "edge/edge_sources.h"
#include "fleet/edge_commands.h"
#include "fleet/edge_runner.h"
#include "spool/spool.h"

namespace millrace::apps {

/// Everything that runs in millrace-edge, wired from its configuration.
class EdgeProcess {
 public:
  explicit EdgeProcess(EdgeConfig config) : config_(std::move(config)) {}
  ~EdgeProcess() { stop(); }

  /// Opens the spool, connects sources and hub; reads what edge.yaml and the hub's assignment say,
  /// as kept from the last run. Errors: what is wrong with the configuration or with the data
  /// directory; a server or hub that is away is no error.
  base::Result<void> start();
  void stop();

 private:
  base::Result<void> open_spool();
  base::Result<void> make_uplink();
  base::Result<void> make_assignments();

  EdgeConfig config_;
  base::SystemClock clock_;
  base::Metrics metrics_;
  base::Random random_ = base::Random::from_system();
  std::unique_ptr<spool::Spool> spool_;
  std::unique_ptr<pipeline::Uplink> uplink_;
  fleet::EdgeCommands commands_{clock_, metrics_};
  std::unique_ptr<fleet::EdgeRunner> runner_;
  std::unique_ptr<EdgeSources> sources_;
  std::unique_ptr<EdgeAssignments> assignments_;
};

}  // namespace millrace::apps
