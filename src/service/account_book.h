#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace millrace::service {

/// What somebody logs in to the hub's own broker for.
enum class AccountKind {
  kEdge,      // delivers as a Sparkplug edge node: an edge agent or a third party's node
  kDevice,    // publishes plain MQTT below its own topics
  kConsumer,  // hears values of things and may command them (docs/adr/012)
};
std::string_view text(AccountKind kind);
std::optional<AccountKind> parse_account_kind(std::string_view text);

/// Who may log in to the hub's own broker, and what for.
struct Account {
  AccountKind kind = AccountKind::kEdge;
  std::string name;                 // its user name, unique in the hub; of an edge, also its node
  std::string site;                 // of an edge: its Sparkplug group
  std::vector<std::string> topics;  // of a device: MQTT filters below which it may publish
  bool may_command = false;         // of a consumer: it writes properties and invokes actions
  bool operator==(const Account&) const = default;
};

/// Of one device.
inline constexpr std::size_t kTopicsMax = 200;

/// An account with its password, which is told when it is made.
struct NewAccount {
  Account account;
  std::string password;
};

/// The accounts of the hub's own broker. A change is durable, and the broker follows it, when the
/// call returns: who is no longer let in, or has another password now, loses a connection that is
/// open. Any thread.
class AccountBook {
 public:
  virtual ~AccountBook() = default;
  /// By name.
  virtual base::Result<std::vector<Account>> accounts() const = 0;
  /// Errors: invalid (a name, a site, topics, or what this kind does not have), conflict (the name
  /// is taken), unavailable (it is kept, and the broker does not follow yet).
  virtual base::Result<NewAccount> add(const Account& account) = 0;
  /// A new password; the old one stops working. Errors: not_found, unavailable.
  virtual base::Result<NewAccount> renew(std::string_view name) = 0;
  /// Errors: not_found, unavailable.
  virtual base::Result<void> remove(std::string_view name) = 0;
};

/// Of each account, by name, a text that is another one when anything of the account is, its
/// password included, and does not tell it.
using AccountMarks = std::map<std::string, std::string, std::less<>>;

/// The accounts where the hub itself keeps them: a file that other processes may change, too.
class HubAccounts : public AccountBook {
 public:
  /// Whether add() would take it, were its name free. Errors: invalid.
  virtual base::Result<void> check(const Account& account) const = 0;
  /// As this process knows the file, without reading it.
  virtual AccountMarks marks() const = 0;
};

}  // namespace millrace::service
