#pragma once

#include "twin/resource.h"

namespace millrace::twin {

/// A spec in the order in which `export` writes it: the rows of the kind's table first, in their
/// order, what the writer named by name; texts quoted only where they would be read as something
/// else. Lists keep their order.
config::Node canonical(Kind kind, const config::Node& spec);

}  // namespace millrace::twin
