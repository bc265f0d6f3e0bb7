#pragma once

#include <csignal>
#include <filesystem>

#include "cli/command.h"

namespace millrace::apps {

/// `millrace hub`: the hub in this process, until SIGINT or SIGTERM.
cli::RunCommand add_hub(CLI::App& app, cli::Context& context);
/// `millrace accounts`: who may log in to the hub's own broker.
cli::RunCommand add_accounts(CLI::App& app, cli::Context& context);

/// The built web application beside this program, where there is one.
std::filesystem::path find_web_dir();
/// The folder of examples beside this program, where there is one.
std::filesystem::path find_examples_dir();
/// Blocks SIGINT and SIGTERM for sigwait; before any thread is started.
sigset_t block_signals();

}  // namespace millrace::apps
