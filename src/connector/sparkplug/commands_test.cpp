// Commands between a hub's session and an edge node's, message by message.
#include "connector/sparkplug/edge_session.h"
#include "connector/sparkplug/host_session_fixture.h"
#include "connector/sparkplug/pending_commands.h"

namespace millrace::connector::sparkplug {
namespace {

using base::ErrorCode;
using model::Value;

pipeline::Command command(Value value, bool is_action = false) {
  return {.id = {{7, 7}},
          .thing = "pump",
          .name = "speed",
          .is_action = is_action,
          .value = std::move(value),
          .deadline = base::Time(1'700'000'009'123'456us)};
}

/// An edge node that is online.
class CommandedEdge : public ::testing::Test {
 protected:
  void SetUp() override {
    EdgeNodeConfig config;
    config.group = "site";
    config.node = "edge";
    config.primary_host = "none";
    session_.emplace(config, std::vector<Server>{{"a", 1}}, std::nullopt);
    session_->set_properties({{"pump", "speed", "", model::ValueType::kF64, "1/min"}});
    session_->dial(clocks_);
    session_->connected();
    session_->subscribed(true, clocks_);
    session_->birth(
        {.epoch = {}, .oldest = model::Sequence(1), .next = model::Sequence(1), .now = {}},
        clocks_);
    for (const EdgeAction& action : session_->take_actions()) {
      if (const auto* subscribe = std::get_if<Subscribe>(&action)) filters_ = subscribe->filters;
    }
  }
  bool receives(const std::string& payload,
                std::string_view topic = "spBv1.0/site/DCMD/edge/pump") {
    return session_->received(topic, payload, clocks_);
  }
  std::vector<pipeline::Command> told() {
    std::vector<pipeline::Command> commands;
    for (const EdgeAction& action : session_->take_actions()) {
      if (const auto* one = std::get_if<pipeline::Command>(&action)) commands.push_back(*one);
    }
    return commands;
  }

  EdgeSession::Clocks clocks_{base::Time(1'700'000'000s), base::MonotonicTime(1h)};
  std::optional<EdgeSession> session_;
  std::vector<std::string> filters_;
};

TEST_F(CommandedEdge, ACommandArrivesAsItWasSent) {
  EXPECT_TRUE(std::ranges::contains(filters_, "spBv1.0/site/DCMD/edge/#"));
  for (const Value& value : {Value(12.5), Value(std::int64_t{-3}), Value(std::uint64_t{1} << 63),
                             Value(true), Value(std::string("läuft")), Value()}) {
    for (const bool is_action : {false, true}) {
      ASSERT_TRUE(receives(command_payload(command(value, is_action), clocks_.now)));
      const auto commands = told();
      ASSERT_EQ(commands.size(), 1U);
      EXPECT_EQ(commands[0].id, command(value).id);
      EXPECT_EQ(commands[0].thing, "pump");
      EXPECT_EQ(commands[0].name, "speed");
      EXPECT_EQ(commands[0].is_action, is_action);
      EXPECT_EQ(commands[0].value, value);
      EXPECT_EQ(commands[0].deadline, command(value).deadline);
    }
  }
}

TEST_F(CommandedEdge, OnWireItIsAnOrdinaryWriteOfTheMetricByItsName) {
  const std::string property = command_payload(command(12.5), clocks_.now);
  const std::string action = command_payload(command(12.5, true), clocks_.now);
  Payload payload;
  ASSERT_TRUE(codec::sparkplug::decode(property, payload));
  ASSERT_EQ(payload.metrics.size(), 1U);
  EXPECT_EQ(payload.metrics[0].name, "speed");
  EXPECT_EQ(payload.metrics[0].value, WireValue::of_double(12.5));
  EXPECT_FALSE(payload.metrics[0].alias);
  EXPECT_FALSE(payload.seq) << "tck-id-payloads-dcmd-seq: it has none";
  ASSERT_TRUE(codec::sparkplug::decode(action, payload));
  EXPECT_EQ(payload.metrics[0].name, "Action/speed");
}

TEST_F(CommandedEdge, WhatNoHubOfOursSaysMovesNothing) {
  EXPECT_FALSE(receives(message({metric("speed", DataType::kDouble, WireValue::of_double(9))}, {})))
      << "a plain write of another host";
  const std::string body = codec::delivery::encode(codec::delivery::CommandBody{{{7}}, {}});
  const Metric good = metric("speed", DataType::kDouble, WireValue::of_double(9));
  EXPECT_FALSE(receives(message({}, {}, body)));
  EXPECT_FALSE(receives(message({good, good}, {}, body)));
  EXPECT_FALSE(receives(message({by_alias(16, WireValue::of_double(9))}, {}, body)));
  EXPECT_FALSE(
      receives(message({metric("Speed", DataType::kDouble, WireValue::of_double(9))}, {}, body)));
  EXPECT_FALSE(
      receives(message({metric("speed", DataType::kInt8, WireValue::of_int(4000))}, {}, body)));
  const std::string status = codec::delivery::encode(codec::delivery::StatusBody{});
  EXPECT_FALSE(receives(message({good}, {}, status)));
  EXPECT_FALSE(receives("torn"));
  const std::string right = message({good}, {}, body);
  EXPECT_FALSE(receives(right, "spBv1.0/site/DCMD/other/pump"));
  EXPECT_FALSE(receives(right, "spBv1.0/site/DCMD/edge/Pump 1"));
  EXPECT_TRUE(told().empty());
  EXPECT_TRUE(receives(right));
  EXPECT_EQ(told().size(), 1U);
}

TEST_F(CommandedEdge, AnAnswerNeedsAConnection) {
  EXPECT_TRUE(session_->send(pipeline::CommandAnswer{{{7}}, {}}, clocks_));
  session_->ended({.why = {}, .was_connected = true, .was_connect_sent = true});
  EXPECT_FALSE(session_->send(pipeline::CommandAnswer{{{7}}, {}}, clocks_));
}

class CommandingHub : public HostSessionTest {
 protected:
  void birth() {
    say("spBv1.0/site/NBIRTH/edge",
        nbirth_payload(
            3, {.epoch = {}, .oldest = model::Sequence(1), .next = model::Sequence(1), .now = {}},
            now_));
  }
  void answer(const base::Result<void>& result, std::uint8_t seq = 1) {
    say("spBv1.0/site/NDATA/edge",
        ndata_payload(pipeline::CommandAnswer{{{7}}, result}, seq, now_));
  }
};

TEST_F(CommandingHub, AnAnswerKeepsItsErrorWhole) {
  birth();
  answer({});
  const base::Error refused{ErrorCode::kForbidden, base::Retry::kLater, "no more than 3 bar",
                            "Ask the shift leader."};
  answer(std::unexpected(refused), 2);
  ASSERT_EQ(answers_.size(), 2U);
  EXPECT_EQ(answers_[0].first, "edge");
  EXPECT_EQ(answers_[0].second.id, (base::Uuid{{7}}));
  EXPECT_TRUE(answers_[0].second.result);
  EXPECT_EQ(answers_[1].second.result.error(), refused);
  EXPECT_EQ(inbound_.size(), 1U) << "its birth: an answer is no sample, and waits for no store";
}

TEST_F(CommandingHub, AnswersOfStrangersAndOfNodesWithoutABirthAreNone) {
  answer({});
  nbirth();
  const std::string body =
      codec::delivery::encode(codec::delivery::CommandAnswerBody{{{7}}, "", "", "", false});
  say("spBv1.0/Site A/NDATA/Node 1", message({}, 1, body));
  EXPECT_TRUE(answers_.empty());
}

TEST_F(CommandingHub, ACodeOfALaterEdgeIsAFault) {
  const codec::delivery::CommandAnswerBody later{{{7}}, "molten", "too hot\xff", "", false};
  EXPECT_EQ(to_answer(later).result.error().code, ErrorCode::kInternal);
  EXPECT_EQ(to_answer(later).result.error().what, "too hot\xEF\xBF\xBD");
}

class PendingCommandsTest : public ::testing::Test {
 protected:
  void add(std::uint8_t id, const std::string& origin, base::Duration patience) {
    pending_.add({{id}}, origin, base::MonotonicTime(patience), [this, id](const auto& result) {
      told_.emplace_back(id, result ? "done" : std::string(base::text(result.error().code)));
    });
  }

  PendingCommands pending_;
  std::vector<std::pair<std::uint8_t, std::string>> told_;
};

TEST_F(PendingCommandsTest, EachIsToldOnceByWhateverComesFirst) {
  add(1, "a", 10s);
  add(2, "a", 10s);
  add(3, "a", 5s);
  add(4, "b", 10s);
  add(5, "b", 20s);
  pending_.answered("b", {{{1}}, {}});
  EXPECT_TRUE(told_.empty()) << "b was not asked for 1";
  pending_.answered("a", {{{1}}, {}});
  pending_.answered("a", {{{1}}, {}});
  pending_.expire(base::MonotonicTime(6s));
  pending_.went_down("a");
  pending_.expire(base::MonotonicTime(10s));
  pending_.stop();
  pending_.expire(base::MonotonicTime(1h));
  const std::vector<std::pair<std::uint8_t, std::string>> expected = {
      {1, "done"}, {3, "timeout"}, {2, "unavailable"}, {4, "timeout"}, {5, "unavailable"}};
  EXPECT_EQ(told_, expected);
}

}  // namespace
}  // namespace millrace::connector::sparkplug
