#pragma once

#include "cli/command.h"

namespace millrace::apps {

/// `millrace demo`: a simulated plant, an edge and a hub as real processes, until Ctrl-C.
cli::RunCommand add_demo(CLI::App& app, cli::Context& context);

}  // namespace millrace::apps
