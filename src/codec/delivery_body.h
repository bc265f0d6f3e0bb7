#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/uuid.h"
#include "model/ids.h"
#include "model/sample.h"
#include "model/sequence_set.h"

/// What a Millrace edge and a hub say to each other inside a Sparkplug payload's `body`. The
/// grammar stands at the top of delivery_body.cpp. Pure; any thread.
namespace millrace::codec::delivery {

/// A sample of the batch whose quality bits are not 0; samples are counted as the payload's
/// metrics.
struct QualityException {
  std::uint32_t sample = 0;
  std::uint32_t bits = 0;
  bool operator==(const QualityException&) const = default;
};

/// In a DDATA: what Sparkplug cannot say of a batch.
struct BatchBody {
  base::Uuid epoch;
  model::Sequence sequence{};
  model::EdgeTime made;
  std::vector<std::uint32_t> remainders_us;  // µs above each metric's ms; empty: all 0
  std::vector<QualityException> qualities;   // ascending by sample
  bool operator==(const BatchBody&) const = default;
};

/// In an NBIRTH (or NDATA): what the edge's spool holds.
struct HelloBody {
  base::Uuid epoch;
  model::Sequence oldest{};
  model::Sequence next{};
  model::EdgeTime now;
  bool operator==(const HelloBody&) const = default;
};

/// In an NDATA: batches that will never come.
struct TombstoneBody {
  base::Uuid epoch;
  model::SequenceRange range;
  std::vector<std::uint32_t> samples;  // of each batch, or one total; empty: unknown
  base::Time time_from;
  base::Time time_to;
  std::string reason;
  std::string thing = {};  // whose samples, where only one property has lost some
  std::string property = {};
  bool operator==(const TombstoneBody&) const = default;
};

/// In an NCMD: what the hub has committed of the epoch, and how much may be under way.
struct AcknowledgementBody {
  base::Uuid epoch;
  std::uint64_t session = 0;
  std::uint64_t number = 0;
  model::SequenceSet committed;
  std::uint32_t window_batches = 0;
  std::uint32_t window_bytes = 0;
  bool operator==(const AcknowledgementBody&) const = default;
};

/// In an NDATA: how the edge is doing.
struct StatusBody {
  std::uint64_t spool_batches = 0;
  std::uint64_t spool_bytes = 0;
  std::uint64_t evicted_batches = 0;
  model::EdgeTime now;
  bool operator==(const StatusBody&) const = default;
};

/// In a DCMD: which command it is. What is to be written is the payload's only metric.
struct CommandBody {
  base::Uuid id;
  base::Time deadline;  // by the edge's clock; not carried out from then on
  bool operator==(const CommandBody&) const = default;
};

/// In an NDATA: what became of a command.
struct CommandAnswerBody {
  base::Uuid id;
  std::string code;  // of an error, as in JSON; empty: the device has taken it
  std::string what;
  std::string hint;
  bool may_retry = false;
  bool operator==(const CommandAnswerBody&) const = default;
};

using Body = std::variant<BatchBody, HelloBody, TombstoneBody, AcknowledgementBody, StatusBody,
                          CommandBody, CommandAnswerBody>;

/// Errors: malformed (torn, a field missing or out of its bounds), unsupported (another version or
/// an unknown kind), too_large.
base::Result<Body> decode(std::string_view bytes);
std::string encode(const Body& body);

/// A metric's name for the n-th variant of a property of one thing: the same property may have been
/// spooled under an older type or unit. "flow", "flow~2", "flow~3"; '~' never stands in a name.
std::string metric_name(std::string_view property, std::size_t variant);
/// The property of such a metric: "flow~2" → "flow".
std::string_view property_of_metric(std::string_view metric);

}  // namespace millrace::codec::delivery
