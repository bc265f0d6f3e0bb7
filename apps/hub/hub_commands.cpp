#include "hub/hub_commands.h"

#include <cstdlib>
#include <format>
#include <nlohmann/json.hpp>

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

namespace {

struct AccountArguments {
  std::string site;
  std::string edge;
  std::string device;
  std::vector<std::string> topics;
};

std::string shown(const EdgeAccount& one, const cli::Context& context) {
  if (context.is_json()) {
    const nlohmann::json json = {
        {"site", one.site}, {"edge", one.edge}, {"user", one.edge}, {"password", one.password}};
    return json.dump() + "\n";
  }
  return std::format("site: {}\nedge: {}\nhub:\n  user: {}\n  password: \"{}\"\n", one.site,
                     one.edge, one.edge, one.password);
}

std::string shown(const DeviceAccount& one, const cli::Context& context) {
  if (context.is_json()) {
    const nlohmann::json json = {{"device", one.device},
                                 {"user", one.device},
                                 {"password", one.password},
                                 {"topics", one.topics}};
    return json.dump() + "\n";
  }
  std::string text = std::format("device: {}\nuser: {}\npassword: \"{}\"\ntopics:\n", one.device,
                                 one.device, one.password);
  for (const std::string& topic : one.topics) text += std::format("  - \"{}\"\n", topic);
  return text;
}

cli::ExitCode add_account(const AccountArguments& given, const cli::Context& context) {
  const fs::path data_dir = context.tokens.data_directory.empty()
                                ? HubOptions().data_dir
                                : fs::path(context.tokens.data_directory);
  const auto print = [&](const auto& account) {
    if (!account) return context.fail(account.error());
    context.print(shown(*account, context));
    return cli::ExitCode::kDone;
  };
  const bool is_device = !given.device.empty() || !given.topics.empty();
  const bool is_edge = !given.site.empty() || !given.edge.empty();
  if (is_device && !is_edge) {
    return print(EdgeAccounts::add_device(data_dir, given.device, given.topics));
  }
  if (is_edge && !is_device) return print(EdgeAccounts::add(data_dir, given.site, given.edge));
  return context.fail({base::ErrorCode::kInvalid, base::Retry::kNever,
                       "an account is of an edge or of a device",
                       "Give --site SITE EDGE, or --device NAME --topics 'plant/#'."});
}

}  // namespace

cli::RunCommand add_accounts(CLI::App& app, cli::Context& context) {
  auto given = std::make_shared<AccountArguments>();
  CLI::App* add = app.add_subcommand("add", "Add an account, or show the one that is there");
  add->add_option("--site", given->site, "Site of the edge (its Sparkplug group)");
  add->add_option("edge", given->edge, "Name of the edge (its Sparkplug edge node)");
  add->add_option("--device", given->device, "Name of a device that speaks plain MQTT");
  add->add_option("--topics", given->topics,
                  "MQTT filter below which the device publishes; may be repeated");
  app.require_subcommand(1);
  return [given, &context] { return add_account(*given, context); };
}

}  // namespace millrace::apps
