#include "connector/modbus/session.h"

#include <gtest/gtest.h>

namespace millrace::modbus {
namespace {

using namespace std::chrono_literals;

class ModbusSession : public testing::Test {
 protected:
  base::MonotonicTime now_{1h};
  Session session_{{1s, 500ms, 3s}, base::Random(1)};
};

TEST_F(ModbusSession, ConnectsAtOncePollsAtOnceAndThenInRhythm) {
  EXPECT_EQ(session_.next(now_), SessionAction::kConnect);
  session_.connected(now_);
  EXPECT_EQ(session_.next(now_), SessionAction::kPoll);
  session_.answered();
  session_.polled(now_ + 300ms);
  EXPECT_EQ(session_.next(now_ + 999ms), SessionAction::kWait);
  EXPECT_EQ(session_.due(), now_ + 1s) << "what a round takes does not shift the next";
  EXPECT_EQ(session_.next(now_ + 1s), SessionAction::kPoll);
}

TEST_F(ModbusSession, ARoundLongerThanTheIntervalLetsTheMissedOnesGo) {
  session_.connected(now_);
  session_.polled(now_ + 3500ms);
  EXPECT_EQ(session_.due(), now_ + 4s);
}

TEST_F(ModbusSession, ALivingLineThatBreaksIsMadeAnewAtOnceAndADeadOneWaits) {
  session_.connected(now_);
  session_.answered();
  session_.lost(now_);
  EXPECT_EQ(session_.next(now_), SessionAction::kConnect);
  session_.connected(now_);
  session_.lost(now_);
  EXPECT_EQ(session_.next(now_), SessionAction::kWait) << "it brought nothing";
  EXPECT_EQ(session_.next(now_ + 500ms), SessionAction::kConnect);
}

TEST_F(ModbusSession, WaitsLongerAfterEachFailureUpToTheMaximum) {
  for (int attempt = 0; attempt < 8; ++attempt) {
    ASSERT_EQ(session_.next(now_), SessionAction::kConnect);
    session_.refused(now_);
    const base::Duration waited = session_.due() - now_;
    const base::Duration expected = std::min<base::Duration>(500ms * (1 << attempt), 3s);
    EXPECT_LE(waited, expected) << attempt;
    EXPECT_GE(waited, expected * 3 / 4) << attempt;
    now_ = session_.due();
  }
}

}  // namespace
}  // namespace millrace::modbus
