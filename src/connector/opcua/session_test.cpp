#include "connector/opcua/session.h"

#include <gtest/gtest.h>

namespace millrace::opcua {
namespace {

using namespace std::chrono_literals;

constexpr LinkView kNothing{false, false, false}, kFailed{false, true, false};
constexpr LinkView kActive{true, false, false}, kSubscribed{true, false, true};

class SessionTest : public testing::Test {
 protected:
  SessionAction after(base::Duration time, const LinkView& link) {
    now_ += time;
    return session_.next(now_, link);
  }

  base::MonotonicTime now_{1h};
  Session session_{{10s, 500ms, 3s}, base::Random(1)};
};

TEST_F(SessionTest, ConnectsAtOnceSubscribesOnceAndThenRests) {
  EXPECT_EQ(after(0s, kNothing), SessionAction::kConnect);
  EXPECT_EQ(after(50ms, kNothing), SessionAction::kNone);
  EXPECT_EQ(after(50ms, kActive), SessionAction::kSubscribe);
  EXPECT_EQ(after(50ms, kSubscribed), SessionAction::kNone);
  EXPECT_EQ(after(1h, kSubscribed), SessionAction::kNone);
}

TEST_F(SessionTest, AResumedSessionWithItsSubscriptionIsNotSubscribedAgain) {
  after(0s, kNothing);
  after(0s, kSubscribed);
  EXPECT_EQ(after(1s, {false, true, true}), SessionAction::kAbandon);
  EXPECT_EQ(after(0s, {false, true, true}), SessionAction::kConnect) << "at once after a drop";
  EXPECT_EQ(after(10ms, {true, false, true}), SessionAction::kNone);
}

TEST_F(SessionTest, ALostSubscriptionIsMadeAgain) {
  after(0s, kNothing);
  after(0s, kSubscribed);
  EXPECT_EQ(after(1s, kActive), SessionAction::kSubscribe);
}

TEST_F(SessionTest, AnAttemptThatHangsIsGivenUp) {
  EXPECT_EQ(after(0s, kNothing), SessionAction::kConnect);
  EXPECT_EQ(after(9999ms, kNothing), SessionAction::kNone);
  EXPECT_EQ(after(1ms, kNothing), SessionAction::kAbandon);
}

TEST_F(SessionTest, WaitsLongerAfterEachFailureUpToTheMaximum) {
  base::Duration longest{};
  for (int attempt = 0; attempt < 8; ++attempt) {
    ASSERT_EQ(after(0s, kNothing), SessionAction::kConnect);
    ASSERT_EQ(after(0s, kFailed), SessionAction::kAbandon);
    base::Duration waited{};
    const auto before = session_;
    while (session_.next(now_, kFailed) == SessionAction::kNone) {
      now_ += 10ms;
      waited += 10ms;
    }
    session_ = before;
    const base::Duration expected = std::min<base::Duration>(500ms * (1 << attempt), 3s);
    EXPECT_LE(waited, expected + 10ms) << attempt;
    EXPECT_GE(waited, expected * 3 / 4) << attempt;
    longest = std::max(longest, waited);
  }
  EXPECT_LE(longest, 3010ms) << "so that a restarted server is back within five seconds";
}

TEST_F(SessionTest, AFailedSubscribeIsTriedAgainLaterWithoutANewSession) {
  after(0s, kNothing);
  ASSERT_EQ(after(0s, kActive), SessionAction::kSubscribe);
  session_.failed(now_);
  EXPECT_EQ(after(10ms, kActive), SessionAction::kNone);
  EXPECT_EQ(after(1s, kActive), SessionAction::kSubscribe);
}

}  // namespace
}  // namespace millrace::opcua
