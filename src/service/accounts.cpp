#include "service/accounts.h"

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>

#include "base/log.h"

namespace millrace::service {
namespace {

using base::ErrorCode;
using base::Result;

constexpr std::array kAccountKinds = {
    std::pair{AccountKind::kEdge, std::string_view("edge")},
    std::pair{AccountKind::kDevice, std::string_view("device")},
    std::pair{AccountKind::kConsumer, std::string_view("consumer")},
};
constexpr std::size_t kNamedMax = 5;
constexpr std::string_view kKnownSetting = "accounts.known";
constexpr std::string_view kFileActor = "file";
constexpr std::string_view kFileRole = "system";

/// Whether the book holds the change, though the broker may not follow it yet.
template <class T>
bool stands(const Result<T>& change) {
  return change || change.error().code == ErrorCode::kUnavailable;
}

std::string audit_json(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// The marks with this account's as they are now.
AccountMarks with_account(AccountMarks known, const AccountMarks& now, std::string_view name) {
  const auto found = now.find(name);
  if (found != now.end()) {
    known.insert_or_assign(std::string(name), found->second);
  } else if (const auto gone = known.find(name); gone != known.end()) {
    known.erase(gone);
  }
  return known;
}

bool is_edge_account(std::span<const Account> accounts, std::string_view name) {
  const auto found = std::ranges::find(accounts, name, &Account::name);
  return found != accounts.end() && found->kind == AccountKind::kEdge;
}

struct FileChange {
  std::string action;
  std::string name;
};

std::vector<FileChange> changes_between(const AccountMarks& known, const AccountMarks& now,
                                        const char* added) {
  std::vector<FileChange> changes;
  for (const auto& [name, mark] : now) {
    const auto before = known.find(name);
    if (before == known.end()) changes.push_back({added, name});
    if (before != known.end() && before->second != mark)
      changes.push_back({"account.changed", name});
  }
  for (const auto& [name, mark] : known) {
    if (!now.contains(name)) changes.push_back({"account.removed", name});
  }
  return changes;
}

}  // namespace

std::vector<std::string> connections_of(const twin::Catalog& catalog, std::string_view edge) {
  std::vector<std::string> users;
  for (const auto& [name, connection] : catalog.connections()) {
    if (connection.edge == edge) users.push_back(name);
  }
  return users;
}

std::string short_list(std::span<const std::string> names) {
  std::string named;
  for (const std::string& name : names.first(std::min(names.size(), kNamedMax))) {
    named += (named.empty() ? "" : ", ") + name;
  }
  if (names.size() > kNamedMax) named += std::format(" and {} more", names.size() - kNamedMax);
  return named;
}

Result<void> check_edge_unused(const twin::Catalog& catalog, std::string_view edge) {
  const auto users = connections_of(catalog, edge);
  if (users.empty()) return {};
  return base::fail(ErrorCode::kConflict,
                    std::format("edge {} reads connections: {}", edge, short_list(users)),
                    "Give them to another edge or delete them first; to shut the edge out at once, "
                    "give its account a new password.");
}

std::string_view text(AccountKind kind) {
  const auto* found =
      std::ranges::find(kAccountKinds, kind, &decltype(kAccountKinds)::value_type::first);
  return found->second;
}

std::optional<AccountKind> parse_account_kind(std::string_view text) {
  for (const auto& [kind, name] : kAccountKinds) {
    if (name == text) return kind;
  }
  return std::nullopt;
}

Result<HubAccounts*> Accounts::book(const identity::Caller& caller) const {
  MILLRACE_TRY(allow(caller, Permission::kAccounts));
  if (deps_.accounts != nullptr) return deps_.accounts;
  return base::fail(
      ErrorCode::kUnsupported, "this hub has no broker of its own",
      std::format("Make accounts at the broker it was given: {}.", deps_.broker().address));
}

/// Before the first change.
Result<void> Accounts::load_known() {
  if (is_known_) return {};
  MILLRACE_LET(const auto kept, deps_.meta.setting(kKnownSetting));
  is_first_ = !kept.has_value();
  const auto marks = nlohmann::json::parse(kept.value_or("{}"), nullptr, false);
  if (marks.is_object()) {
    for (const auto& [name, mark] : marks.items()) {
      if (mark.is_string()) known_.emplace(name, mark.get<std::string>());
    }
  }
  is_known_ = true;
  return {};
}

Result<void> Accounts::note(const identity::Caller& caller, std::string action,
                            std::string_view name) {
  MILLRACE_TRY(load_known());
  AccountMarks known = with_account(known_, deps_.accounts->marks(), name);
  const base::Time now = deps_.clock.now();
  store::MetaChange change;
  change.settings = {{std::string(kKnownSetting), audit_json(known), now}};
  change.audit = {{.time = now,
                   .actor = caller.name,
                   .actor_role = std::string(identity::text(caller.role)),
                   .action = std::move(action),
                   .subject = std::string(name),
                   .address = caller.address,
                   .body = "{}"}};
  MILLRACE_TRY(deps_.meta.apply(change));
  known_ = std::move(known);
  return {};
}

/// The change is in force: an audit book that cannot be written makes no failure of it. It is then
/// found as one of the file's later, so that something stands there.
void Accounts::note_what_stands(const identity::Caller& caller, std::string action,
                                std::string_view name) {
  const std::string what = std::format("{} of {} by {}", action, name, caller.name);
  if (const auto noted = note(caller, std::move(action), name); !noted) {
    base::log::error("{} is not in the audit book: {}", what, base::describe(noted.error()));
  }
}

Result<void> Accounts::note_file() {
  if (deps_.accounts == nullptr) return {};
  const std::lock_guard lock(mutex_);
  MILLRACE_TRY(load_known());
  const AccountMarks marks = deps_.accounts->marks();
  if (marks == known_ && !is_first_) return {};
  MILLRACE_LET(const auto accounts, deps_.accounts->accounts());
  const auto changes =
      changes_between(known_, marks, is_first_ ? "account.found" : "account.created");
  const base::Time now = deps_.clock.now();
  const auto catalog = deps_.catalogs.now();
  std::map<std::string, std::vector<std::string>> shut_out;
  store::MetaChange change;
  change.settings = {{std::string(kKnownSetting), audit_json(marks), now}};
  for (const FileChange& one : changes) {
    nlohmann::json body = nlohmann::json::object();
    auto connections = connections_of(*catalog, one.name);
    if (!connections.empty() && !is_edge_account(accounts, one.name)) {
      body["connections"] = connections;
      shut_out.emplace(one.name, std::move(connections));
    }
    change.audit.push_back({.time = now,
                            .actor = std::string(kFileActor),
                            .actor_role = std::string(kFileRole),
                            .action = one.action,
                            .subject = one.name,
                            .address = {},
                            .body = audit_json(body)});
  }
  MILLRACE_TRY(deps_.meta.apply(change));
  known_ = marks;
  is_first_ = false;
  for (const FileChange& one : changes) {
    base::log::info("{} of {} in the file of accounts", one.action, one.name);
  }
  for (const auto& [edge, connections] : shut_out) warn_of_edge(edge, connections);
  return {};
}

/// Where people look: the log and the events.
void Accounts::warn_of_edge(const std::string& name, const std::vector<std::string>& connections) {
  base::log::warning(
      "edge {} has no account any more and reads connections: {}; give them to another edge, or "
      "add the account again",
      name, short_list(connections));
  const auto noted = deps_.on_writer([&]() -> Result<void> {
    store::Commit commit;
    commit.events = {{.time = deps_.clock.now(),
                      .kind = "edge.shut_out",
                      .subject = name,
                      .actor_role = std::string(kFileRole),
                      .body = audit_json({{"connections", connections}})}};
    MILLRACE_TRY(deps_.series.commit(commit));
    return {};
  });
  if (!noted) base::log::error("no event of it: {}", base::describe(noted.error()));
}

Result<Page<AccountItem>> Accounts::list(const identity::Caller& caller,
                                         const PageRequest& page) const {
  MILLRACE_LET(const AccountBook* known, book(caller));
  MILLRACE_LET(const std::string after, place_of(page));
  MILLRACE_LET(auto all, known->accounts());
  std::map<std::string, bool, std::less<>> connected;
  for (const pipeline::OriginSnapshot& origin : deps_.origins.origins()) {
    connected[origin.group + '/' + origin.node] = origin.is_connected;
  }
  Page<AccountItem> found;
  for (Account& account : all) {
    if (!after.empty() && account.name <= after) continue;
    if (found.items.size() == page.limit) {
      found.next = to_cursor(found.items.back().account.name);
      break;
    }
    std::optional<bool> is_connected;
    if (account.kind == AccountKind::kEdge) {
      is_connected = connected[account.site + '/' + account.name];
    }
    found.items.push_back({std::move(account), is_connected});
  }
  return found;
}

Result<NewAccount> Accounts::create(const identity::Caller& caller, const Account& account) {
  MILLRACE_LET(HubAccounts * known, book(caller));
  const std::lock_guard lock(mutex_);
  auto made = known->add(account);
  if (!stands(made)) return made;
  if (auto noted = note(caller, "account.created", account.name); !noted) {
    (void)known->remove(account.name);  // nobody comes in without a record
    return std::unexpected(std::move(noted).error());
  }
  return made;
}

Result<NewAccount> Accounts::renew(const identity::Caller& caller, std::string_view name) {
  MILLRACE_LET(HubAccounts * known, book(caller));
  const std::lock_guard lock(mutex_);
  auto made = known->renew(name);
  if (stands(made)) note_what_stands(caller, "account.renewed", name);
  return made;
}

Result<void> Accounts::remove(const identity::Caller& caller, std::string_view name) {
  MILLRACE_LET(HubAccounts * known, book(caller));
  const std::lock_guard lock(mutex_);
  MILLRACE_LET(const auto all, known->accounts());
  const auto account = std::ranges::find(all, name, &Account::name);
  if (account != all.end() && account->kind == AccountKind::kEdge) {
    MILLRACE_TRY(check_edge_unused(*deps_.catalogs.now(), name));
  }
  auto removed = known->remove(name);
  if (stands(removed)) note_what_stands(caller, "account.removed", name);
  return removed;
}

}  // namespace millrace::service
