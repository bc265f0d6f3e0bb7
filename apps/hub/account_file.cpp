#include "hub/account_file.h"

#include <algorithm>
#include <set>
#include <thread>

#include "base/files.h"
#include "codec/sha256.h"
#include "config/load.h"
#include "connector/mqtt/filters.h"
#include "model/name.h"

namespace millrace::apps {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;
using config::Need;
using config::Secrecy;
using config::TableOf;
using service::Account;
using service::AccountKind;
using service::NewAccount;

constexpr std::size_t kTopicBytesMax = 200;
constexpr std::size_t kMarkDigits = 32;
constexpr int kLockAttempts = 100;
constexpr std::chrono::milliseconds kBetweenLockAttempts{20};

/// The file: a list for each kind.
struct AccountLists {
  std::vector<BrokerAccount> edges;
  std::vector<BrokerAccount> devices;
  std::vector<BrokerAccount> consumers;
};

/// What a list of the file looks like: all have name and password, each has what its kind is for.
TableOf<BrokerAccount> make_table(AccountKind kind) {
  using O = BrokerAccount;
  const bool is_edge = kind == AccountKind::kEdge, is_device = kind == AccountKind::kDevice;
  TableOf<O> table("Account", "Who may log in to the hub's own broker.");
  if (is_edge) {
    table.name({.key = "site", .sentence = "Its Sparkplug group.", .need = Need::kRequired},
               &O::site);
  }
  table.name({.key = is_edge     ? "edge"
                     : is_device ? "device"
                                 : "name",
              .sentence = "Its user name; of an edge, also its Sparkplug edge node.",
              .need = Need::kRequired},
             &O::name);
  if (is_device) {
    table.texts({.key = "topics",
                 .sentence = "MQTT filters below which it may publish.",
                 .need = Need::kRequired},
                &O::topics, {1, static_cast<double>(kTopicBytesMax)});
  }
  table.text({.key = "password",
              .sentence = "Its password.",
              .need = Need::kRequired,
              .secrecy = Secrecy::kSecret},
             &O::password, {8, 200});
  if (kind == AccountKind::kConsumer) {
    table.flag({.key = "may_command", .sentence = "Writes properties and invokes actions, too."},
               &O::may_command);
  }
  return table;
}

const TableOf<AccountLists>& account_lists_table() {
  static const auto kEdges = make_table(AccountKind::kEdge);
  static const auto kDevices = make_table(AccountKind::kDevice);
  static const auto kConsumers = make_table(AccountKind::kConsumer);
  static const auto kTable = [] {
    TableOf<AccountLists> table(kAccountsFile, "Who may log in to the hub's own broker.");
    const auto row = [](std::string key) {
      return config::Row{.key = std::move(key), .sentence = "One entry each."};
    };
    table.sections(row("edges"), &AccountLists::edges, kEdges, {0, 100'000});
    table.sections(row("devices"), &AccountLists::devices, kDevices, {0, 100'000});
    table.sections(row("consumers"), &AccountLists::consumers, kConsumers, {0, 10'000});
    return table;
  }();
  return kTable;
}

/// A filter that names its first level: it cannot reach what Sparkplug nodes, the hub and the
/// broker say to each other.
base::Result<void> check_topic(const std::string& topic) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  const bool is_filter =
      connector::mqtt::is_topic_filter(topic) && topic.size() <= kTopicBytesMax &&
      std::ranges::none_of(topic, is_control) && !topic.starts_with(' ') && !topic.ends_with(' ');
  if (!is_filter) {
    return base::fail(ErrorCode::kInvalid, std::format("'{}' is no MQTT filter", topic),
                      "Write topics like plant/pump-1/#, '+' for any one level.");
  }
  const std::string first = topic.substr(0, topic.find('/'));
  for (const std::string_view own : {"+", "#", "spBv1.0", "millrace"}) {
    if (first != own && !first.starts_with('$')) continue;
    return base::fail(ErrorCode::kInvalid,
                      std::format("'{}' is not a device's own: it begins with '{}'", topic, first),
                      "Name the first level of its topics, such as plant/#.");
  }
  return {};
}

base::Result<void> check_parts(const Account& account) {
  const bool is_edge = account.kind == AccountKind::kEdge;
  const bool is_device = account.kind == AccountKind::kDevice;
  MILLRACE_TRY(model::Name::parse(account.name));
  if (is_edge) MILLRACE_TRY(model::Name::parse(account.site));
  for (const std::string& topic : account.topics) MILLRACE_TRY(check_topic(topic));
  const auto refuse = [&](std::string what, std::string hint) {
    return base::fail(ErrorCode::kInvalid, std::move(what), std::move(hint));
  };
  if (!is_edge && !account.site.empty()) {
    return refuse(std::format("a {} has no site", text(account.kind)), "Leave the site out.");
  }
  if (!is_device && !account.topics.empty()) {
    return refuse(std::format("a {} has no topics of its own", text(account.kind)),
                  "Leave the topics out, or make a device.");
  }
  if (is_device && account.topics.empty()) {
    return refuse(std::format("device {} has no topics", account.name),
                  "Name those below which it publishes: --topics 'plant/#'.");
  }
  if (is_device && account.topics.size() > service::kTopicsMax) {
    return refuse(
        std::format("device {} has more than {} topics", account.name, service::kTopicsMax),
        "Use wider filters: plant/#.");
  }
  if (account.kind != AccountKind::kConsumer && account.may_command) {
    return refuse(std::format("a {} commands no things", text(account.kind)),
                  "Make a consumer for that.");
  }
  return {};
}

base::Result<std::vector<BrokerAccount>> read_accounts(const fs::path& data_dir) {
  const fs::path path = data_dir / kAccountsFile;
  std::vector<BrokerAccount> all;
  if (!fs::exists(path)) return all;
  MILLRACE_LET(AccountLists lists, config::load_file(path, account_lists_table()));
  for (const auto& [kind, list] : {std::pair{AccountKind::kEdge, &lists.edges},
                                   std::pair{AccountKind::kDevice, &lists.devices},
                                   std::pair{AccountKind::kConsumer, &lists.consumers}}) {
    for (BrokerAccount& account : *list) {
      account.kind = kind;
      MILLRACE_TRY(check_parts(account));
      if (account.name != kHubUser) all.push_back(std::move(account));
    }
  }
  std::ranges::sort(all, {}, &BrokerAccount::name);
  return all;
}

base::Result<void> write_accounts(const fs::path& data_dir,
                                  const std::vector<BrokerAccount>& accounts) {
  AccountLists lists;
  for (const BrokerAccount& account : accounts) {
    if (account.kind == AccountKind::kEdge) lists.edges.push_back(account);
    if (account.kind == AccountKind::kDevice) lists.devices.push_back(account);
    if (account.kind == AccountKind::kConsumer) lists.consumers.push_back(account);
  }
  return base::write_file_durably(
      data_dir / kAccountsFile,
      config::to_text(lists, account_lists_table(), config::Secrets::kShown),
      base::FileMode::kPrivate);
}

/// Until another process has changed the file.
base::Result<base::FileDescriptor> lock_patiently(const fs::path& data_dir) {
  for (int attempt = 1;; ++attempt) {
    auto lock = base::lock_file(data_dir / "edges.lock");
    const bool is_held = !lock && lock.error().code == ErrorCode::kConflict;
    if (!is_held || attempt == kLockAttempts) return lock;
    std::this_thread::sleep_for(kBetweenLockAttempts);
  }
}

fs::file_time_type time_of(const fs::path& data_dir) {
  std::error_code error;
  const auto time = fs::last_write_time(data_dir / kAccountsFile, error);
  return error ? fs::file_time_type{} : time;
}

std::string_view what_is(AccountKind kind) {
  switch (kind) {
    case AccountKind::kEdge:
      return "an edge";
    case AccountKind::kDevice:
      return "a device";
    case AccountKind::kConsumer:
      break;
  }
  return "a consumer of things";
}

std::unexpected<base::Error> taken(std::string_view name, std::string_view is) {
  return base::fail(ErrorCode::kConflict, std::format("{} is {}", name, is),
                    "Names of accounts are unique; choose another.");
}

base::Result<void> check_new(const Account& account) {
  MILLRACE_TRY(check_parts(account));
  if (account.name == kHubUser) return taken(account.name, "the hub's own name");
  return {};
}

base::Result<BrokerAccount> insert(std::vector<BrokerAccount>& accounts, const Account& account) {
  MILLRACE_TRY(check_new(account));
  const auto place = std::ranges::lower_bound(accounts, account.name, {}, &BrokerAccount::name);
  if (place != accounts.end() && place->name == account.name) {
    return taken(account.name, what_is(place->kind));
  }
  return *accounts.insert(place, BrokerAccount{account, net::make_password()});
}

base::Result<std::vector<BrokerAccount>::iterator> find(std::vector<BrokerAccount>& accounts,
                                                        std::string_view name) {
  const auto known = std::ranges::find(accounts, name, &BrokerAccount::name);
  if (known != accounts.end()) return known;
  return base::fail(ErrorCode::kNotFound, std::format("there is no account {}", name),
                    "See them all: millrace accounts list");
}

std::string mark_of(const BrokerAccount& account) {
  std::string all = std::format("{}\n{}\n{}\n{}\n{}", text(account.kind), account.name,
                                account.site, account.may_command, account.password);
  for (const std::string& topic : account.topics) all += '\n' + topic;
  return codec::sha256_hex(all).substr(0, kMarkDigits);
}

}  // namespace

base::Result<bool> AccountFile::refresh() {
  const std::lock_guard lock(mutex_);
  const auto changed = time_of(data_dir_);
  if (changed == read_at_) return false;
  read_at_ = changed;
  MILLRACE_LET(Accounts read, read_accounts(data_dir_));
  know(std::move(read));
  return true;
}

void AccountFile::know(Accounts accounts) {
  accounts_ = std::move(accounts);
  marks_.clear();
  for (const BrokerAccount& one : accounts_) marks_.emplace(one.name, mark_of(one));
}

base::Result<void> AccountFile::check(const Account& account) const { return check_new(account); }

service::AccountMarks AccountFile::marks() const {
  const std::lock_guard lock(mutex_);
  return marks_;
}

std::vector<BrokerAccount> AccountFile::all() const {
  const std::lock_guard lock(mutex_);
  return accounts_;
}

base::Result<std::vector<Account>> AccountFile::accounts() const {
  MILLRACE_LET(const auto now, read_accounts(data_dir_));
  return std::vector<Account>(now.begin(), now.end());
}

/// The file as it is now, edited; nothing changes when that fails.
base::Result<void> AccountFile::change(const std::function<base::Result<void>(Accounts&)>& edit) {
  {
    const std::lock_guard own(mutex_);
    MILLRACE_TRY(base::make_directories(data_dir_));
    MILLRACE_LET(const base::FileDescriptor others, lock_patiently(data_dir_));
    MILLRACE_LET(Accounts edited, read_accounts(data_dir_));
    MILLRACE_TRY(edit(edited));
    MILLRACE_TRY(write_accounts(data_dir_, edited));
    know(std::move(edited));
    read_at_ = time_of(data_dir_);
  }
  return follow_ ? follow_() : base::Result<void>();
}

base::Result<NewAccount> AccountFile::add(const Account& account) {
  NewAccount made;
  MILLRACE_TRY(change([&](Accounts& all) -> base::Result<void> {
    MILLRACE_LET(const BrokerAccount added, insert(all, account));
    made = {added, added.password};
    return {};
  }));
  return made;
}

base::Result<NewAccount> AccountFile::renew(std::string_view name) {
  NewAccount made;
  MILLRACE_TRY(change([&](Accounts& all) -> base::Result<void> {
    MILLRACE_LET(const auto known, find(all, name));
    known->password = net::make_password();
    made = {*known, known->password};
    return {};
  }));
  return made;
}

base::Result<void> AccountFile::remove(std::string_view name) {
  return change([&](Accounts& all) -> base::Result<void> {
    MILLRACE_LET(const auto known, find(all, name));
    all.erase(known);
    return {};
  });
}

base::Result<NewAccount> AccountFile::add_or_get(const Account& account) {
  NewAccount made;
  const auto edit = [&](Accounts& all) -> base::Result<void> {
    const auto known = std::ranges::find(all, account.name, &BrokerAccount::name);
    if (known == all.end() || known->kind != account.kind) {
      MILLRACE_LET(const BrokerAccount added, insert(all, account));
      made = {added, added.password};
      return {};
    }
    if (known->site != account.site) {
      return taken(account.name, std::format("an edge of site {}", known->site));
    }
    Account wanted = account;
    wanted.topics = known->topics;
    for (const std::string& topic : account.topics) {
      if (!std::ranges::contains(wanted.topics, topic)) wanted.topics.push_back(topic);
    }
    MILLRACE_TRY(check_parts(wanted));
    known->topics = std::move(wanted.topics);
    known->may_command = account.may_command;
    made = {*known, known->password};
    return {};
  };
  MILLRACE_TRY(change(edit));
  return made;
}

std::vector<std::string> sites_of(const std::vector<BrokerAccount>& accounts) {
  std::set<std::string> sites;
  for (const BrokerAccount& account : accounts) {
    if (account.kind == AccountKind::kEdge) sites.insert(account.site);
  }
  return {sites.begin(), sites.end()};
}

std::vector<std::string> topics_of(const std::vector<BrokerAccount>& accounts) {
  std::vector<std::string> topics;
  for (const BrokerAccount& account : accounts) {
    topics.insert(topics.end(), account.topics.begin(), account.topics.end());
  }
  return topics;
}

std::vector<net::BrokerUser> broker_users(const std::vector<BrokerAccount>& accounts,
                                          const std::string& hub_password) {
  std::vector<net::BrokerUser> users{net::sparkplug_host_user(kHubUser, hub_password)};
  std::ranges::copy(net::thing_host_rules(), std::back_inserter(users.front().rules));
  users.front().rules.push_back({net::TopicAccess::kRead, "#"});  // what devices publish
  for (const BrokerAccount& one : accounts) {
    switch (one.kind) {
      case AccountKind::kEdge:
        users.push_back(net::sparkplug_node_user(one.name, one.password, one.site, one.name));
        break;
      case AccountKind::kDevice:
        users.push_back(net::device_user(one.name, one.password, one.topics));
        break;
      case AccountKind::kConsumer:
        users.push_back(net::thing_consumer_user(
            one.name, one.password,
            one.may_command ? net::ThingAccess::kCommand : net::ThingAccess::kRead));
        break;
    }
  }
  return users;
}

}  // namespace millrace::apps
