#include "hub/rest_accounts.h"

#include <limits>
#include <nlohmann/json.hpp>

#include "cli/pages.h"

namespace millrace::apps {
namespace {

using nlohmann::json;
using service::Account;
using service::NewAccount;

constexpr const char* kAccountsPath = "/api/v1/accounts";

std::unexpected<base::Error> no_account() {
  return base::fail(base::ErrorCode::kMalformed, "the hub's answer is no account",
                    "Is the address that of a Millrace hub of this version?");
}

std::string text_of(const json& row, const char* name) {
  const auto member = row.is_object() ? row.find(name) : row.end();
  return member != row.end() && member->is_string() ? member->get<std::string>() : std::string();
}

base::Result<Account> account_of(const json& row) {
  const auto kind = service::parse_account_kind(text_of(row, "kind"));
  if (!kind) return no_account();
  Account account{.kind = *kind, .name = text_of(row, "name"), .site = text_of(row, "site")};
  account.may_command = row.contains("may_command") && row["may_command"] == true;
  if (!row.contains("topics")) return account;
  for (const json& topic : row["topics"]) {
    if (topic.is_string()) account.topics.push_back(topic.get<std::string>());
  }
  return account;
}

std::string path_of(std::string_view name) {
  return std::format("{}/{}", kAccountsPath, cli::url_encoded(name));
}

}  // namespace

base::Result<std::vector<Account>> RestAccounts::accounts() const {
  MILLRACE_LET(const json items, cli::get_items(*hub_, std::format("{}?limit=1000", kAccountsPath),
                                                std::numeric_limits<std::size_t>::max()));
  std::vector<Account> all;
  for (const json& row : items) {
    MILLRACE_LET(all.emplace_back(), account_of(row));
  }
  return all;
}

base::Result<NewAccount> RestAccounts::post(const std::string& path, std::string body) {
  MILLRACE_LET(
      const auto answer,
      hub_->send({.method = "POST", .path = path, .body = std::move(body), .on_body = {}}));
  const json made = json::parse(answer.body, nullptr, false);
  MILLRACE_LET(Account account, account_of(made));
  std::string password = text_of(made, "password");
  if (password.empty()) return no_account();
  return NewAccount{std::move(account), std::move(password)};
}

base::Result<NewAccount> RestAccounts::add(const Account& account) {
  json body = {{"kind", text(account.kind)}, {"name", account.name}};
  if (!account.site.empty()) body["site"] = account.site;
  if (!account.topics.empty()) body["topics"] = account.topics;
  if (account.may_command) body["may_command"] = true;
  return post(kAccountsPath, body.dump(-1, ' ', false, json::error_handler_t::replace));
}

base::Result<NewAccount> RestAccounts::renew(std::string_view name) {
  return post(path_of(name) + "/password", {});
}

base::Result<void> RestAccounts::remove(std::string_view name) {
  MILLRACE_TRY(hub_->send({.method = "DELETE", .path = path_of(name), .body = {}, .on_body = {}}));
  return {};
}

}  // namespace millrace::apps
