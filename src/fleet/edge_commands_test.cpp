#include "fleet/edge_commands.h"

#include <gtest/gtest.h>

#include <condition_variable>

namespace millrace::fleet {
namespace {

using namespace std::chrono_literals;
using base::ErrorCode;
using model::Value;

/// A device that keeps what is written, refuses some of it, and may be slow.
class Device final : public pipeline::Source {
 public:
  base::Result<void> start(pipeline::ReadingSink&) override { return {}; }
  void stop() override {}
  pipeline::SourceStatus status() const override { return {}; }
  base::Result<void> write(std::uint32_t tag, const Value& value) override {
    std::unique_lock lock(mutex_);
    ++entered_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return is_open_; });
    written_.emplace_back(tag, value);
    if (tag == 7 && std::holds_alternative<std::int64_t>(value)) {
      return base::fail(ErrorCode::kInvalid, "only texts");
    }
    if (value == Value(13.0)) return base::fail(ErrorCode::kForbidden, "not 13", "Take 12.");
    return {};
  }
  void set_open(bool is_open) {
    const std::lock_guard lock(mutex_);
    is_open_ = is_open;
    changed_.notify_all();
  }
  bool is_entered() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 10s, [&] { return entered_ > 0; });
  }
  std::vector<std::pair<std::uint32_t, Value>> written() const {
    const std::lock_guard lock(mutex_);
    return written_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool is_open_ = true;
  int entered_ = 0;
  std::vector<std::pair<std::uint32_t, Value>> written_;
};

class EdgeCommandsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    commands_.use({{"pump", "speed", false, true, device_, 0, {.factor = 0.5, .offset = 10}},
                   {"pump", "flow", false, false, device_, 1, {}},
                   {"pump", "mode", false, true, device_, 2, {.values = {{"1", "on"}}}},
                   {"pump", "label", false, true, device_, 7, {.values = {{"1", "one"}}}},
                   {"pump", "speed", true, true, device_, 3, {}}});
    commands_.start([this](const pipeline::CommandAnswer& answer) {
      const std::lock_guard lock(mutex_);
      answers_.push_back(answer);
      came_.notify_all();
    });
  }
  void TearDown() override {
    device_->set_open(true);
    commands_.stop();
  }
  pipeline::Command command(std::string name, Value value, bool is_action = false) {
    return {.id = base::Uuid::make(random_),
            .thing = "pump",
            .name = std::move(name),
            .is_action = is_action,
            .value = std::move(value),
            .deadline = clock_.now() + 10s};
  }
  std::vector<pipeline::CommandAnswer> answers(std::size_t count) {
    std::unique_lock lock(mutex_);
    came_.wait_for(lock, 10s, [&] { return answers_.size() >= count; });
    return answers_;
  }
  /// What became of one command: "done", or the code of its error.
  std::string_view outcome(const pipeline::Command& wanted) {
    commands_.take(wanted);
    const auto all = answers(++asked_);
    if (all.size() != asked_ || all.back().id != wanted.id) return "no answer";
    return all.back().result ? "done" : base::text(all.back().result.error().code);
  }

  base::ManualClock clock_{base::Time(std::chrono::seconds(1'700'000'000))};
  base::Metrics metrics_;
  base::Random random_{1};
  std::shared_ptr<Device> device_ = std::make_shared<Device>();
  EdgeCommands commands_{clock_, metrics_};
  std::mutex mutex_;
  std::condition_variable came_;
  std::vector<pipeline::CommandAnswer> answers_;
  std::size_t asked_ = 0;
};

TEST_F(EdgeCommandsTest, AValueIsWrittenAsTheDeviceCountsIt) {
  EXPECT_EQ(outcome(command("speed", 12.5)), "done");
  EXPECT_EQ(outcome(command("mode", std::string("on"))), "done");
  EXPECT_EQ(outcome(command("label", std::string("one"))), "done") << "its 1 is a text";
  EXPECT_EQ(outcome(command("speed", {}, true)), "done") << "an action without input";
  const std::vector<std::pair<std::uint32_t, Value>> expected = {
      {0, 5.0}, {2, std::int64_t{1}}, {7, std::int64_t{1}}, {7, std::string("1")}, {3, true}};
  EXPECT_EQ(device_->written(), expected);
}

TEST_F(EdgeCommandsTest, WhatMayNotOrCannotBeWrittenSaysWhy) {
  EXPECT_EQ(outcome(command("flow", 1.0)), "forbidden") << "its tag is not writable";
  EXPECT_EQ(outcome(command("flow", 1.0, true)), "unsupported") << "a property is no action";
  EXPECT_EQ(outcome(command("pressure", 1.0)), "unsupported");
  EXPECT_EQ(outcome(command("mode", std::string("open"))), "invalid");
  EXPECT_EQ(outcome(command("speed", std::string("fast"))), "invalid");
  EXPECT_TRUE(device_->written().empty());
  EXPECT_EQ(outcome(command("speed", 16.5)), "forbidden");
  EXPECT_EQ(answers(0).back().result.error().hint, "Take 12.") << "the device's own words";
}

TEST_F(EdgeCommandsTest, TheSameCommandIsCarriedOutOnceAndAnsweredAgain) {
  const auto wanted = command("speed", 20.0);
  EXPECT_EQ(outcome(wanted), "done");
  EXPECT_EQ(outcome(wanted), "done");
  EXPECT_EQ(device_->written().size(), 1U);
  const auto refused = command("speed", 16.5);
  EXPECT_EQ(outcome(refused), "forbidden");
  EXPECT_EQ(outcome(refused), "forbidden");
  EXPECT_EQ(device_->written().size(), 2U);
}

TEST_F(EdgeCommandsTest, ACommandThatIsUnderWayIsNotBegunAgain) {
  device_->set_open(false);
  const auto wanted = command("speed", 20.0);
  for (int i = 0; i < 3; ++i) commands_.take(wanted);
  device_->set_open(true);
  EXPECT_EQ(answers(1).size(), 1U);
  commands_.stop();
  EXPECT_EQ(device_->written().size(), 1U);
}

TEST_F(EdgeCommandsTest, BehindASlowDeviceTheDeadlineHoldsAndTheQueueHasAnEnd) {
  device_->set_open(false);
  commands_.take(command("speed", 20.0));
  ASSERT_TRUE(device_->is_entered());
  for (std::size_t i = 0; i < EdgeCommands::kWaitingMax + 1; ++i) {
    commands_.take(command("speed", 21.0));
  }
  const auto refused = answers(1);
  ASSERT_EQ(refused.size(), 1U) << "at once, while the device is silent";
  EXPECT_EQ(refused.front().result.error().code, ErrorCode::kUnavailable);
  clock_.advance(11s);
  device_->set_open(true);
  const auto all = answers(EdgeCommands::kWaitingMax + 2);
  ASSERT_EQ(all.size(), EdgeCommands::kWaitingMax + 2);
  EXPECT_EQ(device_->written().size(), 1U) << "the others came too late";
  EXPECT_EQ(all.back().result.error().code, ErrorCode::kTimeout);
}

TEST_F(EdgeCommandsTest, AWriteUnderWayKeepsItsSourceWhenTheConfigurationChanges) {
  device_->set_open(false);
  commands_.take(command("speed", 20.0));
  ASSERT_TRUE(device_->is_entered());
  auto other = std::make_shared<Device>();
  commands_.use({{"pump", "speed", false, true, other, 5, {}}});
  device_->set_open(true);
  ASSERT_EQ(answers(1).size(), 1U);
  asked_ = 1;
  EXPECT_EQ(outcome(command("speed", 21.0)), "done");
  EXPECT_EQ(device_->written().size(), 1U);
  ASSERT_EQ(other->written().size(), 1U);
  EXPECT_EQ(other->written().back(), (std::pair<std::uint32_t, Value>(5, 21.0)));
}

TEST_F(EdgeCommandsTest, TheMemoryOfCommandsHasAnEnd) {
  const auto first = command("flow", 0.0);
  EXPECT_EQ(outcome(first), "forbidden");
  for (std::size_t i = 0; i < EdgeCommands::kRememberedMax; ++i) {
    ASSERT_EQ(outcome(command("flow", 1.0)), "forbidden");
  }
  commands_.use({{"pump", "flow", false, true, device_, 1, {}}});
  EXPECT_EQ(outcome(first), "done") << "forgotten, and carried out by the routes of now";
}

}  // namespace
}  // namespace millrace::fleet
