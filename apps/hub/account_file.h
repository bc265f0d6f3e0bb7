#pragma once

#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "net/mosquitto_broker.h"
#include "service/account_book.h"

namespace millrace::apps {

/// An account as the file keeps it.
struct BrokerAccount : service::Account {
  std::string password;
  bool operator==(const BrokerAccount&) const = default;
};

inline constexpr const char* kHubUser = "millrace-hub";
/// Where the accounts stand in the data directory.
inline constexpr const char* kAccountsFile = "edges.yaml";

/// The accounts of the hub's own broker, in `edges.yaml` of its data directory (readable by its
/// owner alone). A running hub has one of its own and looks every two seconds whether another
/// process (`millrace accounts`) has changed the file; processes change it one after the other.
class AccountFile final : public service::HubAccounts {
 public:
  explicit AccountFile(std::filesystem::path data_dir) : data_dir_(std::move(data_dir)) {}

  /// Calls this after each change that this object makes, on its thread; what it says is what the
  /// change says. Before any other thread comes.
  void on_change(std::function<base::Result<void>()> follow) { follow_ = std::move(follow); }
  /// Reads the file when it has changed since the last call; true then. A missing file has none.
  base::Result<bool> refresh();
  /// As of the last refresh() or change, by name.
  std::vector<BrokerAccount> all() const;

  base::Result<std::vector<service::Account>> accounts() const override;
  base::Result<service::NewAccount> add(const service::Account& account) override;
  base::Result<service::NewAccount> renew(std::string_view name) override;
  base::Result<void> remove(std::string_view name) override;
  base::Result<void> check(const service::Account& account) const override;
  service::AccountMarks marks() const override;
  /// add(), or the account of this kind and name that is there with its password: a device gets
  /// the topics that it has not yet, a consumer the given access. Errors: those of add(); conflict
  /// also for an edge of another site.
  base::Result<service::NewAccount> add_or_get(const service::Account& account);

 private:
  using Accounts = std::vector<BrokerAccount>;
  base::Result<void> change(const std::function<base::Result<void>(Accounts&)>& edit);
  void know(Accounts accounts);

  const std::filesystem::path data_dir_;
  std::function<base::Result<void>()> follow_;
  mutable std::mutex mutex_;  // of the rest
  Accounts accounts_;
  service::AccountMarks marks_;  // of these
  std::filesystem::file_time_type read_at_{};
};

/// The sites of edges: the Sparkplug groups that the hub owns.
std::vector<std::string> sites_of(const std::vector<BrokerAccount>& accounts);
/// The topics of devices, for a hub that follows them.
std::vector<std::string> topics_of(const std::vector<BrokerAccount>& accounts);
/// The broker's users: the hub itself and every account.
std::vector<net::BrokerUser> broker_users(const std::vector<BrokerAccount>& accounts,
                                          const std::string& hub_password);

}  // namespace millrace::apps
