#pragma once

#include "pipeline/connector_kind.h"

namespace millrace::opcua {

/// OPC UA as configuration, edge and hub see it: a row of apps/builtin.cpp.
pipeline::ConnectorKind make_kind();

}  // namespace millrace::opcua
