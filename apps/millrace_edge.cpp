// millrace-edge: the agent on a gateway. Exit codes: 0 stopped, 64 usage, 78 configuration, 1
// other.
#include <CLI/CLI.hpp>
#include <csignal>
#include <print>

#include "base/log.h"
#include "config/load.h"
#include "config/reference.h"
#include "edge/edge_process.h"
#include "edge/spool_report.h"

namespace {

using namespace millrace;

constexpr int kUsage = 64, kConfiguration = 78;

/// SIGINT and SIGTERM are taken by sigwait in the main thread; block them before any thread starts.
sigset_t block_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return set;
}

int fail(const base::Error& error, int code) {
  std::println(stderr, "{}", error.what);
  if (!error.hint.empty()) std::println(stderr, "{}", error.hint);
  return code;
}

int run(const std::string& file) {
  const sigset_t signals = block_signals();
  auto config = config::load_file(file, apps::edge_table());
  if (!config) return fail(config.error(), kConfiguration);
  base::log::info("edge {} of site {} starts", config->edge, config->site);
  apps::EdgeProcess edge(std::move(*config));
  if (const auto started = edge.start(); !started) return fail(started.error(), 1);
  int signal = 0;
  sigwait(&signals, &signal);
  base::log::info("edge stops");
  edge.stop();
  return 0;
}

int check(const std::string& file) {
  const auto config = config::load_file(file, apps::edge_table());
  if (!config) return fail(config.error(), kConfiguration);
  std::print("{}", config::to_text(*config, apps::edge_table(), config::Secrets::kRedacted));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  base::log::start(base::log::Level::kInfo);
  CLI::App app("millrace-edge: reads machines, checks, spools and delivers", "millrace-edge");
  app.require_subcommand(1);
  std::string file, directory;
  int code = 0;
  auto* run_command = app.add_subcommand("run", "Run until SIGTERM");
  run_command->add_option("--config", file, "Configuration file")->required();
  run_command->callback([&] { code = run(file); });
  auto* check_command = app.add_subcommand("check", "Check a configuration and print it whole");
  check_command->add_option("--config", file, "Configuration file")->required();
  check_command->callback([&] { code = check(file); });
  auto* reference =
      app.add_subcommand("reference", "Every option of the configuration, as Markdown");
  reference->callback([&] { std::print("{}", config::markdown(apps::edge_table())); });
  auto* spool =
      app.add_subcommand("spool", "What a spool holds, as JSON; the edge must be stopped");
  spool->add_option("--data-dir", directory, "Data directory of the edge")->required();
  spool->callback([&] {
    const auto printed = apps::print_spool(directory);
    if (!printed) code = fail(printed.error(), 1);
  });
  CLI11_PARSE(app, argc, argv);
  return code;
}
