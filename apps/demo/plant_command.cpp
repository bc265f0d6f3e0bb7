#include "demo/plant_command.h"

#include <csignal>
#include <print>

#include "base/files.h"
#include "config/load.h"
#include "demo/demo_plant.h"
#include "edge/edge_config.h"
#include "hub/hub_commands.h"

namespace millrace::apps {
namespace {

namespace fs = std::filesystem;

constexpr std::uint16_t kOpcUaPort = 4840;

/// Who the building is and where it delivers: the file that `millrace accounts add` prints.
base::Result<sim::BuildingNodeOptions> building_of(const fs::path& account) {
  MILLRACE_LET(const EdgeConfig config, config::load_file(account, edge_table()));
  MILLRACE_LET(const auto server, connector::sparkplug::parse_server(config.hub.servers.front()));
  return sim::BuildingNodeOptions{.host = server.host,
                                  .port = server.port,
                                  .user = config.hub.user,
                                  .password = config.hub.password,
                                  .group = config.site,
                                  .node = config.edge};
}

cli::ExitCode run_plant(DemoPlantOptions options, const fs::path& account,
                        const cli::Context& context) {
  const sigset_t signals = block_signals();
  if (!account.empty()) {
    auto building = building_of(account);
    if (!building) return context.fail(building.error());
    options.building = std::move(*building);
  }
  if (const auto made = base::make_directories(options.data_dir); !made) {
    return context.fail(made.error());
  }
  DemoPlant plant(options);
  if (const auto started = plant.start(); !started) return context.fail(started.error());
  std::println(stderr, "The pump line answers at {} (seed {}, speed {}); faults are written to {}.",
               plant.opcua_url(), options.seed, options.speed,
               (options.data_dir / "truth-*.jsonl").native());
  if (const auto& building = options.building) {
    std::println(stderr, "The building is Sparkplug node {} of group {} at {}:{}.", building->node,
                 building->group, building->host, building->port);
  }
  std::println(stderr, "Ctrl-C ends it.");
  int signal = 0;
  while (sigwait(&signals, &signal) != 0) {
  }
  plant.stop();
  return cli::ExitCode::kDone;
}

}  // namespace

cli::RunCommand add_plant(CLI::App& app, cli::Context& context) {
  auto options = std::make_shared<DemoPlantOptions>();
  auto account = std::make_shared<fs::path>();
  options->data_dir = "plant-data";
  options->opcua_port = kOpcUaPort;
  app.add_option("--opcua-port", options->opcua_port, "Port of the pump line's OPC UA server")
      ->capture_default_str();
  app.add_option("--seed", options->seed, "Seed of the plant")->capture_default_str();
  app.add_option("--speed", options->speed, "How fast the physics runs")->capture_default_str();
  app.add_option("--building", *account,
                 "File with the building's account, as `millrace accounts add` prints it; "
                 "without, the building stays away");
  return [options, account, &context] {
    if (!context.tokens.data_directory.empty()) {
      options->data_dir = context.tokens.data_directory;
    }
    return run_plant(*options, *account, context);
  };
}

}  // namespace millrace::apps
