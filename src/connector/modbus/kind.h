#pragma once

#include "pipeline/connector_kind.h"

namespace millrace::modbus {

/// Modbus TCP as configuration, edge and hub see it: a row of apps/builtin.cpp. It cannot be
/// browsed.
pipeline::ConnectorKind make_kind();

}  // namespace millrace::modbus
