#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/sample.h"
#include "model/series.h"
#include "pipeline/command.h"
#include "pipeline/inbound.h"

namespace millrace::pipeline {

/// A property that an edge will publish; a birth certificate lists them all.
struct OutboundProperty {
  std::string thing;
  std::string property;
  std::string title;
  model::ValueType type = model::ValueType::kF64;
  std::string unit;
  bool operator==(const OutboundProperty&) const = default;
};

/// What the edge asks of the spool's owner when it is about to say hello, and what comes back from
/// the hub. Called on the uplink's thread; hand over only.
class UplinkEvents {
 public:
  virtual ~UplinkEvents() = default;
  /// The births are out; DATA may be sent from here on.
  virtual void connected() = 0;
  virtual void disconnected() = 0;
  virtual void acknowledged(const Acknowledgement& ack) = 0;
  /// The hub wants something done. It may come twice, with the same id.
  virtual void commanded(Command command) = 0;
  /// For the body of the birth that is about to be sent; must not wait.
  virtual SpoolHello hello() = 0;
};

/// What became of a batch that was to be sent. Too large: it never can be, on this way.
enum class Sending { kSent, kNotNow, kTooLarge };

/// The edge's way to the hub, without its protocol. Messages may be lost on the way; who must be
/// sure waits for the acknowledgement. All calls from one thread, the owner's.
class Uplink {
 public:
  virtual ~Uplink() = default;
  virtual base::Result<void> start(std::vector<OutboundProperty> properties,
                                   UplinkEvents& events) = 0;
  /// Says goodbye (death certificate) and disconnects.
  virtual void stop() = 0;

  /// From here on these are published: births go out again when they have gone out before. What
  /// the spool still has of others is sent all the same.
  virtual void update(std::vector<OutboundProperty> properties) = 0;
  /// Sends the births again: what hello() says has changed (a new spool epoch).
  virtual void announce() = 0;

  /// kNotNow when not connected or when the way out is congested; nothing was sent then.
  virtual Sending send(const Position& position, const model::Batch& batch, bool is_historical) = 0;
  /// For other consumers while no hub answers: live values, which no hub takes for delivered.
  virtual Sending send_unpositioned(const model::Batch& batch) = 0;
  /// False as kNotNow above.
  virtual bool send(const BatchesLost& lost) = 0;
  virtual bool send(const OriginStatus& status) = 0;
  virtual bool send(const CommandAnswer& answer) = 0;
};

}  // namespace millrace::pipeline
