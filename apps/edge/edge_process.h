#pragma once

#include <memory>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "base/random.h"
#include "edge/edge_config.h"
#include "fleet/edge_commands.h"
#include "fleet/edge_runner.h"
#include "spool/spool.h"

namespace millrace::apps {

/// Everything that runs in millrace-edge, wired from its configuration.
class EdgeProcess {
 public:
  explicit EdgeProcess(EdgeConfig config) : config_(std::move(config)) {}
  ~EdgeProcess() { stop(); }

  /// Opens the spool, connects sources and hub. Errors: what is wrong with the configuration or
  /// with the data directory; a server or hub that is away is no error.
  base::Result<void> start();
  void stop();

 private:
  base::Result<void> open_spool();
  base::Result<void> make_uplink();
  base::Result<void> make_sources();
  base::Result<void> add(std::shared_ptr<pipeline::Source> source,
                         std::vector<pipeline::TagSpec> tags);

  EdgeConfig config_;
  base::SystemClock clock_;
  base::Metrics metrics_;
  base::Random random_ = base::Random::from_system();
  std::unique_ptr<spool::Spool> spool_;
  std::unique_ptr<pipeline::Uplink> uplink_;
  struct Entry {
    std::shared_ptr<pipeline::Source> source;
    std::uint32_t first_tag = 0;
  };
  std::vector<Entry> sources_;
  std::vector<pipeline::TagSpec> tags_;
  std::vector<fleet::CommandRoute> routes_;
  fleet::EdgeCommands commands_{clock_, metrics_};
  std::unique_ptr<fleet::EdgeRunner> runner_;
};

}  // namespace millrace::apps
