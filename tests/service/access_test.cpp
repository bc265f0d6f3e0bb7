// Who may ask for what, and what of it stands in the audit book.

#include <algorithm>

#include "service/service_fixture.h"

namespace millrace::service {
namespace {

/// A call of each service that changes something or shows secrets, by the permission it needs.
struct Guarded {
  std::string_view name;
  Permission permission;
  std::function<base::Result<void>(Services&, const identity::Caller&)> call;
};

template <class T>
base::Result<void> only_error(const base::Result<T>& result) {
  if (!result) return std::unexpected(result.error());
  return {};
}

model::ImportRequest import_request() {
  return {.file_name = "a.csv",
          .file_hash = std::string(64, 'a'),
          .rows_total = 1,
          .mapping = "{}",
          .targets = {{.thing = "pump-9", .property = "flow"}}};
}

std::vector<Guarded> guarded_calls() {
  return {
      {"tokens", Permission::kTokens,
       [](Services& s, const auto& by) { return only_error(s.access.tokens(by, {})); }},
      {"create_token", Permission::kTokens,
       [](Services& s, const auto& by) {
         return only_error(s.access.create_token(by, {.name = "new", .role = Role::kViewer}));
       }},
      {"revoke_token", Permission::kTokens,
       [](Services& s, const auto& by) { return s.access.revoke_token(by, "tok-nothing"); }},
      {"create_import", Permission::kImport,
       [](Services& s, const auto& by) {
         return only_error(s.imports.create(by, import_request()));
       }},
      {"put_rows", Permission::kImport,
       [](Services& s, const auto& by) {
         return only_error(s.imports.put_rows(by, "nothing", {.first_row = 0, .row_count = 1}));
       }},
      {"back_up", Permission::kMaintain,
       [](Services& s, const auto& by) { return only_error(s.system.back_up(by)); }},
      {"seal", Permission::kMaintain,
       [](Services& s, const auto& by) { return only_error(s.system.seal(by)); }},
  };
}

/// The table of DESIGN's roles, written out apart from the code that decides.
bool may(Role role, Permission permission) {
  if (role == Role::kAdministrator) return true;
  const bool is_importer = role == Role::kOtEngineer || role == Role::kDataScientist;
  return permission == Permission::kRead || (permission == Permission::kImport && is_importer);
}

TEST_F(ServiceTest, each_call_is_refused_to_each_role_that_may_not_and_leaves_no_trace) {
  for (const Role role : identity::kRoles) {
    const identity::Caller caller = as(role);
    for (const Guarded& one : guarded_calls()) {
      const auto before = audit().size();
      const auto done = one.call(*services_, caller);
      const bool is_forbidden = !done && done.error().code == ErrorCode::kForbidden;
      EXPECT_EQ(is_forbidden, !may(role, one.permission)) << text(role) << " " << one.name;
      if (!is_forbidden) continue;
      EXPECT_EQ(audit().size(), before) << one.name;
      EXPECT_TRUE(done.error().what.contains(text(role))) << done.error().what;
      EXPECT_FALSE(done.error().hint.empty());
    }
  }
}

TEST_F(ServiceTest, everybody_reads) {
  for (const Role role : identity::kRoles) EXPECT_TRUE(allow(as(role), Permission::kRead));
}

TEST_F(ServiceTest,
       what_an_administrator_changes_stands_in_the_audit_book_with_who_and_where_from) {
  const identity::Caller by = admin();
  const auto token = services_->access.create_token(by, {.name = "robot", .role = Role::kViewer});
  ASSERT_TRUE(token);
  EXPECT_EQ(audit()[0].action, "token.created");
  EXPECT_EQ(audit()[0].subject, "robot");
  ASSERT_TRUE(services_->access.revoke_token(by, token->token.id));
  EXPECT_EQ(audit()[0].action, "token.revoked");
  ASSERT_TRUE(services_->imports.create(by, import_request()));
  EXPECT_EQ(audit()[0].action, "import.created");
  const auto backup = services_->system.back_up(by);
  ASSERT_TRUE(backup) << base::describe(backup.error());
  EXPECT_EQ(audit()[0].action, "backup.made");
  EXPECT_EQ(audit()[0].subject, backup->name);
  ASSERT_TRUE(services_->system.seal(by));
  EXPECT_EQ(audit()[0].action, "store.sealed");
  ASSERT_TRUE(services_->access.logout(by));
  EXPECT_EQ(audit()[0].action, "session.ended");
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(audit()[i].actor, "admin") << audit()[i].action;
    EXPECT_EQ(audit()[i].actor_role, "administrator") << audit()[i].action;
    EXPECT_EQ(audit()[i].address, "10.0.0.1") << audit()[i].action;
    EXPECT_EQ(audit()[i].time, clock_.now()) << audit()[i].action;
  }
}

TEST_F(ServiceTest, a_refused_login_is_audited_with_its_address) {
  EXPECT_FALSE(services_->access.login({"admin", "wrong", "10.0.0.9"}));
  EXPECT_EQ(audit()[0].action, "login.refused");
  EXPECT_EQ(audit()[0].address, "10.0.0.9");
}

TEST_F(ServiceTest, tokens_come_page_by_page_newest_first_each_once) {
  const identity::Caller by = admin();
  std::vector<std::string> made;
  for (int i = 0; i < 7; ++i) {
    clock_.advance(i % 2 * 1s);  // some are made at one moment
    const auto name = std::format("t{}", i);
    made.push_back(services_->access.create_token(by, {.name = name})->token.id);
  }
  std::vector<std::string> seen;
  PageRequest page{.limit = 2};
  for (int pages = 0; pages < 10; ++pages) {
    const auto found = services_->access.tokens(by, page);
    ASSERT_TRUE(found);
    for (const store::Token& token : found->items) seen.push_back(token.id);
    if (!found->next) break;
    page.cursor = found->next;
  }
  EXPECT_EQ(seen.size(), made.size());
  EXPECT_TRUE(std::ranges::is_permutation(seen, made));
  page.cursor = "not a cursor!";
  EXPECT_EQ(services_->access.tokens(by, page).error().code, ErrorCode::kMalformed);
}

TEST_F(ServiceTest, a_backup_opens_like_a_data_directory_and_a_second_one_has_its_own_name) {
  const auto id = define("pump-1", "flow");
  put(id, {clock_.now(), 4.5, {}});
  const identity::Caller by = admin();
  const auto first = services_->system.back_up(by);
  ASSERT_TRUE(first) << base::describe(first.error());
  clock_.advance(5ms);
  const auto second = services_->system.back_up(by);
  ASSERT_TRUE(second);
  EXPECT_NE(first->path, second->path);
  store::duckdb::DuckDbStore copy({.folder = first->path / "series"}, clock_, base::Random(2));
  ASSERT_TRUE(copy.start());
  EXPECT_EQ(copy.last_value(id, store::Corrections::kApplied)->sample.value, model::Value(4.5));
  store::SqliteMetaStore meta({.file = first->path / "meta.db"});
  ASSERT_TRUE(meta.start());
  EXPECT_TRUE(meta.user("admin").value().has_value());
}

TEST_F(ServiceTest, a_name_that_is_nearly_right_is_answered_with_the_right_one) {
  define("pump-1", "flow");
  define("pump-1", "pressure");
  EXPECT_EQ(services_->twins.thing("pmup-1").error().hint, "Did you mean pump-1?");
  EXPECT_EQ(services_->twins.property("pump-1", "presure").error().hint, "Did you mean pressure?");
  EXPECT_EQ(services_->twins.thing("conveyor-belt").error().hint, "");
  origins_.all = {{.name = "edge-1"}};
  EXPECT_EQ(services_->fleet.edge("egde-1").error().hint, "Did you mean edge-1?");
  EXPECT_EQ(did_you_mean("flwo", {"flow", "flown"}), "Did you mean flow?");
  EXPECT_EQ(did_you_mean("xyz", {"flow"}), "");
  EXPECT_EQ(did_you_mean("flow", {}), "");
}

TEST_F(ServiceTest, a_property_whose_first_commit_is_under_way_has_no_history_yet) {
  put(define("pump-1", "flow"), {clock_.now(), 4.5, {}});
  index_.put({.id = series_->next_series_id(), .thing = "pump-1", .property = "new"});
  const TimeRange range{clock_.now() - 1h, clock_.now() + 1h};
  const auto alone = services_->histories.one({.property = {"pump-1", "new"}, .range = range});
  ASSERT_TRUE(alone) << base::describe(alone.error());
  EXPECT_TRUE(alone->samples.empty());
  const auto chart = services_->histories.chart(
      {.properties = {{"pump-1", "new"}, {"pump-1", "flow"}}, .range = range, .step = 1min});
  ASSERT_TRUE(chart) << base::describe(chart.error());
  EXPECT_TRUE((*chart)[0].buckets.empty());
  EXPECT_EQ((*chart)[1].buckets.size(), 1U);
  EXPECT_NE((*chart)[0].commit, model::CommitId{}) << "the answer stands on what was looked at";
  EXPECT_EQ((*chart)[0].commit, (*chart)[1].commit);
}

TEST_F(ServiceTest, a_query_is_given_thirty_seconds) {
  const auto id = define("pump-1", "flow");
  put(id, {clock_.now(), 4.5, {}});
  const HistoryRequest wanted{.property = {"pump-1", "flow"},
                              .range = {clock_.now() - 1h, clock_.now() + 1h}};
  ASSERT_TRUE(services_->histories.one(wanted));
  EXPECT_EQ(services_->histories.one(wanted)->samples.size(), 1U);
  EXPECT_EQ(services_->histories.one(wanted)->deadline, clock_.monotonic() + 30s);
}

}  // namespace
}  // namespace millrace::service
