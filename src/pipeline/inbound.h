#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/uuid.h"
#include "model/sample.h"
#include "model/sequence_set.h"

namespace millrace::pipeline {

/// Who delivers: a Millrace edge (exactly once, by positions) or a third-party node (at most once).
enum class OriginKind { kMillrace, kThirdParty };

/// What a Millrace edge says of its spool when it comes online.
struct SpoolHello {
  base::Uuid epoch;
  model::Sequence oldest{};  // lowest sequence still in the spool; next when it is empty
  model::Sequence next{};    // the sequence the next batch will get
  model::EdgeTime now;
};

/// An origin has come online (birth) …
struct OriginUp {
  std::string origin;
  std::string site;
  std::string group;  // as they stand in the protocol's topics; empty without
  std::string node;
  OriginKind kind = OriginKind::kThirdParty;
  std::optional<SpoolHello> hello;
  base::Time received;
};

/// … or went offline (death, lost session).
struct OriginDown {
  std::string origin;
  base::Time received;
};

/// A property of a thing that was born, with what people call it there (empty: nothing else).
struct BornProperty {
  std::string name;
  model::ValueType type = model::ValueType::kF64;
  std::string title;
  std::string address = {};  // of third parties: the metric as the birth names it
};

/// One thing of an origin has come online; its values come in batches.
struct ThingUp {
  std::string origin;
  std::string thing;
  std::vector<BornProperty> properties;
};

/// One thing of an origin has gone offline (a device's death) while the origin stays; its values
/// are stale until it is up again.
struct ThingDown {
  std::string origin;
  std::string thing;
  base::Time time;  // by the origin's clock
  base::Time received;
};

/// The place of a batch in its origin's spool.
struct Position {
  base::Uuid epoch;
  model::Sequence sequence{};
};

/// A batch has arrived. `is_historical`: it comes from a backlog and moves no live value.
struct BatchArrived {
  std::string origin;
  std::string site;
  std::optional<Position> position;  // none for third-party nodes
  bool is_historical = false;
  bool is_birth = false;  // values of a birth certificate or a retained message: no news if known
  std::string topic;      // of plain MQTT, whose batch holds its payloads as they came
  model::Batch batch;
  base::Time received;
};

/// The origin will never deliver these batches.
struct BatchesLost {
  std::string origin;
  base::Uuid epoch;
  model::SequenceRange range;
  std::vector<std::uint32_t>
      samples;           // of each batch in the range, or one total; empty when unknown
  base::Time time_from;  // of the lost samples; equal to time_to when unknown
  base::Time time_to;
  std::string reason;
  base::Time received;
  std::string thing = {};     // of "held": whose samples, at least that many; none is newer than
  std::string property = {};  // time_to
};

/// One tombstone message covers at most this many batches.
inline constexpr std::uint64_t kLostBatchesMax = 2000;

/// Regular report of an edge on itself.
struct OriginStatus {
  std::string origin;
  std::uint64_t spool_batches = 0;
  std::uint64_t spool_bytes = 0;
  std::uint64_t evicted_batches = 0;
  model::EdgeTime now;
  base::Time received;
};

using Inbound =
    std::variant<OriginUp, OriginDown, ThingUp, ThingDown, BatchArrived, BatchesLost, OriginStatus>;

/// Takes what a hub-side source has decoded. Called on the source's thread; never waits.
class InboundSink {
 public:
  virtual ~InboundSink() = default;
  /// False when the queue is full: the message is dropped and counted by the caller, and a Millrace
  /// edge will send it again.
  virtual bool offer(Inbound inbound) = 0;
};

/// What the hub tells a Millrace edge about its spool: a state, not an event. `session` is drawn at
/// random by each run of the hub and `number` rises within it, so that an edge can tell an old
/// acknowledgement from one of a hub that was restored and knows less.
struct Acknowledgement {
  base::Uuid epoch;
  std::uint64_t session = 0;
  std::uint64_t number = 0;
  model::SequenceSet committed;
  std::uint32_t window_batches = 64;
  std::uint32_t window_bytes = 4U << 20;
};

/// Carries messages of the hub to an origin. Any thread; does not wait; losing one is allowed, the
/// next acknowledgement says the same and more.
class OriginLink {
 public:
  virtual ~OriginLink() = default;
  virtual void acknowledge(const std::string& origin, const Acknowledgement& ack) = 0;
};

}  // namespace millrace::pipeline
