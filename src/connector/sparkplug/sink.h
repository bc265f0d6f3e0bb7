#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "base/clock.h"
#include "base/metrics.h"
#include "base/random.h"
#include "connector/sparkplug/config.h"
#include "pipeline/outbound.h"

namespace millrace::connector::sparkplug {

/// Where the last bdSeq is kept between runs. save() comes on the MQTT thread before each CONNECT.
struct BdSeqStore {
  std::function<std::optional<std::uint8_t>()> load;
  std::function<void(std::uint8_t)> save;
};

/// A BdSeqStore in a small file. A file that cannot be written is logged: the node works, only its
/// next run may begin with a number that was used before.
BdSeqStore bd_seq_file(std::filesystem::path path);

/// The edge node of a Millrace edge: Uplink over Sparkplug B 3.0.
///
/// Threads: send(), update(), announce(), start() and stop() come from the owner's one thread;
/// UplinkEvents are called on the MQTT loop thread, or on the owner's inside of those, without any
/// lock held, so that they may hand over under a lock of their own. hello() must not wait for the
/// owner's thread while that one is inside send().
class EdgeNode final : public pipeline::Uplink {
 public:
  struct Deps {
    const base::Clock& clock;
    base::Metrics& metrics;
    base::Random random;
    BdSeqStore bd_seq;
  };

  /// Errors: invalid. No I/O but bd_seq.load().
  static base::Result<std::unique_ptr<EdgeNode>> create(EdgeNodeConfig config, Deps deps);
  ~EdgeNode() override;

  base::Result<void> start(std::vector<pipeline::OutboundProperty> properties,
                           pipeline::UplinkEvents& events) override;
  void stop() override;
  void update(std::vector<pipeline::OutboundProperty> properties) override;
  void announce() override;
  pipeline::Sending send(const pipeline::Position& position, const model::Batch& batch,
                         bool is_historical) override;
  pipeline::Sending send_unpositioned(const model::Batch& batch) override;
  bool send(const pipeline::BatchesLost& lost) override;
  bool send(const pipeline::OriginStatus& status) override;
  bool send(const pipeline::CommandAnswer& answer) override;

 private:
  class Link;
  explicit EdgeNode(std::unique_ptr<Link> link);
  std::unique_ptr<Link> link_;
};

}  // namespace millrace::connector::sparkplug
