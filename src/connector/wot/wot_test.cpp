#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <map>

#include "connector/wot/sink.h"
#include "net/mqtt_fixture.h"
#include "twin/wot_topic.h"
#include "unit/units.h"

namespace millrace::connector::wot {
namespace {

using net::Retain;

constexpr base::Time kNow{std::chrono::seconds(1'800'000'000)};

std::shared_ptr<const twin::Catalog> catalog_of(const std::string& things,
                                                const std::string& flow = "number") {
  static const unit::Units kUnits = unit::Units::create().value();
  const std::vector<twin::FileText> files = {{"f.yaml", R"(kind: ThingModel
name: pump
version: 1
spec:
  properties:
    mode: {type: string}
    flow: {unit: m3/h, type: )" + flow + "}\n" + things}};
  auto parsed = twin::parse_files(files);
  return twin::Catalog::build(std::move(parsed.resources), kUnits, {}).value();
}

const std::string kPump = "---\nkind: Thing\nname: pump-1\nspec: {model: pump@1}\n";

/// Values as a store would have them.
class Values {
 public:
  Values() {
    put_series(1, "pump-1", "flow", model::ValueType::kF64);
    put_series(2, "pump-1", "mode", model::ValueType::kText);
    put_series(3, "pump-1", "unknown", model::ValueType::kF64);
    put_series(4, "stranger", "flow", model::ValueType::kF64);
  }
  void put(int id, model::Value value, base::Time time) {
    const std::lock_guard lock(mutex_);
    last_[id] = {model::SeriesId(id), {time, std::move(value), {}}, time};
  }
  std::optional<store::LastValue> get(model::SeriesId id) {
    const std::lock_guard lock(mutex_);
    const auto found = last_.find(number(id));
    return found == last_.end() ? std::nullopt : std::optional(found->second);
  }
  ThingSession session() {
    return ThingSession({index, [this](auto id) { return get(id); }, metrics});
  }

  void put_series(int id, std::string thing, std::string property, model::ValueType type) {
    model::Series series;
    series.id = model::SeriesId(id);
    series.thing = std::move(thing);
    series.property = std::move(property);
    series.type = type;
    index.put(series);
  }

  store::SeriesIndex index{{}};
  base::Metrics metrics;

 private:
  std::mutex mutex_;
  std::map<std::int32_t, store::LastValue> last_;
};

std::vector<std::string> said(ThingSession& session) {
  std::vector<std::string> messages;
  while (const auto message = session.next()) {
    EXPECT_EQ(message->retain, Retain::kYes);
    messages.push_back(message->topic + " " + message->payload);
  }
  std::ranges::sort(messages);
  return messages;
}

TEST(ThingSessionTest, EveryPropertyOfAConfiguredThingIsSaidAndNothingElse) {
  Values values;
  for (int id = 1; id <= 4; ++id) values.put(id, 1.5 * id, kNow);
  values.put(2, std::string("auto"), kNow);
  ThingSession session = values.session();
  EXPECT_TRUE(said(session).empty());
  session.follow(catalog_of(kPump));
  EXPECT_EQ(said(session),
            (std::vector<std::string>{"millrace/things/pump-1/properties/flow 1.5",
                                      "millrace/things/pump-1/properties/mode \"auto\""}));
  session.changed({model::SeriesId(3), model::SeriesId(4)});
  EXPECT_TRUE(said(session).empty());
}

TEST(ThingSessionTest, AValueIsSaidOnceHoweverOftenItsSeriesMoved) {
  Values values;
  values.put(1, 1.0, kNow);
  ThingSession session = values.session();
  session.follow(catalog_of(kPump));
  EXPECT_EQ(said(session).size(), 1U);
  session.changed({model::SeriesId(1)});  // a backlog
  EXPECT_TRUE(said(session).empty());
  values.put(1, 1.0, kNow + std::chrono::seconds(1));
  session.changed({model::SeriesId(1)});
  session.changed({model::SeriesId(1)});
  EXPECT_EQ(said(session).size(), 1U);
  session.connected();
  EXPECT_EQ(said(session).size(), 1U) << "another broker knows nothing";
}

TEST(ThingSessionTest, OfAPropertyWhoseTypeChangedTheSeriesOfItsPresentTypeAloneIsSaid) {
  Values values;
  const std::vector<std::string> now = {"millrace/things/pump-1/properties/flow 7"};
  values.put(1, 1.5, kNow);
  ThingSession session = values.session();
  session.follow(catalog_of(kPump));
  EXPECT_EQ(said(session).size(), 1U);
  values.put_series(5, "pump-1", "flow", model::ValueType::kI64);
  values.put(5, std::int64_t{7}, kNow + std::chrono::seconds(1));
  values.put(1, 2.5, kNow + std::chrono::seconds(2));  // a backlog of the time before
  session.follow(catalog_of(kPump, "integer"));
  session.changed({model::SeriesId(1), model::SeriesId(5)});
  EXPECT_EQ(said(session), now);
  session.changed({model::SeriesId(1)});
  EXPECT_TRUE(said(session).empty());
  session.connected();
  EXPECT_EQ(said(session), now) << "also to a broker that comes back";
  // And back to the type of before, whose series is the older one.
  session.follow(catalog_of(kPump));
  EXPECT_EQ(said(session), std::vector<std::string>{"millrace/things/pump-1/properties/flow 2.5"});
  values.put(5, std::int64_t{8}, kNow + std::chrono::seconds(3));
  session.changed({model::SeriesId(5)});
  EXPECT_TRUE(said(session).empty());
  values.put(1, 3.5, kNow + std::chrono::seconds(3));
  session.changed({model::SeriesId(1)});
  EXPECT_EQ(said(session), std::vector<std::string>{"millrace/things/pump-1/properties/flow 3.5"});
  session.follow(catalog_of(kPump, "integer"));
  values.put(5, std::int64_t{7}, kNow + std::chrono::seconds(4));
  session.changed({model::SeriesId(5)});
  EXPECT_EQ(said(session), now);
  session.follow(catalog_of(kPump, "integer"));
  EXPECT_TRUE(said(session).empty());
  ThingSession later = values.session();
  later.follow(catalog_of(kPump, "integer"));
  EXPECT_EQ(said(later), now) << "and of a hub that starts";
  session.follow(catalog_of(""));
  EXPECT_EQ(said(session), std::vector<std::string>{"millrace/things/pump-1/properties/flow "});
}

TEST(ThingSessionTest, WhereThereIsNoValueTheRetainedOneIsClearedAndNoNullIsSaid) {
  Values values;
  values.put(1, 1.5, kNow);
  ThingSession session = values.session();
  session.follow(catalog_of(kPump));
  EXPECT_EQ(said(session).size(), 1U);
  values.put(1, model::Value(), kNow + std::chrono::seconds(1));
  session.changed({model::SeriesId(1)});
  EXPECT_EQ(said(session), std::vector<std::string>{"millrace/things/pump-1/properties/flow "});
  values.put(1, 2.5, kNow + std::chrono::seconds(2));
  session.changed({model::SeriesId(1)});
  EXPECT_EQ(said(session), std::vector<std::string>{"millrace/things/pump-1/properties/flow 2.5"});
}

TEST(ThingSessionTest, WhatCouldNotBeSentComesAgainFirst) {
  Values values;
  values.put(1, 1.0, kNow);
  ThingSession session = values.session();
  session.follow(catalog_of(kPump));
  session.give_back(*session.next());
  EXPECT_EQ(said(session), std::vector<std::string>{"millrace/things/pump-1/properties/flow 1"});
}

TEST(ThingSessionTest, TheTopicOfAThingThatWentIsTakenBack) {
  Values values;
  values.put(1, 1.0, kNow);
  ThingSession session = values.session();
  session.follow(catalog_of(kPump));
  EXPECT_EQ(said(session).size(), 1U);
  session.follow(catalog_of(""));
  EXPECT_EQ(said(session), std::vector<std::string>{"millrace/things/pump-1/properties/flow "});
  values.put(1, 2.0, kNow + std::chrono::seconds(1));
  session.changed({model::SeriesId(1)});
  EXPECT_TRUE(said(session).empty());
}

TEST(ThingSessionTest, OnlyFreshMessagesOnTopicsOfCommandsAreCommands) {
  Values values;
  ThingSession session = values.session();
  const auto write =
      session.command("millrace/things/pump-1/properties/flow/set", "5", Retain::kNo);
  ASSERT_TRUE(write);
  EXPECT_EQ(std::tie(write->thing, write->name, write->is_action, write->json),
            std::make_tuple(std::string("pump-1"), std::string("flow"), false, std::string("5")));
  EXPECT_TRUE(session.command("millrace/things/pump-1/actions/stop", "", Retain::kNo));
  EXPECT_FALSE(session.command("millrace/things/pump-1/actions/stop", "1", Retain::kYes));
  EXPECT_FALSE(session.command("millrace/things/pump-1/properties/flow/set", "", Retain::kNo));
  EXPECT_FALSE(session.command("millrace/things/pump-1/properties/flow", "5", Retain::kNo));
  EXPECT_FALSE(session.command("millrace/things/pump-1/actions/stop",
                               std::string(ThingSession::kPayloadBytesMax + 1, ' '), Retain::kNo));
  EXPECT_TRUE(values.metrics.render().contains("millrace_wot_commands_refused_total 4"));
}

/// A real broker with the hub's account and a consumer's.
class ThingSinkTest : public testing::Test {
 protected:
  ThingSinkTest() {
    net::BrokerUser hub{"hub", "h", net::thing_host_rules()};
    broker_ = net::broker_in(net::scratch("things"),
                             {hub, net::thing_consumer_user("viewer", "v", net::ThingAccess::kRead),
                              net::thing_consumer_user("actor", "a", net::ThingAccess::kCommand)});
    EXPECT_TRUE(broker_->start());
    ThingSink::Options options{.mqtt = net::options_for("hub"), .port = broker_->port()};
    options.mqtt.user = "hub";
    options.mqtt.password = "h";
    auto made = ThingSink::create(
        std::move(options), {values_.index, [this](auto id) { return values_.get(id); }, live_,
                             [](const ThingCommand& one) { return one.thing; },
                             [this](const ThingCommand& one) { carry_out(one); },
                             net::system_clock(), values_.metrics, base::Random(5)});
    EXPECT_TRUE(made);
    sink_ = std::move(*made);
    sink_->follow(catalog_of(kPump));
    sink_->start();
  }
  std::unique_ptr<net::MqttSession> session_of(const std::string& user, const std::string& password,
                                               net::Recorder& events) {
    net::MqttOptions options = net::options_for(std::format("{}-{}", user, ++sessions_));
    options.user = user;
    options.password = password;
    auto session = net::session_for(std::move(options), events);
    session->start();
    EXPECT_TRUE(net::eventually([&] { return session->is_connected(); }));
    return session;
  }
  void carry_out(const ThingCommand& command) {
    if (command.thing == "hung") {
      is_hung_ = true;
      hang_.wait(true);
    }
    const std::lock_guard lock(mutex_);
    commands_.push_back(command.thing + " " + command.name + " " + command.json);
    ages_.push_back(net::system_clock().monotonic() - command.received);
  }
  std::vector<std::string> commands() {
    const std::lock_guard lock(mutex_);
    return commands_;
  }
  void say(double value, int second) {
    values_.put(1, value, kNow + std::chrono::seconds(second));
    live_.publish({model::SeriesId(1)});
  }

  Values values_;
  pipeline::LiveFeed live_;
  std::unique_ptr<net::MosquittoBroker> broker_;
  std::mutex mutex_;
  std::vector<std::string> commands_;
  std::vector<base::Duration> ages_;  // when each began to be carried out
  std::atomic<bool> hang_ = true;     // as long as this is so the device of "hung" does not answer
  std::atomic<bool> is_hung_ = false;
  int sessions_ = 0;
  std::unique_ptr<ThingSink> sink_;
};

TEST_F(ThingSinkTest, AConsumerHearsValuesAlsoAfterTheBrokerWasAway) {
  const std::string topic = "millrace/things/pump-1/properties/flow ";
  say(1.5, 0);
  net::Recorder events(broker_->port());
  const auto viewer = session_of("viewer", "v", events);
  ASSERT_TRUE(viewer->subscribe({std::string(twin::kPropertyTopics)}, net::Qos::kAtMostOnce));
  EXPECT_TRUE(net::eventually([&] { return events.has_received(topic + "1.5"); }));
  say(2.5, 1);
  EXPECT_TRUE(net::eventually([&] { return events.has_received(topic + "2.5"); }));
  const int pid = broker_->pid();
  ::kill(pid, SIGKILL);
  EXPECT_TRUE(net::eventually([&] { return broker_->pid() != 0 && broker_->pid() != pid; }));
  EXPECT_TRUE(net::eventually([&] { return sink_->is_connected() && viewer->is_connected(); }));
  net::Recorder later(broker_->port());
  const auto other = session_of("viewer", "v", later);
  ASSERT_TRUE(other->subscribe({std::string(twin::kPropertyTopics)}, net::Qos::kAtMostOnce));
  EXPECT_TRUE(net::eventually([&] { return later.has_received(topic + "2.5"); }));
}

TEST_F(ThingSinkTest, ABurstIsSaidAsItsNewestValueAtMostTenTimesASecond) {
  net::Recorder events(broker_->port());
  const auto viewer = session_of("viewer", "v", events);
  ASSERT_TRUE(viewer->subscribe({std::string(twin::kPropertyTopics)}, net::Qos::kAtMostOnce));
  EXPECT_TRUE(net::eventually([&] { return events.count("granted") == 1; }));
  EXPECT_TRUE(net::eventually([&] { return sink_->is_connected(); }));
  const auto begun = net::system_clock().monotonic();
  for (int i = 1; i <= 2'000; ++i) {
    say(i, i);
    if (i % 10 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  EXPECT_TRUE(net::eventually(
      [&] { return events.has_received("millrace/things/pump-1/properties/flow 2000"); }));
  const auto seconds =
      std::chrono::duration<double>(net::system_clock().monotonic() - begun).count();
  EXPECT_LE(events.received().size(), static_cast<std::size_t>(10 * seconds) + 2);
}

TEST_F(ThingSinkTest, WhoMayCommandIsHeardAndWhoMayOnlyReadIsNot) {
  net::Recorder actor_events(broker_->port());
  net::Recorder viewer_events(broker_->port());
  const auto actor = session_of("actor", "a", actor_events);
  const auto viewer = session_of("viewer", "v", viewer_events);
  EXPECT_TRUE(net::eventually([&] { return sink_->is_connected(); }));
  const std::string set = twin::set_topic("pump-1", "flow");
  EXPECT_TRUE(net::eventually([&] {
    (void)viewer->publish({set, "666", net::Qos::kAtLeastOnce, Retain::kNo});
    (void)actor->publish({set, "7", net::Qos::kAtLeastOnce, Retain::kNo});
    (void)actor->publish(
        {twin::action_topic("pump-1", "stop"), "", net::Qos::kAtLeastOnce, Retain::kNo});
    return std::ranges::contains(commands(), "pump-1 stop ");
  }));
  EXPECT_TRUE(std::ranges::contains(commands(), "pump-1 flow 7"));
  EXPECT_FALSE(std::ranges::contains(commands(), "pump-1 flow 666"));
}

TEST_F(ThingSinkTest, ADeviceThatHangsHoldsUpItsOwnCommandsAndOnlyTheNewestOfThemComesAfter) {
  net::Recorder events(broker_->port());
  const auto actor = session_of("actor", "a", events);
  EXPECT_TRUE(net::eventually([&] { return sink_->is_connected(); }));
  const auto send = [&](const std::string& thing, const std::string& json) {
    return actor->publish(
        {twin::set_topic(thing, "flow"), json, net::Qos::kAtLeastOnce, Retain::kNo});
  };
  // The subscription of commands may come after the connection.
  EXPECT_TRUE(net::eventually([&] {
    (void)send("first", "0");
    return !commands().empty();
  }));
  EXPECT_TRUE(send("hung", "0"));
  EXPECT_TRUE(net::eventually([&] { return is_hung_.load(); }));
  for (int i = 1; i <= 40; ++i) EXPECT_TRUE(send("hung", std::to_string(i)));
  for (int i = 1; i <= 20; ++i) EXPECT_TRUE(send(std::format("pump-{}", i), "7"));
  EXPECT_TRUE(net::eventually([&] {
    return std::ranges::count_if(commands(), [](auto& one) { return one.ends_with("7"); }) == 20;
  })) << "others are carried out meanwhile";
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  hang_ = false;
  hang_.notify_all();
  EXPECT_TRUE(net::eventually([&] { return std::ranges::contains(commands(), "hung flow 40"); }));
  EXPECT_EQ(std::ranges::count_if(commands(), [](auto& one) { return one.starts_with("hung"); }), 2)
      << "what was under way, and the newest";
  const std::lock_guard lock(mutex_);
  EXPECT_GE(ages_.back(), std::chrono::milliseconds(50)) << "counted from when it was received";
}

}  // namespace
}  // namespace millrace::connector::wot
