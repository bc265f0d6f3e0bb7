#include "service/accounts.h"

#include <algorithm>
#include <array>
#include <map>

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

/// Refuses while connections name the edge: their tags would be read by nobody.
Result<void> check_unused(const twin::Catalog& catalog, std::string_view edge) {
  std::vector<std::string> users;
  for (const auto& [name, connection] : catalog.connections()) {
    if (connection.edge == edge) users.push_back(name);
  }
  if (users.empty()) return {};
  std::string named;
  for (std::size_t i = 0; i < std::min(users.size(), kNamedMax); ++i) {
    named += (i > 0 ? ", " : "") + users[i];
  }
  if (users.size() > kNamedMax) named += std::format(" and {} more", users.size() - kNamedMax);
  return base::fail(ErrorCode::kConflict, std::format("edge {} reads connections: {}", edge, named),
                    "Give them to another edge or delete them first; to shut the edge out at once, "
                    "give its account a new password.");
}

/// Whether the book holds the change, though the broker may not follow it yet.
template <class T>
bool stands(const Result<T>& change) {
  return change || change.error().code == ErrorCode::kUnavailable;
}

}  // namespace

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

Result<AccountBook*> Accounts::book(const identity::Caller& caller) const {
  MILLRACE_TRY(allow(caller, Permission::kAccounts));
  if (deps_.accounts != nullptr) return deps_.accounts;
  return base::fail(
      ErrorCode::kUnsupported, "this hub has no broker of its own",
      std::format("Make accounts at the broker it was given: {}.", deps_.broker().address));
}

Result<void> Accounts::note(const identity::Caller& caller, std::string action,
                            std::string_view name) const {
  store::MetaChange change;
  change.audit = {{.time = deps_.clock.now(),
                   .actor = caller.name,
                   .actor_role = std::string(identity::text(caller.role)),
                   .action = std::move(action),
                   .subject = std::string(name),
                   .address = caller.address,
                   .body = "{}"}};
  return deps_.meta.apply(change);
}

/// The change is in force: an audit book that cannot be written makes no failure of it.
void Accounts::note_what_stands(const identity::Caller& caller, std::string action,
                                std::string_view name) const {
  const std::string what = std::format("{} of {} by {}", action, name, caller.name);
  if (const auto noted = note(caller, std::move(action), name); !noted) {
    base::log::error("{} is not in the audit book: {}", what, base::describe(noted.error()));
  }
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

Result<NewAccount> Accounts::create(const identity::Caller& caller, const Account& account) const {
  MILLRACE_LET(AccountBook * known, book(caller));
  auto made = known->add(account);
  if (!stands(made)) return made;
  if (auto noted = note(caller, "account.created", account.name); !noted) {
    (void)known->remove(account.name);  // nobody comes in without a record
    return std::unexpected(std::move(noted).error());
  }
  return made;
}

Result<NewAccount> Accounts::renew(const identity::Caller& caller, std::string_view name) const {
  MILLRACE_LET(AccountBook * known, book(caller));
  auto made = known->renew(name);
  if (stands(made)) note_what_stands(caller, "account.renewed", name);
  return made;
}

Result<void> Accounts::remove(const identity::Caller& caller, std::string_view name) const {
  MILLRACE_LET(AccountBook * known, book(caller));
  MILLRACE_LET(const auto all, known->accounts());
  const auto account = std::ranges::find(all, name, &Account::name);
  if (account != all.end() && account->kind == AccountKind::kEdge) {
    MILLRACE_TRY(check_unused(*deps_.catalogs.now(), name));
  }
  auto removed = known->remove(name);
  if (stands(removed)) note_what_stands(caller, "account.removed", name);
  return removed;
}

}  // namespace millrace::service
