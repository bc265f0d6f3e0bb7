#pragma once

#include "cli/command.h"

namespace millrace::apps {

/// `millrace plant`: the simulated plant alone, for a hub and edges that run elsewhere on this
/// machine, until Ctrl-C.
cli::RunCommand add_plant(CLI::App& app, cli::Context& context);

}  // namespace millrace::apps
