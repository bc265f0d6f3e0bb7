// Who may come in as a file: what is read, what is wrong with it, what it would change, and what
// the hub's own file is.
#include "service/access_file.h"

#include <algorithm>

#include "base/time_text.h"
#include "hub/account_file.h"
#include "service/access_plan.h"
#include "service/service_fixture.h"

namespace millrace::service {
namespace {

using apps::AccountFile;

constexpr char kAccess[] = R"(accounts:
  - {kind: edge, name: edge-1, site: works}
  - {kind: device, name: meter, topics: ["hall/#", "yard/+"]}
  - {kind: consumer, name: scada, may_command: true}
tokens:
  - {name: grafana, role: viewer}
  - {name: ci, role: ot_engineer, expires: 2031-01-01T00:00:00Z}
)";

class AccessFileTest : public ServiceTest {
 protected:
  AccessFileTest() : file_(folder_) {
    accounts_ = &file_;
    make_services();
  }
  AccessPlan plan(std::string text, AccessPlanOptions options = {}) {
    return plan_as(admin(), std::move(text), options);
  }
  AccessPlan plan_as(const identity::Caller& caller, std::string text,
                     AccessPlanOptions options = {}) {
    auto planned = services_->access_files.plan(caller, {std::move(text), options});
    EXPECT_TRUE(planned);
    return planned.value_or(AccessPlan());
  }
  /// As a client carries a plan out.
  void carry_out(const AccessPlan& plan) {
    for (const AccessChange& change : plan.changes) {
      const bool goes = change.action != AccessAction::kCreate;
      if (goes && change.is_token) {
        EXPECT_TRUE(services_->access.revoke_token(admin(), change.token_id));
      }
      if (goes && !change.is_token) {
        EXPECT_TRUE(services_->accounts.remove(admin(), change.name));
      }
      if (change.account) {
        EXPECT_TRUE(services_->accounts.create(admin(), *change.account));
      }
      if (change.token) {
        EXPECT_TRUE(services_->access.create_token(admin(), *change.token));
      }
    }
  }
  static std::vector<std::string> lines(const AccessPlan& plan) {
    std::vector<std::string> all;
    for (const AccessChange& one : plan.changes) {
      all.push_back(std::format("{} {} {}: {}", text(one.action),
                                one.is_token ? "token" : "account", one.name, one.about));
    }
    return all;
  }
  static std::vector<std::string> problems(const AccessPlan& plan) {
    std::vector<std::string> all;
    for (const auto& one : plan.problems) {
      all.push_back(std::format("{}: {}", one.place.line, one.what));
      EXPECT_FALSE(one.hint.empty()) << one.what;
    }
    return all;
  }

  AccountFile file_;
};

using Lines = std::vector<std::string>;

TEST_F(AccessFileTest, what_is_missing_is_created_and_what_is_there_is_left_alone) {
  const AccessPlan first = plan(kAccess);
  EXPECT_EQ(problems(first), Lines());
  EXPECT_EQ(lines(first),
            (Lines{"create account edge-1: edge of site works",
                   "create account meter: device below hall/#, yard/+",
                   "create account scada: consumer, may command", "create token grafana: viewer",
                   "create token ci: ot_engineer until 2031-01-01T00:00:00Z"}));
  carry_out(first);
  const AccessPlan second = plan(kAccess, {.is_pruning = true});
  EXPECT_EQ(lines(second), Lines());
  EXPECT_EQ(second.unchanged, 5U);
  // The order of topics says nothing.
  EXPECT_EQ(plan("accounts: [{kind: device, name: meter, topics: [yard/+, hall/#]}]").unchanged,
            1U);
}

TEST_F(AccessFileTest, everything_that_is_wrong_is_said_at_once_with_its_line_and_a_next_step) {
  const AccessPlan wrong = plan(R"(accounts:
  - {kind: robot, name: r}
  - {kind: edge, name: edge-1, site: works, topic: [a]}
  - {kind: device, name: meter, topics: ["#"]}
  - {kind: edge, name: Edge 2, site: works}
  - {kind: edge, name: edge-3}
  - {kind: consumer, name: scada}
  - {kind: consumer, name: scada}
  - {kind: consumer, name: millrace-hub}
tokens:
  - {name: old, role: viewer, expires: 2020-01-01T00:00:00Z}
  - {name: when, role: viewer, expires: tomorrow}
  - {name: who, role: boss}
user: {}
)");
  const Lines said = problems(wrong);
  ASSERT_EQ(said.size(), 11U) << testing::PrintToString(said);
  const auto has = [&](int line, std::string_view words) {
    EXPECT_TRUE(std::ranges::any_of(said,
                                    [&](const std::string& one) {
                                      return one.starts_with(std::format("{}: ", line)) &&
                                             one.contains(words);
                                    }))
        << line << ": " << words << testing::PrintToString(said);
  };
  has(2, "'robot' is not one of: edge, device, consumer");
  has(3, "unknown option 'topic'");
  has(4, "'#' is not a device's own");
  has(5, "'Edge 2' is not a name");
  has(6, "");
  has(8, "'scada' stands here and in line 7");
  has(9, "millrace-hub is the hub's own name");
  has(11, "token 'old' has expired at 2020-01-01T00:00:00Z");
  has(12, "expires: ");
  has(13, "'boss' is not one of: administrator");
  has(14, "unknown option 'user'");
  EXPECT_TRUE(wrong.changes.empty());
  EXPECT_FALSE(problems(plan("accounts: [")).empty());
  EXPECT_FALSE(problems(plan("- a list")).empty());
}

TEST_F(AccessFileTest, another_of_the_same_name_is_refused_unless_it_is_to_be_made_anew) {
  carry_out(plan(kAccess));
  const char* other = R"(accounts:
  - {kind: edge, name: edge-1, site: harbour}
tokens:
  - {name: grafana, role: operator}
)";
  const AccessPlan refused = plan(other);
  EXPECT_EQ(problems(refused), (Lines{"2: the hub has another account 'edge-1': edge of site works",
                                      "4: the hub has another token 'grafana': viewer"}));
  EXPECT_TRUE(refused.problems[0].hint.contains("--replace"));
  const AccessPlan anew = plan(other, {.is_replacing = true});
  EXPECT_EQ(lines(anew), (Lines{"replace account edge-1: edge of site harbour",
                                "replace token grafana: operator"}));
  carry_out(anew);
  EXPECT_EQ(plan(other).unchanged, 2U);
}

