#include "hub/hub_commands.h"

#include <cstdlib>
#include <format>

#include "base/log.h"
#include "hub/hub_process.h"

namespace millrace::apps {
namespace {

namespace fs = std::filesystem;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

/// The first of these places, installed or in a build tree, that has `content`; empty without one.
fs::path beside_program(const char* content, std::initializer_list<const char*> places) {
  std::error_code error;
  const fs::path folder = fs::read_symlink("/proc/self/exe", error).parent_path();
  for (const char* place : places) {
    if (fs::exists(folder / place / content, error)) {
      return fs::weakly_canonical(folder / place, error);
    }
  }
  return {};
}

cli::ExitCode run_hub(const HubOptions& options, const cli::Context& context) {
  const sigset_t signals = block_signals();
  HubProcess hub(options);
  if (const auto started = hub.start(); !started) return context.fail(started.error());
  hub.run(signals);
  base::log::info("the hub stops");
  hub.stop();
  return cli::ExitCode::kDone;
}

}  // namespace

fs::path find_web_dir() {
  return beside_program("index.html", {"../share/millrace/web", "../../../web/dist"});
}

fs::path find_examples_dir() {
  return beside_program("plant", {"../share/millrace/examples", "../../../examples"});
}

sigset_t block_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  return set;
}

cli::RunCommand add_hub(CLI::App& app, cli::Context& context) {
  auto options = std::make_shared<HubOptions>();
  options->web_dir = find_web_dir();
  auto password_file = std::make_shared<std::string>();
  app.add_option("--listen", options->listen, "Address of the web server")->capture_default_str();
  app.add_option("--http-port", options->http_port, "Its port; 0: a free one")
      ->capture_default_str();
  app.add_option("--name", options->name,
                 "The hub's name in the ids of its things, at its first start; a new one without");
  app.add_option("--mqtt-listen", options->mqtt_listen,
                 "IPv4 address of its own broker; 0.0.0.0 for edges and consumers elsewhere")
      ->capture_default_str();
  app.add_option("--mqtt-port", options->mqtt_port, "Port of its own broker; 0: a free one");
  app.add_option("--web-dir", options->web_dir, "The built web application");
  app.add_option("--broker", options->broker, "host:port of a given broker instead of its own");
  app.add_option("--group", options->groups,
                 "Sparkplug group to own besides the sites of the accounts; may be repeated");
  app.add_option("--topics", options->topics,
                 "MQTT filter of devices to follow besides accounts and bindings; may be repeated");
  app.add_option("--broker-user", options->broker_user, "User at the given broker");
  app.add_option("--broker-password-file", *password_file, "File with the user's password");
  return [options, password_file, &context] {
    options->admin_password = environment("MILLRACE_ADMIN_PASSWORD");
    options->time_zone = environment("TZ");
    if (!context.tokens.data_directory.empty()) options->data_dir = context.tokens.data_directory;
    options->data_dir = fs::absolute(options->data_dir);
    if (!password_file->empty()) {
      auto password = base::read_file(*password_file, 1000);
      if (!password) return context.fail(password.error());
      options->broker_password = password->substr(0, password->find('\n'));
    }
    return run_hub(*options, context);
  };
}

}  // namespace millrace::apps
