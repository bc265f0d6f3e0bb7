#pragma once

#include "cli/command.h"

namespace millrace::apps {

/// `millrace restore`: a data directory out of a backup, without a hub.
cli::RunCommand add_restore(CLI::App& app, cli::Context& context);

}  // namespace millrace::apps
