#include "demo/demo_command.h"

#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <optional>
#include <print>
#include <thread>

#include "base/files.h"
#include "base/log.h"
#include "base/random.h"
#include "cli/credentials.h"
#include "demo/child.h"
#include "demo/demo_files.h"
#include "demo/demo_plant.h"
#include "hub/account_file.h"
#include "hub/hub_commands.h"

namespace millrace::apps {
namespace {

namespace fs = std::filesystem;

constexpr const char *kSite = "demo-plant", *kEdge = "edge-1", *kBuilding = "building-node";

struct DemoOptions {
  fs::path data_dir;  // empty: a temporary one, removed at the end
  std::string listen = "127.0.0.1";
  std::uint16_t http_port = 8080;
  std::uint64_t seed = 1;
  double speed = 1;
  fs::path web_dir;
};

/// Removes a temporary data directory at the end.
class TemporaryFolder {
 public:
  explicit TemporaryFolder(fs::path path) : path_(std::move(path)) {}
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }

 private:
  fs::path path_;
};

base::Result<Child> start_hub(const DemoOptions& options, const fs::path& programs,
                              std::uint16_t mqtt_port) {
  return Child::start({programs / "millrace", "hub", "--data-dir", options.data_dir, "--listen",
                       options.listen, "--http-port", std::to_string(options.http_port),
                       "--mqtt-port", std::to_string(mqtt_port), "--web-dir", options.web_dir});
}

/// Makes the hub know the plant as anybody would: by resource files and `millrace apply`.
base::Result<void> describe_plant(const DemoOptions& options, const DemoPlant& plant,
                                  const fs::path& programs, Child& hub) {
  MILLRACE_LET(const fs::path files,
               write_plant_files(find_examples_dir() / "plant", options.data_dir / "plant",
                                 plant.opcua_url()));
  std::error_code error;
  while (!fs::exists(options.data_dir / cli::kLocalTokenFile, error)) {
    if (!hub.is_running()) {
      return base::fail(base::ErrorCode::kUnavailable, "the hub has ended",
                        "Its reason stands above.");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  MILLRACE_LET(Child apply, Child::start({programs / "millrace", "apply", files, "--data-dir",
                                          options.data_dir, "--reason", "demonstration plant"}));
  if (apply.wait() == 0) return {};
  return base::fail(base::ErrorCode::kInvalid, "the hub does not take the plant's files",
                    "The reason stands above; start again with an empty --data-dir.");
}

base::Result<void> wait_for_end(const sigset_t& signals, Child& hub, Child& edge) {
  const timespec second{.tv_sec = 1, .tv_nsec = 0};
  while (sigtimedwait(&signals, nullptr, &second) < 0) {
    if (!hub.is_running() || !edge.is_running()) {
      return base::fail(base::ErrorCode::kUnavailable,
                        std::format("the {} has ended", hub.is_running() ? "edge" : "hub"),
                        "Its reason stands above.");
    }
  }
  return {};
}

base::Result<void> run_demo(const DemoOptions& options, const sigset_t& signals) {
  AccountFile accounts(options.data_dir);
  MILLRACE_LET(const auto edge_account, accounts.add_or_get({.name = kEdge, .site = kSite}));
  MILLRACE_LET(const auto building_account,
               accounts.add_or_get({.name = kBuilding, .site = kSite}));
  MILLRACE_LET(const std::uint16_t mqtt_port, opcua::free_port());
  const fs::path programs = fs::read_symlink("/proc/self/exe").parent_path();
  MILLRACE_LET(Child hub, start_hub(options, programs, mqtt_port));
  DemoPlant plant({.data_dir = options.data_dir,
                   .seed = options.seed,
                   .speed = options.speed,
                   .building = sim::BuildingNodeOptions{.port = mqtt_port,
                                                        .user = kBuilding,
                                                        .password = building_account.password,
                                                        .group = kSite,
                                                        .node = kBuilding}});
  MILLRACE_TRY(plant.start());
  MILLRACE_LET(const fs::path config, write_edge_config(options.data_dir, edge_account, mqtt_port));
  MILLRACE_LET(Child edge, Child::start({programs / "millrace-edge", "run", "--config", config}));
  MILLRACE_TRY(describe_plant(options, plant, programs, hub));
  std::println(stderr,
               "Demonstration plant: seed {}, speed {}; faults are written to {}. "
               "Ctrl-C ends it.",
               options.seed, options.speed, (options.data_dir / "truth-*.jsonl").native());
  const auto ended = wait_for_end(signals, hub, edge);
  plant.stop();
  edge.stop();
  hub.stop();
  return ended;
}

cli::ExitCode prepare_and_run(DemoOptions options, const cli::Context& context) {
  const sigset_t signals = block_signals();
  std::optional<TemporaryFolder> temporary;
  if (options.data_dir.empty()) {
    options.data_dir = fs::temp_directory_path() / std::format("millrace-demo-{}", ::getpid());
    temporary.emplace(options.data_dir);
  }
  if (const auto made = base::make_directories(options.data_dir); !made) {
    return context.fail(made.error());
  }
  const auto ended = run_demo(options, signals);
  return ended ? cli::ExitCode::kDone : context.fail(ended.error());
}

}  // namespace

cli::RunCommand add_demo(CLI::App& app, cli::Context& context) {
  auto options = std::make_shared<DemoOptions>();
  options->web_dir = find_web_dir();
  app.add_option("--listen", options->listen, "Address of the web server")->capture_default_str();
  app.add_option("--http-port", options->http_port, "Its port")->capture_default_str();
  app.add_option("--seed", options->seed, "Seed of the plant")->capture_default_str();
  app.add_option("--speed", options->speed, "How fast the physics runs")->capture_default_str();
  app.add_option("--web-dir", options->web_dir, "The built web application");
  return [options, &context] {
    if (!context.tokens.data_directory.empty()) {
      options->data_dir = fs::absolute(context.tokens.data_directory);
    }
    return prepare_and_run(*options, context);
  };
}

}  // namespace millrace::apps
