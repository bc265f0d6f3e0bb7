#include <gtest/gtest.h>
#include <unistd.h>

#include "identity/identity.h"
#include "store/sqlite/sqlite_meta_store.h"

namespace millrace::identity {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;
using namespace std::chrono_literals;

class TicketsTest : public testing::Test {
 protected:
  TicketsTest()
      : folder_(fs::temp_directory_path() / std::format("millrace-tickets-{}", ::getpid())) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    store_ = std::make_unique<store::SqliteMetaStore>(store::SqliteOptions{folder_ / "meta.db"});
    EXPECT_TRUE(store_->start());
    identity_ = make();
  }
  ~TicketsTest() override { fs::remove_all(folder_); }

  std::unique_ptr<Identity> make() {
    auto made = std::make_unique<Identity>(IdentityOptions{.cost = {1, 8192}},
                                           Identity::Deps{*store_, clock_});
    EXPECT_TRUE(made->start("correct horse"));
    return made;
  }
  Caller admin() {
    const auto session = identity_->login({"admin", "correct horse", "a"});
    return *identity_->authenticate(session->secret);
  }
  ErrorCode refusal(const std::string& ticket, std::string_view subject) {
    const auto redeemed = identity_->redeem_ticket(ticket, subject, "b");
    EXPECT_FALSE(redeemed);
    return redeemed ? ErrorCode::kInternal : redeemed.error().code;
  }

  fs::path folder_;
  base::ManualClock clock_{base::Time(std::chrono::seconds(1'800'000'000))};
  std::unique_ptr<store::SqliteMetaStore> store_;
  std::unique_ptr<Identity> identity_;
};

TEST_F(TicketsTest, a_ticket_is_its_makers_for_one_subject_and_at_most_half_an_hour) {
  const Caller maker = admin();
  const std::string ticket = identity_->make_ticket(maker, "observe pump-1");
  const auto caller = identity_->redeem_ticket(ticket, "observe pump-1", "10.0.0.9");
  ASSERT_TRUE(caller) << base::describe(caller.error());
  EXPECT_EQ(caller->name, "admin");
  EXPECT_EQ(caller->token_id, maker.token_id);
  EXPECT_EQ(caller->address, "10.0.0.9");
  EXPECT_EQ(refusal(ticket, "observe pump-2"), ErrorCode::kUnauthenticated);
  clock_.advance(15min);
  EXPECT_TRUE(identity_->redeem_ticket(ticket, "observe pump-1", ""));
  clock_.advance(15min);
  EXPECT_EQ(refusal(ticket, "observe pump-1"), ErrorCode::kUnauthenticated);
}

TEST_F(TicketsTest, a_ticket_that_was_changed_is_refused) {
  const std::string ticket = identity_->make_ticket(admin(), "x");
  for (std::size_t i = 0; i < ticket.size(); ++i) {
    std::string forged = ticket;
    forged[i] = forged[i] == '1' ? '2' : '1';
    EXPECT_EQ(refusal(forged, "x"), ErrorCode::kUnauthenticated) << forged;
  }
  for (const char* text : {"", ".", "..", "9999999999.ses-x.", "a.b.c"}) {
    EXPECT_EQ(refusal(text, "x"), ErrorCode::kUnauthenticated) << text;
  }
}

TEST_F(TicketsTest, a_ticket_ends_with_its_token_and_with_the_process) {
  const Caller caller = admin();
  const std::string ticket = identity_->make_ticket(caller, "x");
  EXPECT_TRUE(identity_->logout(caller));
  EXPECT_EQ(refusal(ticket, "x"), ErrorCode::kUnauthenticated);
  const std::string other = identity_->make_ticket(admin(), "x");
  identity_ = make();
  EXPECT_EQ(refusal(other, "x"), ErrorCode::kUnauthenticated);
}

}  // namespace
}  // namespace millrace::identity