TEST_F(AccessFileTest, pruning_takes_what_the_file_has_not_of_the_lists_that_it_has) {
  carry_out(plan(kAccess));
  const AccessPlan all = plan("accounts: []\ntokens: []\n", {.is_pruning = true});
  EXPECT_EQ(all.changes.size(), 5U);
  EXPECT_TRUE(std::ranges::all_of(
      all.changes, [](const auto& one) { return one.action == AccessAction::kRemove; }));
  EXPECT_EQ(lines(plan("tokens: [{name: ci, role: ot_engineer, expires: "
                       "2031-01-01T00:00:00Z}]\n",
                       {.is_pruning = true})),
            Lines{"remove token grafana: viewer"});
  EXPECT_EQ(lines(plan("accounts: []\ntokens: []\n")), Lines());
  carry_out(all);
  EXPECT_TRUE(identity_->tokens().empty());
  EXPECT_TRUE(file_.all().empty());
}

TEST_F(AccessFileTest, the_token_that_makes_the_call_is_neither_removed_nor_made_anew) {
  const auto caller = as(Role::kAdministrator);
  as(Role::kViewer);
  const AccessPlan pruned = plan_as(caller, "tokens: []", {.is_pruning = true});
  EXPECT_EQ(lines(pruned), Lines{"remove token token-2: viewer"});
  EXPECT_EQ(pruned.own_token, std::optional<std::string>("token-1"));
  const AccessPlan anew =
      plan_as(caller, "tokens: [{name: token-1, role: viewer}]", {.is_replacing = true});
  EXPECT_EQ(problems(anew), Lines{"1: token 'token-1' makes this call"});
}

TEST_F(AccessFileTest, what_it_gives_out_it_takes_back_unchanged_and_has_no_secret) {
  carry_out(plan(kAccess));
  ASSERT_TRUE(services_->access.create_token(
      admin(), {.name = "short", .expires = clock_.now() + std::chrono::hours(1)}));
  clock_.advance(std::chrono::hours(2));
  const std::string text = services_->access_files.text(admin()).value();
  const auto parsed = parse_access(text, clock_.now());
  EXPECT_TRUE(parsed.problems.empty()) << text;
  EXPECT_EQ(parsed.file.accounts->size(), 3U);
  EXPECT_EQ(parsed.file.tokens->size(), 2U) << "one has expired";
  EXPECT_EQ(plan(text).unchanged, 5U);
  for (const auto& one : file_.all()) EXPECT_FALSE(text.contains(one.password));
  EXPECT_FALSE(text.contains("password"));
  EXPECT_TRUE(access_schema().contains("may_command"));
}

TEST_F(AccessFileTest, is_for_administrators) {
  for (const Role role : identity::kRoles) {
    if (role == Role::kAdministrator) continue;
    const auto caller = as(role);
    EXPECT_EQ(services_->access_files.plan(caller, {}).error().code, ErrorCode::kForbidden);
    EXPECT_EQ(services_->access_files.text(caller).error().code, ErrorCode::kForbidden);
  }
}

TEST_F(AccessFileTest, a_hub_without_a_broker_of_its_own_has_tokens_only) {
  accounts_ = nullptr;
  make_services();
  EXPECT_EQ(problems(plan(kAccess)), Lines{"2: this hub has no broker of its own"});
  EXPECT_EQ(plan("accounts: []\ntokens: [{name: a, role: viewer}]").changes.size(), 1U);
  const auto parsed = parse_access(services_->access_files.text(admin()).value(), clock_.now());
  EXPECT_TRUE(parsed.problems.empty());
  EXPECT_FALSE(parsed.file.accounts);
  ASSERT_TRUE(parsed.file.tokens);
  EXPECT_TRUE(parsed.file.tokens->empty());
}

}  // namespace
}  // namespace millrace::service
