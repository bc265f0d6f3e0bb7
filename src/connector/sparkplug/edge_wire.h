#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "codec/delivery_body.h"
#include "connector/sparkplug/edge_catalog.h"
#include "pipeline/command.h"
#include "pipeline/inbound.h"

namespace millrace::connector::sparkplug {

inline constexpr std::string_view kBdSeq = "bdSeq";
inline constexpr std::string_view kRebirth = "Node Control/Rebirth";
inline constexpr std::string_view kAcknowledge = "Millrace/Acknowledge";
/// The metric that a DCMD writes to invoke an action is "Action/" and its name, which no property
/// can be called.
inline constexpr std::string_view kActionPrefix = "Action/";

/// The edge node's own metrics, each with its alias; devices' aliases begin at kFirstDeviceAlias.
enum class NodeMetric : std::uint64_t { kSpoolBatches = 1, kSpoolBytes, kEvicted, kLostBatches };
inline constexpr std::uint64_t kFirstDeviceAlias = 16;
inline constexpr std::size_t kBirthBytesMax = 2U << 20;

/// Payloads of an edge node, Sparkplug 3.0 §6.4. Pure.
std::string ndeath_payload(std::uint8_t bd_seq, base::Time now);
std::string nbirth_payload(std::uint8_t bd_seq, const pipeline::SpoolHello& hello, base::Time now);
/// Titles and last values are left out where they would take more than kBirthBytesMax together.
std::string dbirth_payload(const CatalogThing& thing, std::uint8_t seq, base::Time now);

struct BatchToWrite {
  const model::Batch& batch;
  const CatalogThing& thing;
  const EdgeCatalog::Places& places;
  std::optional<pipeline::Position> position;  // none: plain Sparkplug, for others than the hub
  bool is_historical = false;
};
std::string ddata_payload(const BatchToWrite& batch, std::uint8_t seq, base::Time now);
std::string ndata_payload(const pipeline::BatchesLost& lost, std::uint8_t seq, base::Time now);
std::string ndata_payload(const pipeline::OriginStatus& status, std::uint8_t seq, base::Time now);
std::string ndata_payload(const pipeline::CommandAnswer& answer, std::uint8_t seq, base::Time now);

/// What an NCMD asks of an edge node.
struct NodeCommand {
  bool wants_rebirth = false;
  std::optional<pipeline::Acknowledgement> acknowledgement;
};
/// Errors: malformed, too_large.
base::Result<NodeCommand> read_node_command(std::string_view payload);

/// The command in a DCMD to a thing. Errors: malformed, too_large, unsupported (it is none of our
/// hub: a plain write of another host).
base::Result<pipeline::Command> read_device_command(std::string_view thing,
                                                    std::string_view payload);

/// Milliseconds since 1970, rounded down; before 1970 in two's complement.
std::uint64_t to_milliseconds(base::Time time);

}  // namespace millrace::connector::sparkplug
