#pragma once

#include "twin/catalog.h"

namespace millrace::twin {

/// The connection of an edge through which commands reach what a binding leads to. nullptr where
/// none do: without a binding, and where a third-party Sparkplug node or an MQTT topic feeds it.
const Connection* commanded_through(const Catalog& catalog, const Binding* binding);

/// Whether a write can reach a device: the model lets the property be written, its binding takes
/// commands, and what stands at its address can be written. Bytes are never written.
bool takes_writes(const Catalog& catalog, const PropertySpec& property, const Binding* binding);

/// Whether an invocation can reach a device: its binding takes commands, what stands at its address
/// can be written, and its input is one value, which is what an address takes, or none.
bool takes_invocations(const Catalog& catalog, const ActionSpec& action, const Binding* binding);

}  // namespace millrace::twin
