// The command line: one table of subcommands, the options they share, and the environment.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <thread>

#include "builtin.h"
#include "cli/command.h"
#include "demo/demo_command.h"
#include "demo/plant_command.h"
#include "hub/hub_commands.h"
#include "hub/restore_command.h"
#include "hub/sql_worker_command.h"
#include "service/connections.h"
#include "store/duckdb/sql_worker.h"

namespace {

using namespace millrace;

std::atomic<bool> g_is_interrupted = false;

constexpr cli::Command kCommands[] = {
    {"hub", "Run the hub in this process", apps::add_hub},
    {"demo", "A simulated plant with an edge and a hub", apps::add_demo},
    {"plant", "The simulated plant alone, for a hub and edges of yours", apps::add_plant},
    {"accounts", "Who may log in to the hub's own broker", apps::add_accounts},
    {"restore", "A data directory out of a backup, without a hub", apps::add_restore},
    {"login", "Log in to a hub and keep the token", cli::add_login},
    {"import", "Bring history in from files", cli::add_import},
    {"query", "History of one property, raw or in buckets; or SQL", cli::add_query},
    {"export", "Samples as CSV or Parquet; resources as files", cli::add_export},
    {"validate", "Check resource files", cli::add_validate},
    {"plan", "What applying resource files would change", cli::add_plan},
    {"apply", "Make the hub as resource files say", cli::add_apply},
    {"drift", "Where hub and resource files differ", cli::add_drift},
    {"delete", "Delete one resource; its name is never given again", cli::add_delete},
    {"schema", "JSON Schema of a kind of resource, for editors", cli::add_schema},
    {"onboarding", "Sources that wait, servers to browse, files that would bind them",
     cli::add_onboarding},
    {"descriptions", "Foreign Thing Descriptions in the hub's Thing Directory",
     cli::add_descriptions},
    {"tags", "Things and bindings in bulk from a table", cli::add_tags},
    {"things", "Things by name, or one with its current values", cli::add_things},
    {"property", "Write a property through its binding", cli::add_property},
    {"action", "Invoke an action through its binding", cli::add_action},
    {"series", "The series registry", cli::add_series},
    {"corrections", "Replace, invalidate, fill or restore what is stored", cli::add_corrections},
    {"edges", "Edges and what they deliver", cli::add_edges},
    {"imports", "Imports and how far they are", cli::add_imports},
    {"events", "What has happened, newest first", cli::add_events},
    {"tokens", "API tokens for programs", cli::add_tokens},
    {"access", "Accounts and API tokens by a file", cli::add_access},
    {"backup", "Make a backup, or read one again", cli::add_backup},
    {"system", "Version, stores and ingest of the hub; sealing", cli::add_system},
};

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

std::filesystem::path saved_token_file() {
  const std::string config = environment("XDG_CONFIG_HOME");
  const std::filesystem::path folder = config.empty()
                                           ? std::filesystem::path(environment("HOME")) / ".config"
                                           : std::filesystem::path(config);
  return folder / "millrace" / "credentials.json";
}

cli::Context make_context() {
  cli::Context context;
  context.is_terminal = ::isatty(STDERR_FILENO) == 1;
  context.tokens.from_environment = environment("MILLRACE_TOKEN");
  context.tokens.saved_file = saved_token_file();
  context.password = environment("MILLRACE_PASSWORD");
  context.is_interrupted = &g_is_interrupted;
  context.sleep = [](base::Duration time) {
    for (auto rest = time; rest.count() > 0 && !g_is_interrupted;
         rest -= std::chrono::milliseconds(50)) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  };
  context.connection_checks = [] { return service::connection_checks(apps::connector_kinds()); };
  context.connector_schemas = [] { return service::connector_schemas(apps::connector_kinds()); };
  if (const std::string hub = environment("MILLRACE_HUB"); !hub.empty()) context.hub = hub;
  return context;
}

void add_shared_options(CLI::App& app, cli::Context& context) {
  app.add_option(
      "--hub", context.hub,
      std::format("Address of the hub (also MILLRACE_HUB; else that of --data-dir, else {})",
                  cli::kDefaultHub));
  app.add_option(
      "--data-dir", context.tokens.data_directory,
      "Data directory of a hub on this machine: commands find its address there and need "
      "no login");
  app.add_flag_callback("--json", [&] { context.style = cli::Style::kJson; }, "Answer as JSON");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == apps::kSqlWorkerCommand) {
    return store::duckdb::run_sql_worker(store::duckdb::kSqlWorkerSocket);
  }
  std::signal(SIGINT, [](int) { g_is_interrupted = true; });
  std::signal(SIGPIPE, SIG_IGN);
  cli::Context context = make_context();
  CLI::App app("millrace: from what machines report to an outcome", "millrace");
  app.require_subcommand(1);
  app.footer(cli::exit_codes_text());
  auto code = cli::ExitCode::kDone;
  for (const cli::Command& command : kCommands) {
    CLI::App* sub = app.add_subcommand(command.name, command.sentence);
    add_shared_options(*sub, context);
    sub->callback([&code, run = command.add(*sub, context)] { code = run(); });
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(cli::ExitCode::kUsage);
  }
  return static_cast<int>(code);
}
