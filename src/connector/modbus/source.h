#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "connector/modbus/config.h"
#include "pipeline/source.h"

namespace millrace::modbus {

/// Polls a Modbus TCP device on one thread of its own, until it is stopped. A device that is away
/// is in status() and in the log, and it goes on trying; an address that the device refuses stops
/// no other (schedule.h).
///
/// Modbus has no times: a sample's source time is when its block was read. When the device is away
/// for `loss_after`, each tag gets one sample without a value, quality bad, reason not_readable; so
/// does a tag that the device refuses. A text that is not UTF-8 has no value, reason wrong_type.
/// While the sink is full it keeps what it has and reads nothing.
///
/// write(): coils, and holding registers of any type. When the line breaks before the device has
/// answered, the place is read back, and it is an error unless the value stands there.
///
/// The last `written_only` of the addresses are never read. Errors: invalid (no addresses, or one
/// that cannot be read).
base::Result<std::unique_ptr<pipeline::Source>> make_source(
    ClientOptions options, const std::vector<std::string>& addresses, const base::Clock& clock,
    std::size_t written_only = 0);

}  // namespace millrace::modbus
