#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <vector>

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

/// A verb below a noun, and what runs it.
struct Verb {
  CLI::App* app = nullptr;
  RunCommand run;
};
/// Adds the subcommand for a verb, which takes the noun's options too.
CLI::App* add_verb(CLI::App& noun, const char* name, const char* sentence);
/// Runs the verb that was asked for; `otherwise` without one, where that is given.
RunCommand run_verb(CLI::App& noun, std::vector<Verb> verbs, RunCommand otherwise = {});

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
RunCommand add_delete(CLI::App& app, Context& context);
/// Nouns whose verbs stand below them.
RunCommand add_backup(CLI::App& app, Context& context);
RunCommand add_tokens(CLI::App& app, Context& context);
RunCommand add_access(CLI::App& app, Context& context);
RunCommand add_corrections(CLI::App& app, Context& context);
RunCommand add_property(CLI::App& app, Context& context);
RunCommand add_action(CLI::App& app, Context& context);
RunCommand add_onboarding(CLI::App& app, Context& context);
RunCommand add_descriptions(CLI::App& app, Context& context);

}  // namespace millrace::cli
