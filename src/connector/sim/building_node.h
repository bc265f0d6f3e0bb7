#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/random.h"
#include "connector/sim/plant.h"

namespace millrace::sim {

struct BuildingNodeOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 1883;
  std::string user;  // empty: anonymous
  std::string password;
  std::string group;
  std::string node;
  base::Duration interval = std::chrono::seconds(1);  // between two DDATA
};

/// The simulated building as somebody else's Sparkplug B 3.0 edge node: what a device of the field
/// sends, and nothing of Millrace's own (no body, so no acknowledgement and no backlog; what falls
/// into a broken connection is lost). It speaks MQTT 3.1.1, as most of them do.
///
/// One device, called as the thing is, with a metric for each property: name, alias, datatype and,
/// where there is one, engUnit in DBIRTH; by alias in DDATA, which holds what changed since it was
/// last sent. Quality (0, 500) is sent with values that are not good, and 192 with the first good
/// one after them. bdSeq begins at 0 with each run; a rebirth is made on request.
///
/// The connection is kept up by itself. start() and stop() from one thread; `current` is called on
/// the MQTT thread.
class BuildingNode {
 public:
  /// Errors: invalid (group, node or thing is no Sparkplug id, options of MQTT). No I/O.
  static base::Result<std::unique_ptr<BuildingNode>> create(BuildingNodeOptions options,
                                                            ThingSpec thing,
                                                            const base::Clock& clock,
                                                            base::Random random);
  ~BuildingNode();

  /// What the sensors say now, as PlantRunner::latest() gives it; readings of other things than the
  /// first of the plant are left out.
  using Current = std::function<std::vector<SimReading>()>;
  /// Returns at once and goes on connecting by itself.
  void start(Current current);
  /// Publishes the death certificate and leaves.
  void stop();

  bool is_born() const;

 private:
  class Link;
  explicit BuildingNode(std::unique_ptr<Link> link);
  std::unique_ptr<Link> link_;
};

}  // namespace millrace::sim
