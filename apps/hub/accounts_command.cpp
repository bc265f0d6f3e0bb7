// accounts: who may log in to the hub's own broker; in the data directory of a hub on this machine,
// whether or not it runs, or of a hub elsewhere through REST.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/pages.h"
#include "hub/account_file.h"
#include "hub/hub_commands.h"
#include "hub/hub_process.h"
#include "hub/rest_accounts.h"
#include "service/accounts.h"
#include "twin/resource.h"

namespace millrace::apps {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using service::Account;
using service::AccountKind;
using service::NewAccount;

struct AccountArguments {
  std::string site;
  std::string edge;
  std::string device;
  std::vector<std::string> topics;
  std::string consumer;
  bool may_command = false;
  std::string name;
};

json json_of(const Account& account) {
  return {{"kind", text(account.kind)},
          {"name", account.name},
          {"site", account.site.empty() ? json() : json(account.site)},
          {"topics", account.topics},
          {"may_command", account.may_command}};
}

/// Of an edge what its configuration begins with; only the servers are missing.
std::string text_of(const NewAccount& made) {
  const Account& one = made.account;
  switch (one.kind) {
    case AccountKind::kEdge:
      return std::format("site: {}\nedge: {}\nhub:\n  user: {}\n  password: \"{}\"\n", one.site,
                         one.name, one.name, made.password);
    case AccountKind::kConsumer:
      return std::format("user: {}\npassword: \"{}\"\nmay_command: {}\n", one.name, made.password,
                         one.may_command);
    case AccountKind::kDevice:
      break;
  }
  std::string text = std::format("device: {}\nuser: {}\npassword: \"{}\"\ntopics:\n", one.name,
                                 one.name, made.password);
  for (const std::string& topic : one.topics) text += std::format("  - \"{}\"\n", topic);
  return text;
}

cli::ExitCode print_account(const base::Result<NewAccount>& made, const cli::Context& context) {
  if (!made) return context.fail(made.error());
  if (!context.is_json()) {
    context.print(text_of(*made));
    return cli::ExitCode::kDone;
  }
  json shown = json_of(made->account);
  shown["user"] = made->account.name;
  shown["password"] = made->password;
  context.print(shown.dump() + "\n");
  return cli::ExitCode::kDone;
}

bool is_elsewhere(const cli::Context& context) {
  return context.tokens.data_directory.empty() && !context.hub.empty();
}

fs::path data_directory(const cli::Context& context) {
  const std::string& given = context.tokens.data_directory;
  return given.empty() ? HubOptions().data_dir : fs::path(given);
}

/// The accounts that are meant. Errors: those of a connection.
base::Result<std::unique_ptr<service::AccountBook>> open_book(const cli::Context& context) {
  if (!is_elsewhere(context)) return std::make_unique<AccountFile>(data_directory(context));
  MILLRACE_LET(auto hub, context.connect());
  return std::make_unique<RestAccounts>(std::move(hub));
}

base::Result<Account> wanted(const AccountArguments& given) {
  if (!given.consumer.empty()) {
    return Account{
        .kind = AccountKind::kConsumer, .name = given.consumer, .may_command = given.may_command};
  }
  const bool is_device = !given.device.empty() || !given.topics.empty();
  const bool is_edge = !given.site.empty() || !given.edge.empty();
  if (is_device && !is_edge) {
    return Account{.kind = AccountKind::kDevice, .name = given.device, .topics = given.topics};
  }
  if (is_edge && !is_device) return Account{.name = given.edge, .site = given.site};
  return base::fail(base::ErrorCode::kInvalid, "an account is of an edge or of a device",
                    "Give --site SITE EDGE, or --device NAME --topics 'plant/#'.");
}

/// Whoever owns the data directory may see the password of an account that is there; a hub shows
/// it once.
cli::ExitCode add_account(const AccountArguments& given, const cli::Context& context) {
  const auto account = wanted(given);
  if (!account) return context.fail(account.error());
  if (!is_elsewhere(context)) {
    return print_account(AccountFile(data_directory(context)).add_or_get(*account), context);
  }
  const auto book = open_book(context);
  return book ? print_account((*book)->add(*account), context) : context.fail(book.error());
}

cli::ExitCode list_accounts(const cli::Context& context) {
  const auto book = open_book(context);
  if (!book) return context.fail(book.error());
  const auto all = (*book)->accounts();
  if (!all) return context.fail(all.error());
  json items = json::array();
  for (const Account& account : *all) items.push_back(json_of(account));
  cli::print_items(context, items,
                   {{"account", "/name"},
                    {"kind", "/kind"},
                    {"site", "/site"},
                    {"topics", "/topics"},
                    {"may command", "/may_command"}});
  return cli::ExitCode::kDone;
}

cli::ExitCode renew_account(const AccountArguments& given, const cli::Context& context) {
  const auto book = open_book(context);
  return book ? print_account((*book)->renew(given.name), context) : context.fail(book.error());
}

base::Result<std::vector<std::string>> ask_connections(const cli::Context& context,
                                                       const std::string& edge) {
  MILLRACE_LET(const auto hub, context.connect());
  MILLRACE_LET(const json answer, cli::get_json(*hub, "/api/v1/resources/export?kind=Connection"));
  std::vector<twin::FileText> files;
  for (const json& file : answer.value("files", json::array())) {
    files.push_back({cli::member_text(file, "path"), cli::member_text(file, "text")});
  }
  std::vector<std::string> names;
  for (const twin::Resource& one : twin::parse_files(files).resources) {
    const auto* named = one.spec.find("edge");
    if (named && named->value.scalar == edge) names.push_back(one.key.name);
  }
  return names;
}

/// The connections that an edge reads, where the hub of the data directory runs; none where that
/// cannot be known: the hub says it at its next start.
std::vector<std::string> connections_here(const cli::Context& context, const std::string& edge) {
  cli::Context local = context;
  local.hub.clear();
  local.tokens = {.data_directory = data_directory(context)};
  std::error_code error;
  if (!fs::exists(local.tokens.data_directory / cli::kLocalTokenFile, error)) return {};
  return ask_connections(local, edge).value_or(std::vector<std::string>());
}

cli::ExitCode remove_account(const AccountArguments& given, const cli::Context& context) {
  const auto book = open_book(context);
  if (!book) return context.fail(book.error());
  const auto removed = (*book)->remove(given.name);
  if (!removed) return context.fail(removed.error());
  const auto unread = is_elsewhere(context) ? std::vector<std::string>()  // the hub has refused
                                            : connections_here(context, given.name);
  if (context.is_json()) {
    context.print(json{{"removed", given.name}, {"unread_connections", unread}}.dump() + "\n");
    return cli::ExitCode::kDone;
  }
  context.say(std::format("account {} is removed", given.name));
  if (unread.empty()) return cli::ExitCode::kDone;
  context.say(
      std::format("warning: nobody reads its connections now: {}", service::short_list(unread)));
  context.say("  Give them to another edge, or add the account again.");
  return cli::ExitCode::kDone;
}

}  // namespace

cli::RunCommand add_accounts(CLI::App& app, cli::Context& context) {
  auto given = std::make_shared<AccountArguments>();
  app.footer(
      "With --data-dir (else in ./hub-data): the accounts of the hub on this machine, also while "
      "it "
      "does not run. With --hub alone: of a hub elsewhere.");
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
  CLI::App* list = app.add_subcommand("list", "All accounts, without passwords");
  CLI::App* remove = app.add_subcommand(
      "remove", "Remove an account: its connection ends, what it has delivered stays");
  CLI::App* password =
      app.add_subcommand("password", "A new password; the old one stops working at once");
  for (CLI::App* sub : {remove, password}) {
    sub->add_option("name", given->name, "Name of the account")->required();
  }
  for (CLI::App* sub : {add, consumer, list, remove, password}) sub->fallthrough();
  app.require_subcommand(1);
  return [given, list, remove, password, &context] {
    if (list->parsed()) return list_accounts(context);
    if (remove->parsed()) return remove_account(*given, context);
    if (password->parsed()) return renew_account(*given, context);
    return add_account(*given, context);
  };
}

}  // namespace millrace::apps
