#pragma once

#include <mutex>
#include <span>

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

/// Connections that an edge reads, by name.
std::vector<std::string> connections_of(const twin::Catalog& catalog, std::string_view edge);
/// "hall, line and 3 more"
std::string short_list(std::span<const std::string> names);
/// Refuses while connections name the edge: their tags would be read by nobody. Errors: conflict.
base::Result<void> check_edge_unused(const twin::Catalog& catalog, std::string_view edge);

/// Who may log in to the hub's own broker, for administrators; every change is audited, also one
/// that the broker does not follow yet, and never with a password. Without a broker of its own all
/// answer unsupported. Any thread; changes wait for each other.
///
/// Beside the audit book stands the setting `accounts.known`, a JSON object of the AccountMarks as
/// of its last entry, written with it: what differs from that was changed in the file, by another
/// process or while the hub did not run.
class Accounts {
 public:
  explicit Accounts(const Deps& deps) : deps_(deps) {}

  /// By name. Errors: forbidden, unsupported.
  base::Result<Page<AccountItem>> list(const identity::Caller& caller,
                                       const PageRequest& page) const;
  /// Errors: also those of AccountBook::add.
  base::Result<NewAccount> create(const identity::Caller& caller, const Account& account);
  /// Errors: also those of AccountBook::renew.
  base::Result<NewAccount> renew(const identity::Caller& caller, std::string_view name);
  /// What it has delivered stays. Errors: also those of AccountBook::remove, and conflict: an edge
  /// that connections name.
  base::Result<void> remove(const identity::Caller& caller, std::string_view name);

  /// Puts into the audit book, as done by "file", what has changed in the file and by no call here.
  /// The file is the truth, so an edge that connections name goes, too: that is a warning and an
  /// event "edge.shut_out". To be called once at start, before the calls, and whenever the file may
  /// have changed. Nothing without a broker of its own. Errors: those of MetaStore; call it again.
  base::Result<void> note_file();

 private:
  base::Result<HubAccounts*> book(const identity::Caller& caller) const;
  base::Result<void> load_known();
  base::Result<void> note(const identity::Caller& caller, std::string action,
                          std::string_view name);
  void note_what_stands(const identity::Caller& caller, std::string action, std::string_view name);
  void warn_of_edge(const std::string& name, const std::vector<std::string>& connections);

  const Deps& deps_;
  std::mutex mutex_;       // one change with its note at a time; of the next two
  AccountMarks known_;     // as `accounts.known` has them
  bool is_known_ = false;  // that setting was read
  bool is_first_ = false;  // and was not there: nobody knows since when the accounts stand
};

}  // namespace millrace::service
