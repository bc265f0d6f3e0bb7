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
/// `query sql` below `query`: gives whether it was asked for, and what runs it.
std::function<bool()> add_query_sql(CLI::App& app, Context& context, RunCommand& run);
RunCommand add_validate(CLI::App& app, Context& context);
RunCommand add_plan(CLI::App& app, Context& context);
RunCommand add_apply(CLI::App& app, Context& context);
RunCommand add_drift(CLI::App& app, Context& context);
RunCommand add_schema(CLI::App& app, Context& context);
/// `export resources` below `export`: gives whether it was asked for, and what runs it.
std::function<bool()> add_export_resources(CLI::App& app, Context& context, RunCommand& run);
RunCommand add_export(CLI::App& app, Context& context);
/// `tags import` below `tags`.
RunCommand add_tags(CLI::App& app, Context& context);
RunCommand add_things(CLI::App& app, Context& context);
RunCommand add_series(CLI::App& app, Context& context);
RunCommand add_edges(CLI::App& app, Context& context);
RunCommand add_imports(CLI::App& app, Context& context);
RunCommand add_events(CLI::App& app, Context& context);
RunCommand add_system(CLI::App& app, Context& context);

}  // namespace millrace::cli
