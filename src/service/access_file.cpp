#include "service/access_file.h"

#include <algorithm>
#include <map>

#include "base/time_text.h"
#include "config/reference.h"
#include "config/table.h"
#include "config/yaml.h"

namespace millrace::service {
namespace {

using config::Need;
using config::Node;

using config::Problems;
using config::TableOf;

constexpr const char* kAccountsKey = "accounts";
constexpr const char* kTokensKey = "tokens";
constexpr const char* kSeeSchema = "What may stand where: millrace access schema";
constexpr config::Bounds kAccessRows = {0, 100'000};
constexpr config::Bounds kTopicBytes = {1, 200};
constexpr config::Bounds kTimeBytes = {1, 40};

/// A token as its row is written.
struct WrittenToken {
  std::string name;
  identity::Role role = identity::Role::kViewer;
  std::string expires;
};

std::vector<std::pair<std::string, AccountKind>> kind_choices() {
  std::vector<std::pair<std::string, AccountKind>> choices;
  for (const auto kind : {AccountKind::kEdge, AccountKind::kDevice, AccountKind::kConsumer}) {
    choices.emplace_back(text(kind), kind);
  }
  return choices;
}

std::vector<std::pair<std::string, identity::Role>> role_choices() {
  std::vector<std::pair<std::string, identity::Role>> choices;
  for (const auto role : identity::kRoles) choices.emplace_back(identity::text(role), role);
  return choices;
}

const TableOf<Account>& account_table() {
  static const auto kTable = [] {
    TableOf<Account> table("Account", "Who may log in to the hub's own broker.");
    table.choice({.key = "kind", .sentence = "What it logs in for.", .need = Need::kRequired},
                 &Account::kind, kind_choices());
    table.name({.key = "name",
                .sentence = "Its user name; of an edge, also its Sparkplug edge node.",
                .need = Need::kRequired},
               &Account::name);
    table.text({.key = "site", .sentence = "Of an edge, required: its Sparkplug group."},
               &Account::site, {0, 63});
    table.texts({.key = "topics",
                 .sentence = "Of a device, required: MQTT filters below which it may publish."},
                &Account::topics, kTopicBytes);
    table.flag({.key = "may_command",
                .sentence = "Of a consumer: it writes properties and invokes actions."},
               &Account::may_command);
    return table;
  }();
  return kTable;
}

const TableOf<WrittenToken>& token_table() {
  static const auto kTable = [] {
    TableOf<WrittenToken> table("Token", "What a program calls the hub with.");
    table.name({.key = "name", .sentence = "What it is for.", .need = Need::kRequired},
               &WrittenToken::name);
    table.choice({.key = "role", .sentence = "What it may do.", .need = Need::kRequired},
                 &WrittenToken::role, role_choices());
    table.text({.key = "expires", .sentence = "When it ends, RFC 3339; never when left out."},
               &WrittenToken::expires, kTimeBytes);
    return table;
  }();
  return kTable;
}

/// A row of its own table; nothing when something is wrong with it.
template <class T>
std::optional<T> read_row(const Node& item, const TableOf<T>& table, Problems& problems) {
  const std::size_t before = problems.size();
  T row;
  table.read(item, &row, problems);
  return problems.size() == before ? std::optional(std::move(row)) : std::nullopt;
}

void read_token(const Node& item, AccessFile& file, Problems& problems) {
  const auto written = read_row(item, token_table(), problems);
  if (!written) return;
  identity::TokenRequest token{.name = written->name, .role = written->role};
  if (!written->expires.empty()) {
    const auto expires = base::parse_time(written->expires);
    if (!expires) {
      return problems.push_back({item.find("expires")->place, "expires: " + expires.error().what,
                                 "Write it like 2027-01-01T00:00:00Z."});
    }
    token.expires = *expires;
  }
  file.tokens->push_back({std::move(token), item.place});
}

void read_account(const Node& item, AccessFile& file, Problems& problems) {
  if (auto account = read_row(item, account_table(), problems)) {
    file.accounts->push_back({*std::move(account), item.place});
  }
}

const TableOf<AccessFile>& access_table() {
  static const auto kTable = [] {
    TableOf<AccessFile> table("Access file", "Who may come in, without secrets.");
    const auto shown = [](const AccessFile&, config::Secrets) { return config::list_node(); };
    table.sections({.key = kAccountsKey, .sentence = "Accounts of the hub's own broker."},
                   account_table(), kAccessRows, read_account, shown);
    table.sections({.key = kTokensKey, .sentence = "API tokens."}, token_table(), kAccessRows,
                   read_token, shown);
    return table;
  }();
  return kTable;
}

void check_twice(std::map<std::string, config::Place>& seen, const std::string& name,
                 config::Place place, Problems& problems) {
  const auto [first, is_new] = seen.emplace(name, place);
  if (is_new) return;
  problems.push_back({place,
                      std::format("'{}' stands here and in line {}", name, first->second.line),
                      "Keep one of the two, or give one another name."});
}

void check_rows(const AccessFile& file, base::Time now, Problems& problems) {
  std::map<std::string, config::Place> accounts, tokens;
  for (const auto& row : file.accounts.value_or(std::vector<AccessFile::AccountRow>())) {
    check_twice(accounts, row.account.name, row.place, problems);
  }
  for (const auto& row : file.tokens.value_or(std::vector<AccessFile::TokenRow>())) {
    check_twice(tokens, row.token.name, row.place, problems);
    if (!row.token.expires || *row.token.expires > now) continue;
    problems.push_back({row.place,
                        std::format("token '{}' has expired at {}", row.token.name,
                                    base::to_text(*row.token.expires)),
                        "Give a later time, or take the token out of the file."});
  }
}

Node yaml_map(std::vector<std::pair<std::string, Node>> entries) {
  Node map;
  map.kind = Node::Kind::kMap;
  for (auto& [key, value] : entries) map.entries.push_back({key, {}, std::move(value)});
  return map;
}

Node node_of(const Account& account) {
  std::vector<std::pair<std::string, Node>> entries = {
      {"kind", config::scalar(std::string(text(account.kind)))},
      {"name", config::scalar(account.name, true)}};
  if (!account.site.empty()) entries.emplace_back("site", config::scalar(account.site, true));
  if (!account.topics.empty()) {
    Node topics = config::list_node();
    for (const std::string& topic : account.topics) {
      topics.items.push_back(config::scalar(topic, true));
    }
    entries.emplace_back("topics", std::move(topics));
  }
  if (account.may_command) entries.emplace_back("may_command", config::scalar("true"));
  return yaml_map(std::move(entries));
}

Node node_of(const store::Token& token) {
  std::vector<std::pair<std::string, Node>> entries = {{"name", config::scalar(token.name, true)},
                                                       {"role", config::scalar(token.role)}};
  if (token.expires) {
    entries.emplace_back("expires", config::scalar(base::to_text(*token.expires), true));
  }
  return yaml_map(std::move(entries));
}

ParsedAccess read_access(std::string_view text, base::Time now) {
  ParsedAccess parsed;
  const auto root = config::parse_yaml(text);
  if (!root) {
    parsed.problems = root.error();
    return parsed;
  }
  if (root->find(kAccountsKey)) parsed.file.accounts.emplace();
  if (root->find(kTokensKey)) parsed.file.tokens.emplace();
  access_table().read(*root, &parsed.file, parsed.problems);
  check_rows(parsed.file, now, parsed.problems);
  return parsed;
}

}  // namespace

ParsedAccess parse_access(std::string_view text, base::Time now) {
  ParsedAccess parsed = read_access(text, now);
  for (config::Problem& one : parsed.problems) {
    if (one.hint.empty()) one.hint = kSeeSchema;
  }
  std::ranges::stable_sort(parsed.problems, {},
                           [](const config::Problem& one) { return one.place.line; });
  return parsed;
}

std::string access_text(const std::optional<std::vector<Account>>& accounts,
                        std::span<const store::Token> tokens, base::Time now) {
  std::vector<std::pair<std::string, Node>> entries;
  if (accounts) {
    Node list = config::list_node();
    for (const Account& account : *accounts) list.items.push_back(node_of(account));
    entries.emplace_back(kAccountsKey, std::move(list));
  }
  std::vector<const store::Token*> sorted;
  for (const store::Token& token : tokens) {
    if (!token.expires || *token.expires > now) sorted.push_back(&token);
  }
  std::ranges::sort(sorted, {}, [](const store::Token* one) { return one->name; });
  Node list = config::list_node();
  for (const store::Token* token : sorted) list.items.push_back(node_of(*token));
  entries.emplace_back(kTokensKey, std::move(list));
  return config::to_yaml(yaml_map(std::move(entries)));
}

std::string access_schema() { return config::json_schema(access_table()); }

}  // namespace millrace::service
