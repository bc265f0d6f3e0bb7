#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "model/sample.h"

namespace millrace::pipeline {

/// Why a source says a value.
enum class Said : std::uint8_t {
  kNews,       // it is one: a change, an update, a poll
  kOnRequest,  // it was asked (a new subscription, Source::ask): how the tag stands, which it may
               // have said before, with the time since when
  kLoss,       // there is no value to read; the time is that of this process
};

/// A value as a connector reads it, before contract and quality: the place of its tag in the
/// source's list of tags, and value, source time and the source's own status as quality.
struct Reading {
  std::uint32_t tag = 0;
  model::Sample sample;
  Said said = Said::kNews;
};

/// Takes readings. Called on the source's thread.
class ReadingSink {
 public:
  virtual ~ReadingSink() = default;
  /// False when the queue is full: the source keeps or drops the reading, and counts it.
  virtual bool offer(Reading reading) = 0;
};

enum class LinkState { kConnecting, kConnected, kFailed };

/// How one tag of a source is.
struct TagStatus {
  std::string address;  // as the protocol writes it, for people
  bool is_readable = false;
  std::string problem;  // why it is not readable, or not what was asked for; empty otherwise
  std::uint64_t readings = 0;
  base::Time last{};               // source time of the newest reading, of OPC UA that was taken
  std::uint64_t unsupported = 0;  // readings that lost their value: type not supported
  std::uint64_t overflows = 0;    // times the peer said that it lost values of this tag
};

/// How a source is; for metrics, logs and the web application.
struct SourceStatus {
  LinkState state = LinkState::kConnecting;
  std::string problem;  // why it is not connected, empty otherwise
  std::uint64_t connects = 0;
  std::uint64_t refused = 0;  // times the sink was full; the source kept the reading
  std::vector<TagStatus> tags;
};

/// A connector that reads. create() of each kind checks its configuration and does no I/O; start()
/// begins to connect and returns at once: a source that cannot connect goes on trying by itself.
class Source {
 public:
  virtual ~Source() = default;
  virtual base::Result<void> start(ReadingSink& sink) = 0;
  virtual void stop() = 0;
  virtual SourceStatus status() const = 0;
  /// How long its server may keep what it has to say: another source of the same server reads
  /// beside this one before it stops, so that nothing is missed, and waits about so long for it.
  /// Zero for a kind that reads again and again by itself: it has nothing to miss.
  virtual base::Duration overlap() const { return {}; }
  /// Reads a tag soon and offers how it stands (Said::kOnRequest), if it can be read. Any thread,
  /// does not wait. A kind that reads again and again by itself has nothing to do.
  virtual void ask(std::uint32_t /*tag*/) {}
  /// Writes a value to a tag's address, as the source counts raw values, and waits for the answer.
  /// Any thread, while started. Errors: unsupported (this kind cannot, or not this address),
  /// forbidden (the peer refuses), unavailable, timeout.
  virtual base::Result<void> write(std::uint32_t /*tag*/, const model::Value& /*value*/) {
    return base::fail(base::ErrorCode::kUnsupported, "this source cannot write");
  }
};

}  // namespace millrace::pipeline
