// Accounts of the hub's own broker: who may, what is refused, what stands in the audit book and in
// the file, and what is told to whom.
#include "service/accounts.h"

#include <algorithm>

#include "base/files.h"
#include "hub/account_file.h"
#include "service/service_fixture.h"

namespace millrace::service {
namespace {

using apps::AccountFile;

constexpr char kTwoConnections[] = R"(kind: Connection
name: line
spec: {edge: edge-1, cable: {host: a}}
---
kind: Connection
name: hall
spec: {edge: edge-1, cable: {host: b}}
)";

struct CableOptions {
  std::string name;
  std::string host;
};

pipeline::ConnectorKind cable_kind() {
  static const auto kTable = [] {
    config::TableOf<CableOptions> table("Cable", "For tests.");
    table.name({.key = "name", .sentence = "Name."}, &CableOptions::name)
        .text({.key = "host", .sentence = "Where."}, &CableOptions::host);
    return table;
  }();
  return pipeline::kind_of("cable", kTable);
}

class AccountsTest : public ServiceTest {
 protected:
  AccountsTest() : file_(folder_) {
    connectors_ = {cable_kind()};
    accounts_ = &file_;
    make_services();
    file_.on_change([this] {
      ++changes_;
      return answer_;
    });
  }
  base::Result<NewAccount> create(const Account& account) {
    return services_->accounts.create(admin(), account);
  }
  std::string file_text() { return base::read_file(folder_ / apps::kAccountsFile).value_or(""); }
  std::vector<std::string> names() {
    std::vector<std::string> all;
    const auto listed = services_->accounts.list(admin(), {});
    EXPECT_TRUE(listed);
    for (const auto& item : listed->items) {
      all.push_back(item.account.name);
    }
    return all;
  }
  std::string refusal(const Account& account) {
    const auto made = create(account);
    if (made) return "made";
    return std::format("{}: {}", base::text(made.error().code), made.error().what);
  }

