#include "hub/edge_accounts.h"

#include <set>

#include "base/files.h"
#include "config/load.h"
#include "model/name.h"

namespace millrace::apps {
namespace {

namespace fs = std::filesystem;
using config::Need;
using config::Secrecy;
using config::TableOf;

struct File {
  std::vector<EdgeAccount> edges;
};

const TableOf<EdgeAccount>& account_table() {
  static const auto kTable = [] {
    using O = EdgeAccount;
    TableOf<O> table("Account", "An edge or third-party node that may log in to the broker.");
    table
        .name({.key = "site", .sentence = "Its Sparkplug group.", .need = Need::kRequired},
              &O::site)
        .name({.key = "edge",
               .sentence = "Its Sparkplug edge node, and its user name.",
               .need = Need::kRequired},
              &O::edge)
        .text({.key = "password",
               .sentence = "Its password.",
               .need = Need::kRequired,
               .secrecy = Secrecy::kSecret},
              &O::password, {8, 200});
    return table;
  }();
  return kTable;
}

const TableOf<File>& file_table() {
  static const auto kTable = [] {
    TableOf<File> table("edges.yaml", "Who may log in to the hub's own broker.");
    table.sections({.key = "edges", .sentence = "One entry each."}, &File::edges, account_table(),
                   {0, 100'000});
    return table;
  }();
  return kTable;
}

base::Result<File> read(const fs::path& data_dir) {
  const fs::path path = data_dir / "edges.yaml";
  if (!fs::exists(path)) return File{};
  return config::load_file(path, file_table());
}

}  // namespace

base::Result<bool> EdgeAccounts::refresh(const fs::path& data_dir) {
  std::error_code error;
  const auto changed = fs::last_write_time(data_dir / "edges.yaml", error);
  if (error || changed == read_at_) return false;
  MILLRACE_LET(File file, read(data_dir));
  std::erase_if(file.edges, [](const EdgeAccount& one) { return one.edge == kHubUser; });
  accounts_ = std::move(file.edges);
  read_at_ = changed;
  return true;
}

std::vector<std::string> EdgeAccounts::sites() const {
  std::set<std::string> sites;
  for (const EdgeAccount& account : accounts_) sites.insert(account.site);
  return {sites.begin(), sites.end()};
}

std::vector<net::BrokerUser> EdgeAccounts::broker_users(const std::string& hub_password) const {
  std::vector<net::BrokerUser> users{net::sparkplug_host_user(kHubUser, hub_password)};
  for (const EdgeAccount& account : accounts_) {
    users.push_back(
        net::sparkplug_node_user(account.edge, account.password, account.site, account.edge));
  }
  return users;
}

base::Result<EdgeAccount> EdgeAccounts::add(const fs::path& data_dir, const std::string& site,
                                            const std::string& edge) {
  MILLRACE_TRY(model::Name::parse(site));
  MILLRACE_TRY(model::Name::parse(edge));
  if (edge == kHubUser) {
    return base::fail(base::ErrorCode::kConflict, std::format("{} is the hub's own name", edge),
                      "Choose another name for the edge.");
  }
  MILLRACE_TRY(base::make_directories(data_dir));
  MILLRACE_LET(File file, read(data_dir));
  for (const EdgeAccount& known : file.edges) {
    if (known.edge == edge && known.site == site) return known;
    if (known.edge == edge) {
      return base::fail(base::ErrorCode::kConflict,
                        std::format("{} is an edge of site {}", edge, known.site),
                        "Names of edges are unique in the hub; choose another.");
    }
  }
  file.edges.push_back({site, edge, net::make_password()});
  MILLRACE_TRY(base::write_file_durably(
      data_dir / "edges.yaml", config::to_text(file, file_table(), config::Secrets::kShown),
      base::FileMode::kPrivate));
  return file.edges.back();
}

}  // namespace millrace::apps
