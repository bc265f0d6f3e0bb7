#include <nlohmann/json.hpp>

#include "hub/edge_accounts.h"
#include "hub/hub_commands.h"
#include "hub/hub_process.h"

namespace millrace::apps {
namespace {

namespace fs = std::filesystem;

struct AccountArguments {
  std::string site;
  std::string edge;
  std::string device;
  std::vector<std::string> topics;
  std::string consumer;
  bool may_command = false;
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

std::string shown(const ConsumerAccount& one, const cli::Context& context) {
  if (context.is_json()) {
    const nlohmann::json json = {
        {"user", one.name}, {"password", one.password}, {"may_command", one.may_command}};
    return json.dump() + "\n";
  }
  return std::format("user: {}\npassword: \"{}\"\nmay_command: {}\n", one.name, one.password,
                     one.may_command);
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
  if (!given.consumer.empty()) {
    return print(EdgeAccounts::add_consumer(data_dir, given.consumer, given.may_command));
  }
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
  CLI::App* consumer = app.add_subcommand(
      "add-consumer", "Add who hears things by MQTT, or show the one that is there");
  consumer->add_option("name", given->consumer, "User name of the consumer")->required();
  consumer->add_flag("--may-command", given->may_command,
                     "It writes properties and invokes actions");
  app.require_subcommand(1);
  return [given, &context] { return add_account(*given, context); };
}

}  // namespace millrace::apps