  AccountFile file_;
  base::Result<void> answer_;
  int changes_ = 0;
};

TEST_F(AccountsTest, only_an_administrator_sees_or_changes_them) {
  ASSERT_TRUE(create({.name = "edge-1", .site = "plant"}));
  for (const Role role : identity::kRoles) {
    if (role == Role::kAdministrator) continue;
    const auto caller = as(role);
    const auto code = [](const auto& result) {
      return result ? ErrorCode::kInternal : result.error().code;
    };
    EXPECT_EQ(code(services_->accounts.list(caller, {})), ErrorCode::kForbidden);
    EXPECT_EQ(code(services_->accounts.create(caller, {.name = "edge-2", .site = "plant"})),
              ErrorCode::kForbidden);
    EXPECT_EQ(code(services_->accounts.renew(caller, "edge-1")), ErrorCode::kForbidden);
    EXPECT_EQ(code(services_->accounts.remove(caller, "edge-1")), ErrorCode::kForbidden);
  }
  EXPECT_EQ(names(), std::vector<std::string>{"edge-1"});
}

TEST_F(AccountsTest, each_change_is_told_kept_and_audited_without_a_password) {
  const auto made = create({.name = "edge-1", .site = "plant"});
  ASSERT_TRUE(made);
  EXPECT_EQ(made->password.size(), 32U);
  EXPECT_EQ(changes_, 1);
  const auto renewed = services_->accounts.renew(admin(), "edge-1");
  ASSERT_TRUE(renewed);
  EXPECT_NE(renewed->password, made->password);
  EXPECT_EQ(renewed->account, made->account);
  EXPECT_TRUE(file_text().contains(renewed->password));
  EXPECT_FALSE(file_text().contains(made->password));
  ASSERT_TRUE(services_->accounts.remove(admin(), "edge-1"));
  EXPECT_EQ(changes_, 3);
  EXPECT_FALSE(file_text().contains("edge-1"));
  for (const auto* action : {"account.created", "account.renewed", "account.removed"}) {
    EXPECT_EQ(count_audit(action), 1U) << action;
  }
  for (const store::AuditEntry& entry : audit()) {
    EXPECT_FALSE(entry.body.contains(made->password) || entry.body.contains(renewed->password));
    if (entry.action.starts_with("account.")) {
      EXPECT_EQ(entry.subject, "edge-1");
    }
  }
  const auto again = services_->accounts.remove(admin(), "edge-1");
  EXPECT_EQ(again.error().code, ErrorCode::kNotFound);
  EXPECT_EQ(services_->accounts.renew(admin(), "edge-1").error().code, ErrorCode::kNotFound);
}

TEST_F(AccountsTest, what_does_not_fit_its_kind_is_refused_with_a_sentence) {
  ASSERT_TRUE(create({.kind = AccountKind::kDevice, .name = "meter", .topics = {"hall/#"}}));
  const auto wrong = [this](const Account& account, std::string_view words) {
    const std::string said = refusal(account);
    EXPECT_TRUE(said.contains(words)) << said;
  };
  wrong({.name = "Edge 1", .site = "plant"}, "invalid");
  wrong({.name = "edge-1"}, "invalid");
  wrong({.name = "edge-1", .site = "plant", .topics = {"a/#"}}, "has no topics of its own");
  wrong({.name = "edge-1", .site = "plant", .may_command = true}, "commands no things");
  wrong({.name = "meter", .site = "plant"}, "conflict: meter is a device");
  wrong({.name = apps::kHubUser, .site = "plant"}, "conflict");
  wrong({.kind = AccountKind::kDevice, .name = "m2"}, "has no topics");
  for (const auto* topic : {"#", "+/a", "spBv1.0/x", "millrace/x", "$SYS/#", "a/#/b", " a/b"}) {
    wrong({.kind = AccountKind::kDevice, .name = "m2", .topics = {topic}}, "invalid");
  }
  wrong({.kind = AccountKind::kConsumer, .name = "c", .site = "plant"}, "has no site");
  EXPECT_EQ(names(), std::vector<std::string>{"meter"});
  EXPECT_EQ(changes_, 1);
  EXPECT_EQ(count_audit("account.created"), 1U);
}

TEST_F(AccountsTest, the_list_says_who_is_connected_and_comes_in_pages) {
  ASSERT_TRUE(create({.name = "edge-2", .site = "plant"}));
  ASSERT_TRUE(create({.name = "edge-1", .site = "plant"}));
  ASSERT_TRUE(create({.kind = AccountKind::kConsumer, .name = "scada", .may_command = true}));
  origins_.all = {
      {.name = "edge-1", .group = "plant", .node = "edge-1", .is_connected = true},
      {.name = "other.edge-2", .group = "other", .node = "edge-2", .is_connected = true}};
  const auto first = services_->accounts.list(admin(), {.limit = 2});
  ASSERT_TRUE(first);
  ASSERT_EQ(first->items.size(), 2U);
  EXPECT_EQ(first->items[0].is_connected, std::optional(true));
  EXPECT_EQ(first->items[1].is_connected, std::optional(false));
  ASSERT_TRUE(first->next);
  const auto rest = services_->accounts.list(admin(), {.limit = 2, .cursor = first->next});
  ASSERT_EQ(rest->items.size(), 1U);
  EXPECT_TRUE(rest->items[0].account.may_command);
  EXPECT_FALSE(rest->items[0].is_connected);
  EXPECT_FALSE(rest->next);
}

TEST_F(AccountsTest, an_edge_that_connections_name_stays) {
  ASSERT_TRUE(create({.name = "edge-1", .site = "plant"}));
  const auto applied = services_->resources.apply(
      admin(), {.files = {{"all.yaml", kTwoConnections}}, .prune = Prune::kNo});
  ASSERT_TRUE(applied);
  for (const auto& one : applied->problems) ADD_FAILURE() << one.problem.what;
  const auto refused = services_->accounts.remove(admin(), "edge-1");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_EQ(refused.error().what, "edge edge-1 reads connections: hall, line");
  EXPECT_EQ(names(), std::vector<std::string>{"edge-1"});
}

/// Of changes that came by the file: "action subject body", in their order.
std::vector<std::string> of_file(const std::vector<store::AuditEntry>& newest_first) {
  std::vector<std::string> all;
  for (const store::AuditEntry& one : newest_first) {
    if (one.actor != "file") continue;
    EXPECT_EQ(one.actor_role, "system");
    all.insert(all.begin(), std::format("{} {} {}", one.action, one.subject, one.body));
  }
  return all;
}

TEST_F(AccountsTest, what_another_process_changes_in_the_file_is_audited_once) {
  ASSERT_TRUE(services_->accounts.note_file());
  ASSERT_TRUE(create({.name = "edge-1", .site = "plant"}));
  AccountFile other(folder_);
  ASSERT_TRUE(other.add({.name = "edge-2", .site = "plant"}));
  const auto renewed = other.renew("edge-1");
  ASSERT_TRUE(renewed);
  ASSERT_TRUE(file_.refresh().value());
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(services_->accounts.note_file());
  EXPECT_EQ(of_file(audit()),
            (std::vector<std::string>{"account.changed edge-1 {}", "account.created edge-2 {}"}));
  EXPECT_FALSE(meta_->setting("accounts.known").value()->contains(renewed->password));
  ASSERT_TRUE(other.remove("edge-2"));
  // A change by REST reads the file, too: what is in it is no part of that change.
  ASSERT_TRUE(services_->accounts.renew(admin(), "edge-1"));
  EXPECT_FALSE(file_.refresh().value());
  ASSERT_TRUE(services_->accounts.note_file());
  EXPECT_EQ(of_file(audit()).back(), "account.removed edge-2 {}");
  EXPECT_EQ(of_file(audit()).size(), 3U);
  EXPECT_EQ(count_audit("account.created"), 2U) << "one by each way";
}

TEST_F(AccountsTest, what_changes_while_the_hub_does_not_run_is_audited_at_its_next_start) {
  AccountFile other(folder_);
  ASSERT_TRUE(other.add({.name = "edge-1", .site = "plant"}));
  ASSERT_TRUE(file_.refresh().value());
  ASSERT_TRUE(services_->accounts.note_file());
  EXPECT_EQ(of_file(audit()), std::vector<std::string>{"account.found edge-1 {}"})
      << "nobody knows since when it is there";
  ASSERT_TRUE(create({.name = "edge-2", .site = "plant"}));
  make_services();
  ASSERT_TRUE(services_->accounts.note_file());
  EXPECT_EQ(of_file(audit()).size(), 1U) << "what was done by REST is known after a restart";
  ASSERT_TRUE(other.add({.name = "edge-3", .site = "plant"}));
  ASSERT_TRUE(file_.refresh().value());
  make_services();
  ASSERT_TRUE(services_->accounts.note_file());
  EXPECT_EQ(of_file(audit()).back(), "account.created edge-3 {}");
}

TEST_F(AccountsTest, an_edge_that_goes_by_the_file_and_is_needed_is_said) {
  ASSERT_TRUE(create({.name = "edge-1", .site = "plant"}));
  ASSERT_TRUE(services_->resources.apply(
      admin(), {.files = {{"all.yaml", kTwoConnections}}, .prune = Prune::kNo}));
  AccountFile other(folder_);
  ASSERT_TRUE(other.remove("edge-1"));
  ASSERT_TRUE(file_.refresh().value());
  ASSERT_TRUE(services_->accounts.note_file());
  const std::string connections = R"({"connections":["hall","line"]})";
  EXPECT_EQ(of_file(audit()).back(), "account.removed edge-1 " + connections);
  const auto events = series_->events(0, 100).value();
  const auto shut_out = std::ranges::find(events, "edge.shut_out", &store::Event::kind);
  ASSERT_NE(shut_out, events.end());
  EXPECT_EQ(shut_out->subject, "edge-1");
  EXPECT_EQ(shut_out->body, connections);
}

TEST_F(AccountsTest, what_the_broker_does_not_follow_is_said) {
  answer_ = base::fail_for_now(ErrorCode::kUnavailable, "the broker does not take its accounts");
  EXPECT_TRUE(refusal({.name = "edge-1", .site = "plant"}).starts_with("unavailable"));
  EXPECT_EQ(names(), std::vector<std::string>{"edge-1"}) << "it is kept";
  EXPECT_EQ(count_audit("account.created"), 1U);
}

TEST_F(AccountsTest, without_a_broker_of_its_own_a_hub_has_none) {
  accounts_ = nullptr;
  make_services();
  EXPECT_EQ(services_->accounts.list(admin(), {}).error().code, ErrorCode::kUnsupported);
  EXPECT_TRUE(refusal({.name = "edge-1", .site = "plant"}).starts_with("unsupported"));
}

TEST_F(AccountsTest, the_file_of_earlier_versions_is_read_and_another_process_is_noticed) {
  ASSERT_TRUE(base::write_file_durably(
      folder_ / apps::kAccountsFile,
      "edges:\n  - {site: plant, edge: edge-1, password: 12345678}\n"
      "devices:\n  - {device: meter, topics: [hall/#], password: 23456789}\n"
      "consumers:\n  - {name: scada, password: 34567890, may_command: true}\n"));
  EXPECT_TRUE(file_.refresh().value());
  EXPECT_FALSE(file_.refresh().value());
  const auto all = file_.all();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(apps::sites_of(all), std::vector<std::string>{"plant"});
  EXPECT_EQ(apps::topics_of(all), std::vector<std::string>{"hall/#"});
  EXPECT_EQ(apps::broker_users(all, "secret").size(), 4U);
  AccountFile other(folder_);
  const auto same =
      other.add_or_get({.kind = AccountKind::kDevice, .name = "meter", .topics = {"yard/#"}});
  ASSERT_TRUE(same);
  EXPECT_EQ(same->password, "23456789");
  EXPECT_EQ(same->account.topics, (std::vector<std::string>{"hall/#", "yard/#"}));
  EXPECT_FALSE(other.add_or_get({.name = "edge-1", .site = "elsewhere"}));
  EXPECT_TRUE(file_.refresh().value());
  EXPECT_EQ(apps::topics_of(file_.all()).size(), 2U);
}

}  // namespace
}  // namespace millrace::service
