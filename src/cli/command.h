#pragma once

#include <CLI/CLI.hpp>
#include <functional>

#include "cli/context.h"

namespace millrace::cli {

/// Runs a command whose options were read.
using RunCommand = std::function<ExitCode()>;

/// A subcommand: adds its options to `app` and gives what runs it. `context` outlives both.
struct Command {
  const char* name;
  const char* sentence;
  RunCommand (*add)(CLI::App& app, Context& context);
};

RunCommand add_login(CLI::App& app, Context& context);
RunCommand add_import(CLI::App& app, Context& context);
RunCommand add_query(CLI::App& app, Context& context);
RunCommand add_export(CLI::App& app, Context& context);
RunCommand add_things(CLI::App& app, Context& context);
RunCommand add_series(CLI::App& app, Context& context);
RunCommand add_edges(CLI::App& app, Context& context);
RunCommand add_imports(CLI::App& app, Context& context);
RunCommand add_events(CLI::App& app, Context& context);
RunCommand add_system(CLI::App& app, Context& context);

}  // namespace millrace::cli
