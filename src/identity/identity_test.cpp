#include "identity/identity.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <set>

#include "base/files.h"
#include "store/sqlite/sqlite_meta_store.h"

namespace millrace::identity {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;
using namespace std::chrono_literals;

class IdentityTest : public testing::Test {
 protected:
  IdentityTest()
      : folder_(fs::temp_directory_path() / std::format("millrace-identity-{}", ::getpid())) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    store_ = std::make_unique<store::SqliteMetaStore>(store::SqliteOptions{folder_ / "meta.db"});
    EXPECT_TRUE(store_->start());
    identity_ = make();
    EXPECT_EQ(*identity_->start("correct horse"), std::nullopt);
  }
  ~IdentityTest() override { fs::remove_all(folder_); }

  std::unique_ptr<Identity> make() {
    IdentityOptions options;
    options.cost = {.passes = 1, .memory_bytes = 8192};
    return std::make_unique<Identity>(options, Identity::Deps{*store_, clock_});
  }
  base::Result<Session> login(std::string user, std::string password, std::string from = "a") {
    return identity_->login({std::move(user), std::move(password), std::move(from)});
  }
  Caller admin() { return *identity_->authenticate(login("admin", "correct horse")->secret); }

  fs::path folder_;
  base::ManualClock clock_{base::Time(std::chrono::seconds(1'800'000'000))};
  std::unique_ptr<store::SqliteMetaStore> store_;
  std::unique_ptr<Identity> identity_;
};

TEST_F(IdentityTest, a_login_gives_a_session_that_says_who_calls) {
  const auto session = login("admin", "correct horse");
  ASSERT_TRUE(session);
  const auto caller = identity_->authenticate(session->secret, "10.0.0.7");
  ASSERT_TRUE(caller);
  EXPECT_EQ(caller->name, "admin");
  EXPECT_EQ(caller->role, Role::kAdministrator);
  EXPECT_EQ(caller->via, store::TokenKind::kSession);
  EXPECT_EQ(caller->address, "10.0.0.7");
}

TEST_F(IdentityTest,
       the_local_token_is_an_administrators_and_ends_with_the_process_or_a_newer_one) {
  const auto first = identity_->make_local_token();
  ASSERT_TRUE(first);
  const auto caller = identity_->authenticate(*first);
  ASSERT_TRUE(caller);
  EXPECT_EQ(caller->name, "local");
  EXPECT_EQ(caller->role, Role::kAdministrator);
  EXPECT_EQ(store_->audit(0, 1)->front().action, "local_token.made");
  clock_.advance(1000h);
  ASSERT_TRUE(login("admin", "correct horse"));  // drops sessions that are over
  EXPECT_TRUE(identity_->authenticate(*first));
  EXPECT_TRUE(identity_->write_uses());
  const auto second = identity_->make_local_token();
  EXPECT_FALSE(identity_->authenticate(*first));
  EXPECT_TRUE(identity_->authenticate(*second));
  EXPECT_TRUE(identity_->tokens().empty());
  identity_ = make();
  EXPECT_TRUE(identity_->start(""));
  EXPECT_FALSE(identity_->authenticate(*second)) << "it outlived its process";
}

TEST_F(IdentityTest, an_unknown_user_and_a_wrong_password_get_the_same_answer) {
  const auto wrong = login("admin", "wrong", "a");
  const auto unknown = login("nobody", "wrong", "b");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error(), unknown.error());
  EXPECT_EQ(wrong.error().code, ErrorCode::kUnauthenticated);
}

TEST_F(IdentityTest, a_generated_first_password_is_given_once_and_works) {
  ASSERT_TRUE(store_->stop());
  fs::remove(folder_ / "meta.db");
  ASSERT_TRUE(store_->start());
  identity_ = make();
  const auto password = *identity_->start("");
  ASSERT_TRUE(password);
  EXPECT_GE(password->size(), 20U);
  EXPECT_TRUE(login("admin", *password));
  EXPECT_EQ(*make()->start(""), std::nullopt) << "a second start makes no other password";
  EXPECT_EQ(*make()->start("other"), std::nullopt);
  EXPECT_FALSE(login("admin", "other"));
}

TEST_F(IdentityTest, the_fifth_failure_of_an_address_is_limited_even_with_the_right_password) {
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(login("admin", "wrong").error().code, ErrorCode::kUnauthenticated) << i;
  }
  EXPECT_EQ(login("admin", "wrong").error().code, ErrorCode::kLimited);
  EXPECT_EQ(login("admin", "correct horse").error().code, ErrorCode::kLimited);
  EXPECT_TRUE(login("admin", "correct horse", "another address"));
  clock_.advance(60s);
  EXPECT_TRUE(login("admin", "correct horse"));
}

TEST_F(IdentityTest, guessing_one_user_from_many_addresses_is_limited) {
  std::size_t limited = 0;
  for (int i = 0; i < 30; ++i) {
    const auto result = login("admin", "wrong", std::format("10.0.0.{}", i));
    limited += result.error().code == ErrorCode::kLimited ? 1 : 0;
  }
  EXPECT_EQ(limited, 10U);
}

TEST_F(IdentityTest, successful_logins_never_count_as_failures) {
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(login("admin", "correct horse")) << i;
}

TEST_F(IdentityTest, sessions_expire_and_end_with_logout) {
  const auto first = login("admin", "correct horse");
  const auto second = login("admin", "correct horse");
  const Caller caller = *identity_->authenticate(first->secret);
  EXPECT_TRUE(identity_->is_still_good(caller));
  ASSERT_TRUE(identity_->logout(caller));
  EXPECT_FALSE(identity_->is_still_good(caller));
  EXPECT_EQ(identity_->authenticate(first->secret).error().code, ErrorCode::kUnauthenticated);
  EXPECT_TRUE(identity_->authenticate(second->secret));
  clock_.advance(24h);
  EXPECT_EQ(identity_->authenticate(second->secret).error().what, "the token has expired");
}

TEST_F(IdentityTest, api_tokens_carry_a_role_and_can_be_revoked) {
  const auto made = identity_->create_token(admin(), {"grafana", Role::kViewer, {}});
  ASSERT_TRUE(made);
  const auto caller = identity_->authenticate(made->secret);
  ASSERT_TRUE(caller);
  EXPECT_EQ(caller->role, Role::kViewer);
  EXPECT_EQ(caller->name, "grafana");
  EXPECT_EQ(caller->via, store::TokenKind::kApi);
  EXPECT_EQ(identity_->tokens().size(), 1U);
  ASSERT_TRUE(identity_->revoke(admin(), made->token.id));
  EXPECT_FALSE(identity_->authenticate(made->secret));
  EXPECT_FALSE(identity_->is_still_good(*caller));
  EXPECT_EQ(identity_->revoke(admin(), made->token.id).error().code, ErrorCode::kNotFound);
}

TEST_F(IdentityTest, a_token_needs_a_free_valid_name_and_a_future) {
  ASSERT_TRUE(identity_->create_token(admin(), {"one", Role::kViewer, {}}));
  EXPECT_EQ(identity_->create_token(admin(), {"one", Role::kViewer, {}}).error().code,
            ErrorCode::kConflict);
  EXPECT_EQ(identity_->create_token(admin(), {"No Name", Role::kViewer, {}}).error().code,
            ErrorCode::kInvalid);
  EXPECT_EQ(identity_->create_token(admin(), {"two", Role::kViewer, clock_.now()}).error().code,
            ErrorCode::kInvalid);
}

TEST_F(IdentityTest, no_secret_is_ever_stored) {
  const auto session = login("admin", "correct horse");
  const auto made = identity_->create_token(admin(), {"grafana", Role::kViewer, {}});
  ASSERT_TRUE(store_->stop());
  const std::string bytes = *base::read_file(folder_ / "meta.db");
  EXPECT_NE(bytes.find("$argon2id$"), std::string::npos);
  for (const std::string& secret : {session->secret, made->secret, std::string("correct horse")}) {
    EXPECT_EQ(bytes.find(secret.substr(4)), std::string::npos);
  }
}

TEST_F(IdentityTest, a_tokens_last_use_is_known_to_the_minute) {
  const auto made = identity_->create_token(admin(), {"grafana", Role::kViewer, {}});
  EXPECT_EQ(identity_->tokens().front().last_used, std::nullopt);
  clock_.advance(90s);
  ASSERT_TRUE(identity_->authenticate(made->secret));
  const auto minute = std::chrono::floor<std::chrono::minutes>(clock_.now());
  EXPECT_EQ(identity_->tokens().front().last_used, minute);
  ASSERT_TRUE(identity_->write_uses());
  EXPECT_EQ(store_->tokens(store::TokenKind::kApi)->front().last_used, minute);
}

TEST_F(IdentityTest, tokens_outlive_a_restart_of_the_hub) {
  const auto made = identity_->create_token(admin(), {"grafana", Role::kViewer, {}});
  identity_ = make();
  EXPECT_FALSE(identity_->authenticate(made->secret)) << "nothing is known before start()";
  ASSERT_TRUE(identity_->start(""));
  EXPECT_TRUE(identity_->authenticate(made->secret));
}

TEST_F(IdentityTest, every_login_and_change_stands_in_the_audit_book) {
  (void)login("eve", "guess", "10.0.0.9");
  ASSERT_TRUE(identity_->create_token(admin(), {"grafana", Role::kViewer, {}}));
  const auto book = *store_->audit(0, 10);
  ASSERT_EQ(book.size(), 4U);
  EXPECT_EQ(book[0].action, "token.created");
  EXPECT_EQ(book[1].action, "login.accepted");
  EXPECT_EQ(book[2].action, "login.refused");
  EXPECT_EQ(book[2].subject, "eve");
  EXPECT_EQ(book[2].address, "10.0.0.9");
  EXPECT_EQ(book[3].action, "user.created");
}

TEST(Secrets, tokens_and_passwords_are_long_readable_and_never_the_same) {
  ASSERT_TRUE(start_secrets());
  std::set<std::string> seen;
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(make_token("mrs_").size(), 4U + 43U);
    const std::string password = make_password();
    EXPECT_EQ(password.size(), 23U);
    EXPECT_EQ(password.find_first_of("il0o1"), std::string::npos);
    EXPECT_TRUE(seen.insert(password).second);
    EXPECT_TRUE(seen.insert(make_token("")).second);
  }
}

TEST(Secrets, the_default_cost_is_what_the_hash_says) {
  ASSERT_TRUE(start_secrets());
  const auto hash = hash_password("p", {});
  ASSERT_TRUE(hash);
  EXPECT_TRUE(hash->starts_with("$argon2id$v=19$m=65536,t=2,p=1$")) << *hash;
  EXPECT_TRUE(is_password(*hash, "p"));
  EXPECT_FALSE(is_password(*hash, "q"));
  EXPECT_FALSE(is_password("not a hash", "p"));
}

TEST(LoginThrottle, forgets_the_longest_silent_key_when_too_many_are_known) {
  LoginThrottle throttle({.failures_max = 2, .keys_max = 2});
  base::MonotonicTime now{1h};
  EXPECT_EQ(throttle.add("a", now), 1U);
  EXPECT_EQ(throttle.add("b", now += 1s), 1U);
  EXPECT_EQ(throttle.add("a", now += 1s), 2U);
  EXPECT_EQ(throttle.add("c", now += 1s), 1U);
  EXPECT_EQ(throttle.add("a", now += 1s), 3U) << "still known";
  EXPECT_EQ(throttle.add("b", now += 1s), 1U) << "was forgotten";
}

}  // namespace
}  // namespace millrace::identity
