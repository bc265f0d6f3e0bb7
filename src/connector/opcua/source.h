#pragma once

#include <memory>
#include <string>
#include <vector>

#include "connector/opcua/config.h"
#include "pipeline/connector_kind.h"

namespace millrace::opcua {

/// Reads an OPC UA server by subscription, on one thread of its own, until it is stopped. A server
/// that is away, a wrong password or an untrusted certificate are in status() and in the log, and
/// it goes on trying; a tag that the server refuses stops no other.
///
/// Source times and status codes are kept (wire.h). When the server is away for `loss_after`, each
/// tag gets one sample without a value, quality bad, reason not_readable; so does a tag the server
/// refuses. What a new subscription begins with, what is read after a line came back (a resumed
/// subscription says nothing of values that did not change) and what ask() reads is how a tag
/// stands (Said::kOnRequest), with the source time since when: pipeline/standing.h makes samples of
/// it. While the sink is full it keeps what it has and stops reading: the server queues, and says
/// so when it loses values.
///
/// Where deps.units says in which unit a tag is, the server's EngineeringUnits are read before each
/// subscription. A tag that the server has in another unit comes bad, reason wrong_unit, and its
/// problem says what to write; a server that says no unit is believed.
///
/// The last deps.written_only addresses are never read, and not subscribed to.
///
/// Errors of create(): invalid (no addresses). Of start(): what concerns the
/// certificate folder.
base::Result<std::unique_ptr<pipeline::Source>> make_source(ClientOptions options,
                                                            std::vector<std::string> addresses,
                                                            pipeline::SourceDeps deps);

}  // namespace millrace::opcua
