#pragma once

#include "service/account_book.h"
#include "service/deps.h"
#include "service/page.h"
#include "service/permission.h"

namespace millrace::service {

/// An account as it stands in lists, without its password.
struct AccountItem {
  Account account;
  std::optional<bool> is_connected;  // of an edge; the broker does not say it of others
};

/// Who may log in to the hub's own broker, for administrators; every change is audited, also one
/// that the broker does not follow yet, and never with a password. Without a broker of its own all
/// answer unsupported. Any thread.
class Accounts {
 public:
  explicit Accounts(const Deps& deps) : deps_(deps) {}

  /// By name. Errors: forbidden, unsupported.
  base::Result<Page<AccountItem>> list(const identity::Caller& caller,
                                       const PageRequest& page) const;
  /// Errors: also those of AccountBook::add.
  base::Result<NewAccount> create(const identity::Caller& caller, const Account& account) const;
  /// Errors: also those of AccountBook::renew.
  base::Result<NewAccount> renew(const identity::Caller& caller, std::string_view name) const;
  /// What it has delivered stays. Errors: also those of AccountBook::remove, and conflict: an edge
  /// that connections name.
  base::Result<void> remove(const identity::Caller& caller, std::string_view name) const;

 private:
  base::Result<AccountBook*> book(const identity::Caller& caller) const;
  base::Result<void> note(const identity::Caller& caller, std::string action,
                          std::string_view name) const;
  void note_what_stands(const identity::Caller& caller, std::string action,
                        std::string_view name) const;

  const Deps& deps_;
};

}  // namespace millrace::service
