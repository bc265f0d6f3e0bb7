#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "base/random.h"
#include "connector/sparkplug/config.h"
#include "pipeline/inbound.h"

namespace millrace::connector::sparkplug {

/// An edge node by its ids in topics.
struct NodeId {
  std::string group;
  std::string node;
};

/// The host application of a hub: one MQTT session that hears edges and third-party nodes, gives
/// what they say to an InboundSink, and carries acknowledgements back.
///
/// Threads: the sink is called on the MQTT loop thread, never waits; acknowledge() may come from
/// any thread.
class HostApplication final : public pipeline::OriginLink {
 public:
  struct Deps {
    const base::Clock& clock;
    base::Metrics& metrics;
    base::Random random;
  };

  /// Errors: invalid. No I/O.
  static base::Result<std::unique_ptr<HostApplication>> create(HostConfig config, Deps deps);
  ~HostApplication() override;

  /// Begins to connect. Nodes in `expected` (known from before a restart) are asked for their
  /// births when they do not come by themselves.
  void start(pipeline::InboundSink& sink, std::vector<NodeId> expected = {});
  /// Says offline and disconnects.
  void stop();
  bool is_connected() const;

  void acknowledge(const std::string& origin, const pipeline::Acknowledgement& ack) override;

 private:
  class Link;
  explicit HostApplication(std::unique_ptr<Link> link);
  std::unique_ptr<Link> link_;
};

}  // namespace millrace::connector::sparkplug
