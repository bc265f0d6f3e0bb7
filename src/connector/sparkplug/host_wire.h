#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/metrics.h"
#include "codec/delivery_body.h"
#include "codec/sparkplug.h"
#include "pipeline/command.h"
#include "pipeline/inbound.h"

namespace millrace::connector::sparkplug {

/// A metric as its birth listed it.
struct BornMetric {
  std::string name;      // as in the birth
  std::string property;  // ours
  codec::sparkplug::DataType datatype = codec::sparkplug::DataType::kUnknown;
  std::optional<model::ValueType> type;  // empty: DataSet or Template, flattened by member
  std::string unit;
  std::string title;  // as the birth says, or its name there where that is no Name
};

/// A device, or (with an empty id) the edge node itself, since its last birth.
struct BornDevice {
  std::string id;
  std::string thing;
  bool is_alive = false;
  std::vector<BornMetric> metrics;
  std::unordered_map<std::string, std::size_t> places;  // by name
};

/// What the values of a message were, counted; see HostCounters for the sentences.
struct ValueFaults {
  std::uint64_t wrong_type = 0;
  std::uint64_t too_large = 0;
  std::uint64_t no_time = 0;
  std::uint64_t not_finite = 0;
  std::uint64_t transient = 0;
};

/// A metric of a message with what its birth says of it.
struct KnownMetric {
  const codec::sparkplug::Metric* metric = nullptr;
  std::size_t place = 0;  // in BornDevice::metrics
};

struct MessageTimes {
  std::optional<std::uint64_t> payload_ms;
  base::Time received;
};

/// Samples of a third-party message as batches of at most kBatchSamplesMax: what is historical
/// apart from what is live. Values that do not fit are kept with a quality that says why.
struct ReadBatch {
  bool is_historical = false;
  model::Batch batch;
};
std::vector<ReadBatch> read_batches(const BornDevice& device,
                                    const std::vector<KnownMetric>& metrics,
                                    const MessageTimes& times, ValueFaults& faults);

/// The batch of a Millrace edge exactly as it was spooled. Errors: malformed when body and metrics
/// do not agree.
base::Result<model::Batch> read_spooled_batch(const BornDevice& device,
                                              const std::vector<KnownMetric>& metrics,
                                              const codec::delivery::BatchBody& body);

/// An NCMD that asks for births, and one that acknowledges.
std::string rebirth_payload(base::Time now);
std::string acknowledge_payload(const pipeline::Acknowledgement& ack, base::Time now);
/// A DCMD to a thing of a Millrace edge, and what its edge answers.
std::string command_payload(const pipeline::Command& command, base::Time now);
pipeline::CommandAnswer to_answer(const codec::delivery::CommandAnswerBody& body);

}  // namespace millrace::connector::sparkplug
